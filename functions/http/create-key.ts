import { createKey } from '../core/manage-keys.ts';
import { keyDependencies } from '../dependencies/authentication.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = keyDependencies();

/** `POST /api/admin/keys` `{name, scopes, expiresAt?}`: the one answer that holds the key itself. */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'admin', accepts: ['json'] },
  async ({ tenant, body }) => {
    const { key, secret } = await createKey(dependencies, { tenant, body });
    return { statusCode: 201, body: { success: true, key, secret } };
  },
);
