import { getModel } from '../core/model-registry/manage-models.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { modelViewDependencies } from '../dependencies/models.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = modelViewDependencies();

/** `GET /api/models/{model}`, with its versions and its last training */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read' },
  async ({ tenant, pathParameters }) => ({
    statusCode: 200,
    body: { success: true, model: await getModel(dependencies, { tenant, model: pathParameters['model'] ?? '' }) },
  }),
);
