import { presentTraining } from '../core/training/follow-training.ts';
import { startTraining } from '../core/training/start-training.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { startTrainingDependencies } from '../dependencies/models.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = startTrainingDependencies();

/** `POST /api/models/{model}/train` `{data, config?, training?}` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'submit', accepts: ['json'] },
  async ({ tenant, pathParameters, body, header }) => {
    const model = pathParameters['model'] ?? '';
    const idempotencyKey = header('idempotency-key');
    const training = await startTraining(dependencies, { tenant, model, body, idempotencyKey });
    return {
      statusCode: 202,
      headers: { location: `/api/models/${model}/trainings/${training.trainingId}` },
      body: { success: true, training: presentTraining(training) },
    };
  },
);
