import { listModels } from '../core/model-registry/manage-models.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { modelDependencies } from '../dependencies/models.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const { registry } = modelDependencies();

/** `GET /api/models` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read' },
  async ({ tenant }) => ({
    statusCode: 200,
    body: { success: true, models: await listModels(registry, tenant) },
  }),
);
