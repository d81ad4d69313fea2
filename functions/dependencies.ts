import { setTimeout as sleep } from 'node:timers/promises';
import type { PluginManifest } from '../plugins/manifest.ts';
import { createApiGatewayPoster } from './adapters/api-gateway-poster.ts';
import {
  createApiGatewayClient,
  createDynamoDbClient,
  createS3Client,
  createSqsClient,
} from './adapters/aws-clients.ts';
import { createDynamoDbAnalysisStore } from './adapters/dynamodb-analysis-store.ts';
import { createDynamoDbConnectionStore } from './adapters/dynamodb-connection-store.ts';
import { createDynamoDbEventFeed } from './adapters/dynamodb-event-feed.ts';
import { createDynamoDbUsageStore } from './adapters/dynamodb-usage-store.ts';
import { createPluginCatalog } from './adapters/plugin-catalog.ts';
import { createDatabaseProbe, createModelsProbe, createQueuesProbe, createRedisProbe } from './adapters/probes.ts';
import { createS3DocumentStore } from './adapters/s3-document-store.ts';
import { createServiceLogger } from './adapters/service-logger.ts';
import { createSqsDeadLetterQueue } from './adapters/sqs-dead-letter-queue.ts';
import { createSqsFollowUpQueue } from './adapters/sqs-follow-up-queue.ts';
import { createSqsJobQueue } from './adapters/sqs-job-queue.ts';
import { createSqsMessageVisibility } from './adapters/sqs-message-visibility.ts';
import { createSqsPushQueue } from './adapters/sqs-push-queue.ts';
import { createSqsQueueMonitor } from './adapters/sqs-queue-monitor.ts';
import { readConfig } from './config.ts';
import { DEFAULT_TENANT } from './core/analysis.ts';
import type { Principal } from './core/authenticate.ts';
import type { Logger, PluginCatalog } from './core/ports.ts';

/**
 * The composition root. Each function calls the one builder it needs, once a cold start; what a function does not
 * name here does not end up in its bundle.
 */

/** Replaced by the build with the manifests of the plugins it built. */
declare const PLUGIN_MANIFESTS: readonly PluginManifest[];

const clock = (): Date => new Date();

export const catalog = (): PluginCatalog => createPluginCatalog(PLUGIN_MANIFESTS);

export const serviceLogger = (): Logger => createServiceLogger(readConfig('service').LOG_LEVEL);

const storage = () => {
  const {
    ANALYSES_TABLE: table,
    PAYLOADS_BUCKET: bucket,
    RESULT_RETENTION_DAYS: retentionDays,
  } = readConfig('analyses');
  const client = createDynamoDbClient();
  const usage = createDynamoDbUsageStore({ client, table });
  return {
    client,
    table,
    clock,
    retentionDays,
    usage,
    analyses: createDynamoDbAnalysisStore({ client, table, usage, clock, retentionDays }),
    documents: () => createS3DocumentStore({ client: createS3Client(), bucket, clock }),
  };
};

export const submissionDependencies = () => {
  const { analyses, documents } = storage();
  const jobs = createSqsJobQueue({
    client: createSqsClient(),
    urlPrefix: readConfig('jobQueues').JOB_QUEUE_URL_PREFIX,
  });
  return { catalog: catalog(), analyses, documents: documents(), jobs, clock };
};

export const resultDependencies = () => {
  const { analyses, documents, retentionDays } = storage();
  return { catalog: catalog(), analyses, documents: documents(), retentionDays, clock };
};

export const usageDependencies = () => {
  const { analyses, usage, retentionDays } = storage();
  return { catalog: catalog(), analyses, usage, retentionDays, clock };
};

export const queueMonitor = () =>
  createSqsQueueMonitor({ client: createSqsClient(), urlPrefix: readConfig('jobQueues').JOB_QUEUE_URL_PREFIX });

export const healthDependencies = () => {
  const { client, table, analyses, usage, retentionDays } = storage();
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = readConfig('redis');
  const plugins = catalog();
  const probes = [
    createRedisProbe({ url, token }),
    createModelsProbe(),
    createDatabaseProbe({ client, table }),
    createQueuesProbe({ queues: queueMonitor(), catalog: plugins }),
  ];
  return { catalog: plugins, analyses, usage, retentionDays, clock, probes };
};

const connectionStorage = () => ({
  connections: createDynamoDbConnectionStore({
    client: createDynamoDbClient(),
    table: readConfig('connections').CONNECTIONS_TABLE,
    clock,
  }),
  clock,
});

const eventFeed = () => {
  const { EVENTS_TABLE: table, EVENT_RETENTION_HOURS: retentionHours } = readConfig('events');
  return createDynamoDbEventFeed({ client: createDynamoDbClient(), table, clock, retentionHours });
};

const followUpQueue = () =>
  createSqsFollowUpQueue({ client: createSqsClient(), url: readConfig('followUpQueue').FOLLOW_UP_QUEUE_URL });

/** For the routes of the WebSocket API. */
export const routeDependencies = () => ({
  ...connectionStorage(),
  followUps: followUpQueue(),
  eventRetentionHours: readConfig('eventRetention').EVENT_RETENTION_HOURS,
  // Everything belongs to one tenant until credentials are verified.
  authenticate: async (): Promise<Principal> => ({
    tenant: DEFAULT_TENANT,
    subject: 'anonymous',
    scopes: ['submit', 'read'],
  }),
});

export const disconnectDependencies = connectionStorage;

const connectionPoster = (logger: Logger) =>
  createApiGatewayPoster({ client: createApiGatewayClient(readConfig('websocket').WEBSOCKET_ENDPOINT), logger });

export const followUpDependencies = () => {
  const logger = serviceLogger();
  return {
    ...connectionStorage(),
    poster: connectionPoster(logger),
    feed: eventFeed(),
    followUps: followUpQueue(),
    wait: sleep,
    logger,
  };
};

export const pushDependencies = () => {
  const logger = serviceLogger();
  return {
    ...connectionStorage(),
    feed: eventFeed(),
    poster: connectionPoster(logger),
    push: createSqsPushQueue({ client: createSqsClient(), url: readConfig('pushQueue').PUSH_QUEUE_URL }),
    logger,
  };
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
    clock,
    logger: serviceLogger(),
  };
};
