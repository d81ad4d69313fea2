import { setTimeout as sleep } from 'node:timers/promises';
import { createApiGatewayCloser } from '../adapters/api-gateway-closer.ts';
import { createApiGatewayPoster } from '../adapters/api-gateway-poster.ts';
import { createApiGatewayClient, createDynamoDbClient, createSqsClient } from '../adapters/aws-clients.ts';
import { createDynamoDbConnectionStore } from '../adapters/dynamodb-connection-store.ts';
import { createDynamoDbEventFeed } from '../adapters/dynamodb-event-feed.ts';
import { createSqsConnectionCheckQueue } from '../adapters/sqs-connection-check-queue.ts';
import { createSqsFollowUpQueue } from '../adapters/sqs-follow-up-queue.ts';
import { createSqsPushQueue } from '../adapters/sqs-push-queue.ts';
import { readConfig } from '../config.ts';
import type { Logger } from '../core/ports.ts';
import { clock, serviceLogger } from '../dependencies.ts';
import { rateLimiter } from './limits.ts';

/** What live connections are kept, answered and pushed to with. */

const connectionStore = () =>
  createDynamoDbConnectionStore({
    client: createDynamoDbClient(),
    table: readConfig('connections').CONNECTIONS_TABLE,
    clock,
  });

export const disconnectionDependencies = () => ({ connections: connectionStore() });

export const connectionChecks = () =>
  createSqsConnectionCheckQueue({
    client: createSqsClient(),
    url: readConfig('connectionChecks').CONNECTION_CHECKS_QUEUE_URL,
  });

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
