import { cancelTraining, presentTraining } from '../core/training/follow-training.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { cancelTrainingDependencies } from '../dependencies/models.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = cancelTrainingDependencies();

/** `POST /api/models/{model}/trainings/{trainingId}/cancel` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'submit' },
  async ({ tenant, pathParameters }) => {
    const { model = '', trainingId = '' } = pathParameters;
    const training = await cancelTraining(dependencies, { tenant, model, trainingId });
    return { statusCode: 202, body: { success: true, training: presentTraining(training) } };
  },
);
