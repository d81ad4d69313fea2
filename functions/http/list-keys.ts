import { keyDependencies } from '../dependencies/authentication.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const { keys } = keyDependencies();

/** `GET /api/admin/keys` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'admin' },
  async ({ tenant }) => ({
    statusCode: 200,
    body: { success: true, keys: await keys.list(tenant) },
  }),
);
