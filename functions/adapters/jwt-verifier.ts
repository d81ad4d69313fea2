import type { JWTPayload } from 'jose';
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import { JOSEError, JWSSignatureVerificationFailed, JWTExpired } from 'jose/errors';
import { type JWTVerifyGetKey, jwtVerify } from 'jose/jwt/verify';
import * as z from 'zod';
import { type Principal, SCOPES } from '../core/authenticate.ts';
import { AppError } from '../core/errors.ts';
import type { Clock, TokenVerifier } from '../core/ports.ts';
import { tenantSchema } from '../core/tenant.ts';
import type { SigningSecrets } from './signing-secrets.ts';

/** Seconds that the clocks of issuer and service may differ. */
const CLOCK_SKEW_SECONDS = 10;
/**
 * Algorithms by the kind of key. A token says which it was signed by, but a shared secret only ever verifies HS256 and
 * an issuer's public key never does, so that a public key cannot be passed off as a secret (RFC 8725, section 3.1).
 */
const SECRET_ALGORITHMS = ['HS256'];
const ISSUER_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Seconds since 1970 until the year 9999, past which an instant has no ISO 8601 text of the usual form. */
const LATEST_EXPIRY = 253_402_300_799;

/** Errors of the library that are no fault of the token: the issuer cannot be reached, or answers nonsense. */
const ISSUER_FAULTS = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

export interface JwtVerifierOptions {
  /** Secrets that tokens of one's own may be signed with. */
  readonly secrets?: SigningSecrets | undefined;
  /** An OpenID Connect issuer and its published keys. */
  readonly issuer?: { readonly url: string; readonly keys: JWTVerifyGetKey } | undefined;
  /** What `aud` must hold. */
  readonly audience?: string | undefined;
  readonly tenantClaim: string;
  /** @default `scope`, or else `scp` */
  readonly scopeClaim?: string | undefined;
  readonly clock: Clock;
}

const refuse = (message: string, cause?: unknown): AppError =>
  new AppError('auth.invalid', message, { details: [{ field: 'token', message }], cause });

const algorithmOf = (token: string): string | undefined => {
  try {
    return decodeProtectedHeader(token).alg;
  } catch (cause) {
    throw refuse('The token is not a JSON Web Token', cause);
  }
};

/** OAuth writes scopes as one text with spaces, some issuers as a list. */
const scopeListSchema = z
  .union([z.string().transform((text) => text.split(' ')), z.array(z.string())], {
    error: 'must be a text with spaces or a list of texts',
  })
  .default([]);

const claim = <Value>(payload: JWTPayload, name: string, schema: z.ZodType<Value>): Value => {
  const parsed = schema.safeParse(payload[name]);
  if (parsed.success) return parsed.data;
  throw refuse(`The claim "${name}" ${parsed.error.issues[0]?.message ?? 'is not valid'}`);
};

const asAppError = (error: unknown): unknown => {
  if (error instanceof JWTExpired) return new AppError('auth.expired', 'The token has expired', { cause: error });
  if (error instanceof JOSEError && !ISSUER_FAULTS.has(error.code)) {
    return refuse(`The token is not valid: ${error.message}`, error);
  }
  return error;
};

/** Verifies tokens by shared secrets, by an issuer's published keys, or by both. */
export const createJwtVerifier = (options: JwtVerifierOptions): TokenVerifier => {
  const { secrets, issuer, audience, tenantClaim, clock } = options;
  const expectations = () => ({
    ...(audience === undefined ? {} : { audience }),
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_SKEW_SECONDS,
    currentDate: clock(),
  });

  const verifyBySecret = async (token: string, [secret, ...older]: readonly Uint8Array[]): Promise<JWTPayload> => {
    if (secret === undefined) throw refuse('The token is not signed with a secret of this service');
    try {
      return (await jwtVerify(token, secret, { ...expectations(), algorithms: SECRET_ALGORITHMS })).payload;
    } catch (error) {
      if (error instanceof JWSSignatureVerificationFailed && older.length > 0) return verifyBySecret(token, older);
      throw error;
    }
  };

  const verifySignature = async (token: string): Promise<JWTPayload> => {
    const algorithm = algorithmOf(token) ?? '';
    if (secrets !== undefined && SECRET_ALGORITHMS.includes(algorithm)) return verifyBySecret(token, await secrets());
    if (issuer !== undefined && ISSUER_ALGORITHMS.includes(algorithm)) {
      const expected = { ...expectations(), issuer: issuer.url, algorithms: ISSUER_ALGORITHMS };
      return (await jwtVerify(token, issuer.keys, expected)).payload;
    }
    throw refuse(`Tokens signed by "${algorithm}" are not accepted`);
  };

  const toPrincipal = (payload: JWTPayload): Principal => {
    const scopeClaim = options.scopeClaim ?? (payload['scope'] === undefined ? 'scp' : 'scope');
    const granted = claim(payload, scopeClaim, scopeListSchema);
    return {
      tenant: claim(payload, tenantClaim, tenantSchema),
      subject: claim(payload, 'sub', z.string().min(1).max(256)),
      scopes: SCOPES.filter((scope) => granted.includes(scope)),
      expiresAt: new Date(
        claim(payload, 'exp', z.number().max(LATEST_EXPIRY, 'lies too far ahead')) * 1000,
      ).toISOString(),
    };
  };

  return {
    async verify(token) {
      try {
        return toPrincipal(await verifySignature(token));
      } catch (error) {
        throw asAppError(error);
      }
    },
  };
};
