import { rollBack } from '../core/model-registry/promote-version.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { promotionDependencies } from '../dependencies/models.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = promotionDependencies();

/** `POST /api/models/{model}/rollback`: back to the champion before */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'admin' },
  async ({ tenant, pathParameters }) => {
    const rollback = await rollBack(dependencies, { tenant, model: pathParameters['model'] ?? '' });
    return { statusCode: 200, body: { success: true, ...rollback } };
  },
);
