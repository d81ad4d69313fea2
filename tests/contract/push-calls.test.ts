import pMap from 'p-map';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createDynamoDbConnectionStore } from '../../functions/adapters/dynamodb-connection-store.ts';
import { createDynamoDbEventFeed } from '../../functions/adapters/dynamodb-event-feed.ts';
import { deliverPush, filePush } from '../../functions/core/deliver-push.ts';
import { type PushMessage, pushMessageSchema } from '../../functions/core/push-event.ts';
import { startLocalStores } from '../support/local-stores.ts';
import { silentLogger } from '../support/silent-logger.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

const clock = () => new Date();

/** Calls of the table's client by name, from now on. */
const countCalls = (): ReadonlyMap<string, number> => {
  const calls = new Map<string, number>();
  stores.dynamodb.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        calls.set(commandName, (calls.get(commandName) ?? 0) + 1);
        return next(args);
      },
    { step: 'initialize', name: 'countCalls', override: true },
  );
  return calls;
};

/** What one result costs to push: every call to AWS that it takes, whoever makes it. */
const pushOneResult = async (subscribers: number) => {
  const tenant = `tenant-${subscribers}`;
  const connections = createDynamoDbConnectionStore({ client: stores.dynamodb, table: stores.connectionsTable, clock });
  const feed = createDynamoDbEventFeed({
    client: stores.dynamodb,
    table: stores.eventsTable,
    clock,
    retentionHours: 24,
  });
  const subscription = { subscriptionId: '1', tenant, protocol: 'native', stream: 'analytics', filters: {} } as const;
  const connectionIds = Array.from({ length: subscribers }, (_, index) => `${subscribers}-${index}=`);
  await pMap(connectionIds, (connectionId) => connections.subscribe({ connectionId, ...subscription }), {
    concurrency: 50,
  });
  const messages: PushMessage[] = [];
  const posts: number[] = [];
  const dependencies = {
    connections,
    feed,
    clock,
    logger: silentLogger,
    closer: { disconnect: async () => {} },
    poster: {
      async post(_: string, frame: string) {
        posts.push(frame.length);
        return 'sent' as const;
      },
    },
    push: {
      async send(message: PushMessage) {
        messages.push(message);
      },
    },
  };
  const occurredAt = new Date().toISOString();
  const data = { analysisId: 'a', type: 'performance', status: 'completed', metrics: { p95: 120 } };
  const event = { event: 'analytics:update', eventId: 'a:update', stream: 'analytics', occurredAt, fields: {}, data };
  messages.push({ tenant, events: [event], fields: { type: 'performance' } });
  const calls = countCalls();
  let received = 0;
  for (let message = messages.shift(); message !== undefined; message = messages.shift()) {
    received += 1;
    await deliverPush(dependencies, await filePush(dependencies, pushMessageSchema.parse(message)));
  }
  return { subscribers, messages: received, dynamodb: Object.fromEntries(calls), posts: posts.length, bytes: posts[0] };
};

test.each([
  { subscribers: 1, messages: 1 },
  { subscribers: 100, messages: 1 },
  // Each of the four lists goes on in a message of its own for every 250 it holds.
  { subscribers: 1_000, messages: 5 },
])('a push to $subscribers subscribers takes one post each and little else', async ({ subscribers, messages }) => {
  const report = await pushOneResult(subscribers);

  console.log(JSON.stringify(report));
  expect(report.posts).toBe(subscribers);
  expect(report.messages).toBeLessThanOrEqual(messages);
  expect(report.dynamodb['QueryCommand']).toBeLessThanOrEqual(4 + 4 * (messages - 1));
  // The events are filed once; each message beyond the first is noted and its note removed.
  expect(report.dynamodb['PutItemCommand']).toBe(report.messages);
});
