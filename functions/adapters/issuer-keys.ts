import { createRemoteJWKSet, type RemoteJWKSet } from 'jose/jwks/remote';
import type { JWTVerifyGetKey } from 'jose/jwt/verify';
import * as z from 'zod';

const TIMEOUT_MS = 3_000;
/** Milliseconds that keys are kept; one that is not among them is looked for sooner, at most every half minute. */
const KEYS_TTL_MS = 10 * 60_000;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Where an issuer publishes its keys.
 * @see OpenID Connect Discovery 1.0, section 4
 */
const discover = async (issuer: string): Promise<URL> => {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const document = discoverySchema.parse(await response.json());
  if (document.issuer !== issuer) throw new Error(`${url} describes the issuer ${document.issuer}, not ${issuer}`);
  return new URL(document.jwks_uri);
};

/** The published keys of an OpenID Connect issuer, found by discovery when the first token comes. */
export const createIssuerKeys = (issuer: string): JWTVerifyGetKey => {
  let keys: Promise<RemoteJWKSet> | undefined;
  const open = async (): Promise<RemoteJWKSet> =>
    createRemoteJWKSet(await discover(issuer), { timeoutDuration: TIMEOUT_MS, cacheMaxAge: KEYS_TTL_MS });
  return async (header, token) => {
    keys ??= open().catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return (await keys)(header, token);
  };
};
