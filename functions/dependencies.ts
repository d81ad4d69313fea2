import { setTimeout as sleep } from 'node:timers/promises';
import type { PluginManifest } from '../plugins/manifest.ts';
import { createApiGatewayCloser } from './adapters/api-gateway-closer.ts';
import { createApiGatewayPoster } from './adapters/api-gateway-poster.ts';
import { createApiKeyCache } from './adapters/api-key-cache.ts';
import {
  createApiGatewayClient,
  createDynamoDbClient,
  createSecretsManagerClient,
  createSqsClient,
} from './adapters/aws-clients.ts';
import { createDynamoDbAnalysisStore } from './adapters/dynamodb-analysis-store.ts';
import { createDynamoDbApiKeyStore } from './adapters/dynamodb-api-key-store.ts';
import { createDynamoDbConnectionStore } from './adapters/dynamodb-connection-store.ts';
import { createDynamoDbDashboardStore } from './adapters/dynamodb-dashboard-store.ts';
import { createDynamoDbEventFeed } from './adapters/dynamodb-event-feed.ts';
import { createDynamoDbModelRegistry } from './adapters/dynamodb-model-registry.ts';
import { createDynamoDbRollupStore } from './adapters/dynamodb-rollup-store.ts';
import { createDynamoDbShareStore } from './adapters/dynamodb-share-store.ts';
import { createDynamoDbTenantStore } from './adapters/dynamodb-tenant-store.ts';
import { createDynamoDbUsageStore } from './adapters/dynamodb-usage-store.ts';
import { createGuardedRedis, type GuardedRedis } from './adapters/guarded-redis.ts';
import { createInProcessRateLimiter } from './adapters/in-process-rate-limiter.ts';
import { createIssuerKeys } from './adapters/issuer-keys.ts';
import { createJwtVerifier } from './adapters/jwt-verifier.ts';
import { createPluginCatalog } from './adapters/plugin-catalog.ts';
import { createQueuesProbe, createRedisProbe, createTableProbe } from './adapters/probes.ts';
import { createRedisResultCache } from './adapters/redis-result-cache.ts';
import { createS3Bucket, type S3Bucket } from './adapters/s3-bucket.ts';
import { createS3DocumentStore } from './adapters/s3-document-store.ts';
import { createServiceLogger } from './adapters/service-logger.ts';
import { createServiceMetrics } from './adapters/service-metrics.ts';
import { createSigningSecrets } from './adapters/signing-secrets.ts';
import { createSqsConnectionCheckQueue } from './adapters/sqs-connection-check-queue.ts';
import { createSqsDeadLetterQueue } from './adapters/sqs-dead-letter-queue.ts';
import { createSqsFollowUpQueue } from './adapters/sqs-follow-up-queue.ts';
import { createSqsJobQueue } from './adapters/sqs-job-queue.ts';
import { createSqsMessageVisibility } from './adapters/sqs-message-visibility.ts';
import { createSqsPushQueue } from './adapters/sqs-push-queue.ts';
import { createSqsQueueMonitor } from './adapters/sqs-queue-monitor.ts';
import { createSqsRollupQueue } from './adapters/sqs-rollup-queue.ts';
import { createUpstashRateLimiter } from './adapters/upstash-rate-limiter.ts';
import { readConfig } from './config.ts';
import type { AuthenticateDependencies } from './core/authenticate.ts';
import type { Logger, PluginCatalog, RateLimiter } from './core/ports.ts';
import type { RateLimits } from './core/rate-limit.ts';
import { createContributionFiler } from './core/rollups/file-contribution.ts';
import { createReadMetric } from './core/rollups/read-metric.ts';
import { readOnce } from './core/rollups/read-once.ts';
import { createReadView } from './core/rollups/read-view.ts';

/**
 * The composition root. Each function calls the one builder it needs, once a cold start; what a function does not
 * name here does not end up in its bundle.
 */

/** Replaced by the build with the manifests of the plugins it built. */
declare const PLUGIN_MANIFESTS: readonly PluginManifest[];

const clock = (): Date => new Date();

export const catalog = (): PluginCatalog => createPluginCatalog(PLUGIN_MANIFESTS);

export const serviceLogger = (): Logger => createServiceLogger(readConfig('service').LOG_LEVEL);

/** Redis as requests may wait for it, when there is one. */
export const guardedRedis = (): GuardedRedis | undefined => {
  const {
    UPSTASH_REDIS_REST_URL: url,
    UPSTASH_REDIS_REST_TOKEN: token,
    REDIS_WAIT_MS: waitingMs,
  } = readConfig('redis');
  if (url === undefined || token === undefined) return undefined;
  const logger = serviceLogger();
  const redis = createGuardedRedis({ url, token, waitingMs, clock, logger, metrics: createServiceMetrics() });
  redis.warmUp();
  return redis;
};

const rateLimits = (): RateLimits => {
  const config = readConfig('rateLimits');
  return {
    windowSeconds: config.RATE_LIMIT_WINDOW_SECONDS,
    requests: {
      submit: config.RATE_LIMIT_SUBMIT,
      batch: config.RATE_LIMIT_BATCH,
      read: config.RATE_LIMIT_READ,
      admin: config.RATE_LIMIT_ADMIN,
      connect: config.RATE_LIMIT_CONNECT,
    },
  };
};

/** Counts in Redis when there is one, so that all execution environments share a limit, and for itself otherwise. */
export const rateLimiter = (redis = guardedRedis()): RateLimiter => {
  const limits = rateLimits();
  const fallback = createInProcessRateLimiter({ limits, clock });
  const prefix = readConfig('redis').REDIS_KEY_PREFIX;
  return redis === undefined ? fallback : createUpstashRateLimiter({ redis, prefix, limits, fallback });
};

const tokenVerifier = () => {
  const tokens = readConfig('tokens');
  const { AUTH_SECRET_NAME: name, AUTH_ISSUER: url } = tokens;
  return createJwtVerifier({
    secrets:
      name === undefined ? undefined : createSigningSecrets({ client: createSecretsManagerClient(), name, clock }),
    issuer: url === undefined ? undefined : { url, keys: createIssuerKeys(url) },
    audience: tokens.AUTH_AUDIENCE,
    tenantClaim: tokens.AUTH_TENANT_CLAIM,
    scopeClaim: tokens.AUTH_SCOPE_CLAIM,
    clock,
  });
};

export const keyDependencies = () => ({
  keys: createDynamoDbApiKeyStore({
    client: createDynamoDbClient(),
    table: readConfig('credentials').CREDENTIALS_TABLE,
  }),
  clock,
});

export const authenticationDependencies = (): AuthenticateDependencies => ({
  tokens: tokenVerifier(),
  keys: createApiKeyCache(keyDependencies().keys, clock),
  clock,
});

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

const storage = () => {
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

const rollupStore = () => {
  const { client, table, documents, retentionDays } = storage();
  return createDynamoDbRollupStore({ client, table, documents: documents(), clock, retentionDays });
};

const rollupQueue = () =>
  createSqsRollupQueue({ client: createSqsClient(), url: readConfig('rollupQueue').ROLLUP_QUEUE_URL });

/** What dashboards are computed from. */
const plotDependencies = () => {
  const { analyses, documents, retentionDays } = storage();
  const plugins = catalog();
  const rollups = rollupStore();
  return {
    catalog: plugins,
    openMetrics: () => {
      const now = clock();
      return createReadMetric({ catalog: plugins, rollups: readOnce(rollups), clock: () => now });
    },
    readView: createReadView({ catalog: plugins, analyses, documents: documents(), clock, retentionDays }),
  };
};

export const rollupDependencies = () => ({
  rollups: rollupStore(),
  rollupQueue: rollupQueue(),
  clock,
  logger: serviceLogger(),
});

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

/** The same for one result, which Redis may have at hand. */
export const cachedResultDependencies = (redis: GuardedRedis | undefined) => {
  const { analyses: store, documents, retentionDays } = resultDependencies();
  const prefix = readConfig('redis').REDIS_KEY_PREFIX;
  const analyses = redis === undefined ? store : createRedisResultCache({ store, redis, prefix, clock, retentionDays });
  return { analyses, documents };
};

export const dashboardDependencies = () => {
  const options = { client: createDynamoDbClient(), table: readConfig('dashboards').DASHBOARDS_TABLE };
  return {
    dashboards: createDynamoDbDashboardStore(options),
    shares: createDynamoDbShareStore(options),
    catalog: catalog(),
    clock,
  };
};

export const dashboardDataDependencies = () => ({
  ...dashboardDependencies(),
  ...plotDependencies(),
  wait: sleep,
  logger: serviceLogger(),
});

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

const connectionStore = () =>
  createDynamoDbConnectionStore({
    client: createDynamoDbClient(),
    table: readConfig('connections').CONNECTIONS_TABLE,
    clock,
  });

export const disconnectionDependencies = () => ({ connections: connectionStore() });

const connectionChecks = () =>
  createSqsConnectionCheckQueue({
    client: createSqsClient(),
    url: readConfig('connectionChecks').CONNECTION_CHECKS_QUEUE_URL,
  });

export const revocationDependencies = () => ({ ...keyDependencies(), checks: connectionChecks() });

const connectionDependencies = () => ({ connections: connectionStore(), checks: connectionChecks(), clock });

const eventFeed = () => {
  const { EVENTS_TABLE: table, EVENT_RETENTION_HOURS: retentionHours } = readConfig('events');
  return createDynamoDbEventFeed({ client: createDynamoDbClient(), table, clock, retentionHours });
};

const followUpQueue = () =>
  createSqsFollowUpQueue({ client: createSqsClient(), url: readConfig('followUpQueue').FOLLOW_UP_QUEUE_URL });

export const connectDependencies = () => ({
  ...connectionDependencies(),
  followUps: followUpQueue(),
  limiter: rateLimiter(),
});

export const messageDependencies = () => ({
  ...connectDependencies(),
  eventRetentionHours: readConfig('eventRetention').EVENT_RETENTION_HOURS,
  logger: serviceLogger(),
});

export const heartbeatDependencies = () => ({ connections: connectionStore(), followUps: followUpQueue() });

/** How functions reach connections that are not those of their events. */
const connectionReach = (logger: Logger) => {
  const client = createApiGatewayClient(readConfig('websocket').WEBSOCKET_ENDPOINT);
  return { poster: createApiGatewayPoster({ client, logger }), closer: createApiGatewayCloser(client) };
};

export const followUpDependencies = () => {
  const logger = serviceLogger();
  return {
    connections: connectionStore(),
    clock,
    ...connectionReach(logger),
    feed: eventFeed(),
    followUps: followUpQueue(),
    wait: sleep,
    logger,
  };
};

export const connectionCheckDependencies = () => ({
  ...connectionDependencies(),
  closer: createApiGatewayCloser(createApiGatewayClient(readConfig('websocket').WEBSOCKET_ENDPOINT)),
  logger: serviceLogger(),
});

export const pushDependencies = () => {
  const logger = serviceLogger();
  return {
    connections: connectionStore(),
    clock,
    feed: eventFeed(),
    ...connectionReach(logger),
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
    fileContribution: createContributionFiler({ rollups: rollupStore(), rollupQueue: rollupQueue(), clock }),
    clock,
    logger: serviceLogger(),
  };
};
