import { createDynamoDbClient, createSqsClient } from '../adapters/aws-clients.ts';
import { createDynamoDbModelRegistry } from '../adapters/dynamodb-model-registry.ts';
import { createDynamoDbTenantStore } from '../adapters/dynamodb-tenant-store.ts';
import { createDynamoDbTrainingStore } from '../adapters/dynamodb-training-store.ts';
import { networkRules } from '../adapters/network-rules.ts';
import { createS3ArtifactStore } from '../adapters/s3-artifact-store.ts';
import { createS3DocumentStore } from '../adapters/s3-document-store.ts';
import { createS3UploadStore } from '../adapters/s3-upload-store.ts';
import { createSqsPushQueue } from '../adapters/sqs-push-queue.ts';
import { createSqsTrainingQueue } from '../adapters/sqs-training-queue.ts';
import { readConfig } from '../config.ts';
import { clock, payloads } from '../dependencies.ts';

/**
 * The part of the composition root that is about models. What trains and runs networks is in files of its own: whatever
 * imports them has TensorFlow.js and brain.js in its bundle.
 */

const modelRegistry = () =>
  createDynamoDbModelRegistry({ client: createDynamoDbClient(), table: readConfig('models').MODELS_TABLE });

const trainingStore = () =>
  createDynamoDbTrainingStore({ client: createDynamoDbClient(), table: readConfig('models').MODELS_TABLE });

const pushQueue = () => createSqsPushQueue({ client: createSqsClient(), url: readConfig('pushQueue').PUSH_QUEUE_URL });

const trainingQueueOptions = () => ({ client: createSqsClient(), url: readConfig('trainingQueue').TRAINING_QUEUE_URL });

export const modelDependencies = () => ({ registry: modelRegistry(), rules: networkRules, clock });

export const modelViewDependencies = () => ({ registry: modelRegistry(), trainings: trainingStore() });

export const uploadDependencies = () => ({ registry: modelRegistry(), uploads: createS3UploadStore(payloads()) });

export const startTrainingDependencies = () => ({
  ...modelDependencies(),
  trainings: trainingStore(),
  documents: createS3DocumentStore(payloads()),
  queue: createSqsTrainingQueue(trainingQueueOptions()),
});

export const followTrainingDependencies = () => ({ trainings: trainingStore(), clock });

export const cancelTrainingDependencies = () => ({ ...followTrainingDependencies(), push: pushQueue() });

export const promotionDependencies = () => ({ registry: modelRegistry(), push: pushQueue(), clock });

export const championDependencies = () => ({
  registry: modelRegistry(),
  artifacts: createS3ArtifactStore(payloads()),
});

export const reviewDependencies = () => ({
  registry: modelRegistry(),
  tenants: createDynamoDbTenantStore({
    client: createDynamoDbClient(),
    table: readConfig('analyses').ANALYSES_TABLE,
  }),
  queue: createSqsTrainingQueue(trainingQueueOptions()),
});
