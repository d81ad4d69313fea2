import { createSqsClient } from '../adapters/aws-clients.ts';
import { networkReviewer, networkTrainer } from '../adapters/network-trainer.ts';
import { createSqsMessageVisibility } from '../adapters/sqs-message-visibility.ts';
import { readConfig } from '../config.ts';
import { resultDependencies, serviceLogger } from '../dependencies.ts';
import {
  cancelTrainingDependencies,
  championDependencies,
  startTrainingDependencies,
  uploadDependencies,
} from './models.ts';

/** What trains networks: it brings TensorFlow.js and brain.js. */
export const trainerDependencies = () => ({
  ...resultDependencies(),
  ...startTrainingDependencies(),
  ...cancelTrainingDependencies(),
  ...championDependencies(),
  ...uploadDependencies(),
  visibility: createSqsMessageVisibility({
    client: createSqsClient(),
    url: readConfig('trainingQueue').TRAINING_QUEUE_URL,
  }),
  trainer: networkTrainer,
  reviewer: networkReviewer,
  checkpointMs: readConfig('trainer').TRAINING_CHECKPOINT_SECONDS * 1000,
  logger: serviceLogger(),
});
