import { promoteVersion } from '../core/model-registry/promote-version.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { promotionDependencies } from '../dependencies/models.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = promotionDependencies();

/** `POST /api/models/{model}/promote` `{version}` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'admin', accepts: ['json'] },
  async ({ tenant, pathParameters, body }) => {
    const promotion = await promoteVersion(dependencies, { tenant, model: pathParameters['model'] ?? '', body });
    return { statusCode: 200, body: { success: true, ...promotion } };
  },
);
