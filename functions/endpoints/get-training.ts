import { getTraining, presentTraining } from '../core/training/follow-training.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { followTrainingDependencies } from '../dependencies/models.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = followTrainingDependencies();

/** `GET /api/models/{model}/trainings/{trainingId}` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read' },
  async ({ tenant, pathParameters }) => {
    const { model = '', trainingId = '' } = pathParameters;
    const training = await getTraining(dependencies, { tenant, model, trainingId });
    return { statusCode: 200, body: { success: true, training: presentTraining(training) } };
  },
);
