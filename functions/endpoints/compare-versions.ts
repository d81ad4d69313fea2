import { compareVersions } from '../core/model-registry/compare-versions.ts';
import { presentComparison } from '../core/model-registry/manage-models.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { modelDependencies } from '../dependencies/models.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = modelDependencies();

/** `POST /api/models/{model}/compare` `{versions: [a, b]}` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read', accepts: ['json'] },
  async ({ tenant, pathParameters, body }) => {
    const comparison = await compareVersions(dependencies, { tenant, model: pathParameters['model'] ?? '', body });
    return { statusCode: 200, body: { success: true, ...presentComparison(comparison) } };
  },
);
