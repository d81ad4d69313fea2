import { predictWithModel } from '../core/model-registry/predict-with-model.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { predictionDependencies } from '../dependencies/prediction.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = predictionDependencies();

/** `POST /api/models/{model}/predict` `{rows}`: the one route whose bundle holds what runs networks */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read', accepts: ['json'] },
  async ({ tenant, pathParameters, body }) => {
    const model = pathParameters['model'] ?? '';
    const answer = await predictWithModel(dependencies, { tenant, model, body });
    return { statusCode: 200, body: { success: true, model, ...answer } };
  },
);
