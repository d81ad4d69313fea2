import { revokeKey } from '../core/manage-keys.ts';
import { revocationDependencies } from '../dependencies/authentication.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = revocationDependencies();

/** `DELETE /api/admin/keys/{id}` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'admin' },
  async ({ tenant, pathParameters }) => {
    await revokeKey(dependencies, { tenant, id: pathParameters['id'] ?? '' });
    return { statusCode: 200, body: { success: true } };
  },
);
