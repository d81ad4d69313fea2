import { createModel } from '../core/model-registry/manage-models.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { modelDependencies } from '../dependencies/models.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = modelDependencies();

/** `POST /api/models` `{name, learns, config?, training?, promotion?}` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'submit', accepts: ['json'] },
  async ({ tenant, body }) => {
    const model = await createModel(dependencies, { tenant, body });
    return { statusCode: 201, headers: { location: `/api/models/${model.name}` }, body: { success: true, model } };
  },
);
