import type { PluginManifest } from '../plugins/manifest.ts';
import { createDynamoDbClient, createSqsClient } from './adapters/aws-clients.ts';
import { createDynamoDbAnalysisStore } from './adapters/dynamodb-analysis-store.ts';
import { createDynamoDbModelRegistry } from './adapters/dynamodb-model-registry.ts';
import { createDynamoDbRollupStore } from './adapters/dynamodb-rollup-store.ts';
import { createDynamoDbTenantStore } from './adapters/dynamodb-tenant-store.ts';
import { createDynamoDbUsageStore } from './adapters/dynamodb-usage-store.ts';
import { createPluginCatalog } from './adapters/plugin-catalog.ts';
import { createQueuesProbe, createRedisProbe, createTableProbe } from './adapters/probes.ts';
import { createS3Bucket, type S3Bucket } from './adapters/s3-bucket.ts';
import { createS3DocumentStore } from './adapters/s3-document-store.ts';
import { createServiceLogger } from './adapters/service-logger.ts';
import { createSqsDeadLetterQueue } from './adapters/sqs-dead-letter-queue.ts';
import { createSqsJobQueue } from './adapters/sqs-job-queue.ts';
import { createSqsMessageVisibility } from './adapters/sqs-message-visibility.ts';
import { createSqsPushQueue } from './adapters/sqs-push-queue.ts';
import { createSqsQueueMonitor } from './adapters/sqs-queue-monitor.ts';
import { createSqsRollupQueue } from './adapters/sqs-rollup-queue.ts';
import { readConfig } from './config.ts';
import type { Logger, PluginCatalog } from './core/ports.ts';
import { createContributionFiler } from './core/rollups/file-contribution.ts';

/**
 * The composition root. Each function calls the one builder it needs, once a cold start; what a function does not
 * name here does not end up in its bundle.
 */

/** Replaced by the build with the manifests of the plugins it built. */
declare const PLUGIN_MANIFESTS: readonly PluginManifest[];

export const clock = (): Date => new Date();

export const catalog = (): PluginCatalog => createPluginCatalog(PLUGIN_MANIFESTS);

export const serviceLogger = (): Logger => createServiceLogger(readConfig('service').LOG_LEVEL);

export const payloads = (): S3Bucket => {
  const { PAYLOADS_BUCKET: name } = readConfig('payloads');
  const { AWS_REGION: region, ...lambda } = readConfig('lambda');
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return createS3Bucket({
    name,
    region,
    endpoint: lambda.AWS_ENDPOINT_URL_S3 ?? `https://s3.${region}.${domain}`,
    credentials: {
      accessKeyId: lambda.AWS_ACCESS_KEY_ID,
      secretAccessKey: lambda.AWS_SECRET_ACCESS_KEY,
      sessionToken: lambda.AWS_SESSION_TOKEN,
    },
    clock,
  });
};

export const storage = () => {
  const { ANALYSES_TABLE: table, RESULT_RETENTION_DAYS: retentionDays } = readConfig('analyses');
  const client = createDynamoDbClient();
  const usage = createDynamoDbUsageStore({ client, table });
  return {
    client,
    table,
    clock,
    retentionDays,
    usage,
    tenants: createDynamoDbTenantStore({ client, table }),
    analyses: createDynamoDbAnalysisStore({ client, table, usage, clock, retentionDays }),
    documents: () => createS3DocumentStore(payloads()),
  };
};

export const rollupStore = () => {
  const { client, table, documents, retentionDays } = storage();
  return createDynamoDbRollupStore({ client, table, documents: documents(), clock, retentionDays });
};

export const rollupQueue = () =>
  createSqsRollupQueue({ client: createSqsClient(), url: readConfig('rollupQueue').ROLLUP_QUEUE_URL });

export const submissionDependencies = () => {
  const { analyses, documents, tenants } = storage();
  const jobs = createSqsJobQueue({
    client: createSqsClient(),
    urlPrefix: readConfig('jobQueues').JOB_QUEUE_URL_PREFIX,
  });
  return { catalog: catalog(), analyses, documents: documents(), tenants, jobs, clock };
};

export const resultDependencies = () => {
  const { analyses, documents, retentionDays } = storage();
  return { catalog: catalog(), analyses, documents: documents(), retentionDays, clock };
};

export const usageDependencies = () => {
  const { analyses, usage, tenants, retentionDays } = storage();
  return { catalog: catalog(), analyses, usage, tenants, retentionDays, clock };
};

export const queueMonitor = () =>
  createSqsQueueMonitor({ client: createSqsClient(), urlPrefix: readConfig('jobQueues').JOB_QUEUE_URL_PREFIX });

export const healthDependencies = () => {
  const { client, table, analyses, usage, retentionDays } = storage();
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = readConfig('redis');
  const { MODELS_TABLE: modelsTable } = readConfig('models');
  const plugins = catalog();
  const probes = [
    createRedisProbe({ url, token }),
    createTableProbe('models', { client, table: modelsTable }),
    createTableProbe('database', { client, table }),
    createQueuesProbe({ queues: queueMonitor(), catalog: plugins }),
  ];
  const registry = createDynamoDbModelRegistry({ client, table: modelsTable });
  return { catalog: plugins, analyses, usage, registry, retentionDays, clock, probes };
};

export const workerDependencies = () => {
  const { analyses, documents } = storage();
  const worker = readConfig('worker');
  const client = createSqsClient();
  return {
    analyses,
    documents: documents(),
    push: createSqsPushQueue({ client, url: readConfig('pushQueue').PUSH_QUEUE_URL }),
    deadLetters: createSqsDeadLetterQueue({ client, url: worker.DEAD_LETTER_QUEUE_URL }),
    visibility: createSqsMessageVisibility({ client, url: worker.JOB_QUEUE_URL }),
    memoryMegabytes: worker.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    fileContribution: createContributionFiler({ rollups: rollupStore(), rollupQueue: rollupQueue(), clock }),
    clock,
    logger: serviceLogger(),
  };
};
