import { resolve } from 'node:path';
import { SignJWT } from 'jose/jwt/sign';
import { ensureSecret } from '../stores/secrets-file.ts';

/** The secret that `npm start` and `npm run dev` synthesize with; it is kept in the data folder and nowhere else. */
const DEVELOPMENT_SECRET = 'development';
const VALID_FOR = '30d';

export interface TokenClaims {
  readonly tenant?: string;
  readonly subject?: string;
  readonly scopes?: readonly string[];
  /** Such as `30d`, or seconds since 1970. */
  readonly expires?: string | number;
}

/** Signs a token for the service that runs on this machine, with the secret in its data folder. */
export const developmentToken = (
  dataDir: string,
  {
    tenant = 'default',
    subject = 'developer',
    scopes = ['submit', 'read', 'admin'],
    expires = VALID_FOR,
  }: TokenClaims = {},
): Promise<string> => {
  const {
    AUTH_SECRET_NAME: name,
    AUTH_TENANT_CLAIM: claim,
    AUTH_SCOPE_CLAIM: scope,
    AUTH_AUDIENCE: audience,
  } = process.env;
  const secret = ensureSecret(dataDir, name || DEVELOPMENT_SECRET);
  const token = new SignJWT({ [claim || 'tenant']: tenant, [scope || 'scope']: scopes.join(' ') })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(expires);
  if (audience) token.setAudience(audience);
  return token.sign(new TextEncoder().encode(secret));
};

/** The credential for the demo and the benchmarks: `ANALYTICS_TOKEN`, or else a token for this machine's service. */
export const clientCredential = async (): Promise<string> =>
  process.env['ANALYTICS_TOKEN'] || developmentToken(resolve(process.env['LOCAL_DATA_DIR'] || '.local'));
