import { resolve } from 'node:path';
import { SignJWT } from 'jose/jwt/sign';
import { ensureSecret } from '../stores/secrets-file.ts';

/** The secret that `npm start` and `npm run dev` synthesize with; it is kept in the data folder and nowhere else. */
export const DEVELOPMENT_SECRET = 'development';
const VALID_FOR = '30d';

export interface TokenClaims {
  readonly tenant?: string;
  readonly subject?: string;
  readonly scopes?: readonly string[];
  /** Such as `30d`, or seconds since 1970. */
  readonly expires?: string | number;
}

/** Signs a token with the claims that the service is set to look at. */
const sign = (secret: string, claims: TokenClaims): Promise<string> => {
  const { tenant = 'default', subject = 'developer', scopes = ['submit', 'read', 'admin'] } = claims;
  const { AUTH_TENANT_CLAIM: tenantClaim, AUTH_SCOPE_CLAIM: scopeClaim, AUTH_AUDIENCE: audience } = process.env;
  const token = new SignJWT({ [tenantClaim || 'tenant']: tenant, [scopeClaim || 'scope']: scopes.join(' ') })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(claims.expires ?? VALID_FOR);
  if (audience) token.setAudience(audience);
  return token.sign(new TextEncoder().encode(secret));
};

/** A token for the service that runs on this machine, by the secret in its data folder. */
export const developmentToken = (dataDir: string, claims: TokenClaims = {}): Promise<string> =>
  sign(ensureSecret(dataDir, DEVELOPMENT_SECRET), claims);

/** A token by `AUTH_SECRET`, or else for the service that runs on this machine. */
export const clientToken = (claims: TokenClaims): Promise<string> => {
  try {
    process.loadEnvFile();
  } catch {
    // .env is optional: settings may come from the environment alone.
  }
  const { AUTH_SECRET: secret, LOCAL_DATA_DIR: dataDir } = process.env;
  return secret ? sign(secret, claims) : developmentToken(resolve(dataDir || '.local'), claims);
};

/** The credential of the demo, the benchmarks and other clients: `ANALYTICS_TOKEN`, or else a token made here. */
export const clientCredential = async (claims: TokenClaims = {}): Promise<string> =>
  process.env['ANALYTICS_TOKEN'] || clientToken(claims);
