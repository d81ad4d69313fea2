import { expect, test } from 'vitest';
import { createMemoryConnectionStore } from '../../../functions/adapters/memory/memory-connection-store.ts';
import { createMemoryEventFeed } from '../../../functions/adapters/memory/memory-event-feed.ts';
import { createMemoryQueues } from '../../../functions/adapters/memory/memory-queues.ts';
import { deliverPush, filePush } from '../../../functions/core/deliver-push.ts';
import type { Logger, PostOutcome } from '../../../functions/core/ports.ts';
import { type PushEvent, type PushMessage, pushMessageSchema } from '../../../functions/core/push-event.ts';
import { matchesFilters, type SubscriptionFilters } from '../../../functions/core/subscription.ts';

const logger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const eventOf = (eventId: string, fields: PushEvent['fields'] = {}): PushEvent => ({
  event: 'analytics:update',
  eventId,
  stream: 'analytics',
  occurredAt: '2026-01-01T00:00:00.000Z',
  fields,
  data: {},
});

/** Connections whose posts end as given, and what reached them. */
const createWorld = async (
  clients: Record<string, { filters: SubscriptionFilters[]; outcome?: PostOutcome; replayId?: string }>,
  { subscriberPage = 100, postMs = 0 } = {},
) => {
  const connections = createMemoryConnectionStore(subscriberPage);
  let now = Date.UTC(2026, 0, 1);
  const clock = () => new Date(now);
  const feed = createMemoryEventFeed({ clock });
  for (const [connectionId, { filters, replayId }] of Object.entries(clients)) {
    await connections.open({ connectionId, protocol: 'native', connectedAt: '' });
    for (const [index, filter] of filters.entries()) {
      await connections.subscribe({
        connectionId,
        subscriptionId: String(index),
        tenant: 't',
        protocol: 'native',
        stream: 'analytics',
        filters: filter,
        ...(replayId === undefined ? {} : { replayId }),
      });
    }
  }
  const posted: Record<string, string[]> = {};
  const addressed: Record<string, unknown[]> = {};
  const poster = {
    async post(connectionId: string, frame: string): Promise<PostOutcome> {
      now += postMs;
      const outcome = clients[connectionId]?.outcome ?? 'sent';
      const { eventId, subscriptions } = JSON.parse(frame);
      if (outcome === 'sent') {
        posted[connectionId] = [...(posted[connectionId] ?? []), eventId];
        addressed[connectionId] = [...(addressed[connectionId] ?? []), subscriptions];
      }
      return outcome;
    },
  };
  const closed: string[] = [];
  const closer = { disconnect: async (connectionId: string) => void closed.push(connectionId) };
  const { pushQueue: push, pushes } = createMemoryQueues();
  const dependencies = { connections, feed, clock, poster, closer, push, logger };
  const deliver = async (message: PushMessage) =>
    deliverPush(dependencies, await filePush(dependencies, pushMessageSchema.parse(message)));
  /** Works off what invocations have left to others. */
  const deliverRest = async () => {
    for (const message of pushes) await deliver(message);
  };
  return {
    connections,
    feed,
    posted,
    addressed,
    closed,
    pushes,
    deliver,
    deliverRest,
    pass: (ms: number) => (now += ms),
    clock,
  };
};

test('each client gets the events of its filters, in order, and an event that two of them match once', async () => {
  const { deliver, posted } = await createWorld({
    all: { filters: [{}, { type: 'a' }] },
    a: { filters: [{ type: 'a' }] },
    none: { filters: [{ type: 'c' }] },
  });

  await deliver({
    tenant: 't',
    events: [eventOf('1', { type: 'a' }), eventOf('2', { type: 'b' }), eventOf('3', { type: 'a' })],
  });

  expect(posted).toEqual({ all: ['1', '2', '3'], a: ['1', '3'] });
});

test("a frame says which of the client's subscriptions it is for", async () => {
  const clients = {
    two: { filters: [{ type: 'a' }, {}, { type: 'b' }] },
    one: { filters: [{ type: 'b' }] },
    many: { filters: Array.from({ length: 300 }, () => ({})) },
  };
  const { deliver, addressed } = await createWorld(clients, { subscriberPage: 1000 });

  await deliver({ tenant: 't', events: [eventOf('1', { type: 'a' }), eventOf('2', { type: 'b' })] });

  expect(addressed['two']).toEqual([
    ['0', '1'],
    ['1', '2'],
  ]);
  expect(addressed['one']).toEqual([['0']]);
  expect(addressed['many']).toEqual([undefined, undefined]);
});

test('what all events of a message share can be filtered by as well', async () => {
  const { deliver, posted } = await createWorld({
    ann: { filters: [{ userId: 'ann', severity: 'critical' }] },
    bob: { filters: [{ userId: 'bob' }] },
  });
  const events = [eventOf('1', { severity: 'info' }), eventOf('2', { severity: 'critical' })];

  await deliver({ tenant: 't', fields: { userId: ['ann'] }, events });

  expect(posted).toEqual({ ann: ['2'] });
});

test('another tenant’s subscribers get nothing', async () => {
  const { deliver, posted } = await createWorld({ all: { filters: [{}] } });

  await deliver({ tenant: 'other', events: [eventOf('1')] });

  expect(posted).toEqual({});
});

test('a dead connection is removed with its subscriptions, and costs the others nothing', async () => {
  const { deliver, posted, connections } = await createWorld({
    dead: { filters: [{}, {}], outcome: 'gone' },
    alive: { filters: [{}] },
  });

  await deliver({ tenant: 't', events: [eventOf('1')] });

  expect(posted).toEqual({ alive: ['1'] });
  expect(await connections.get('dead')).toBeUndefined();
  expect(await connections.countSubscriptions('dead')).toBe(0);
});

test('a connection that cannot be reached is tried again by itself, and closed in the end', async () => {
  const { deliver, deliverRest, posted, closed, connections, pushes } = await createWorld({
    stuck: { filters: [{}], outcome: 'failed' },
    alive: { filters: [{}] },
  });

  await deliver({ tenant: 't', events: [eventOf('1')] });
  await deliverRest();

  expect(posted).toEqual({ alive: ['1'] });
  expect(pushes.map(({ rest }) => [rest?.to, rest?.attempt])).toEqual(
    [2, 3, 4, 5].map((attempt) => [{ connections: ['stuck'] }, attempt]),
  );
  expect(closed).toEqual(['stuck']);
  expect(await connections.get('stuck')).toBeUndefined();
});

test('an audience of many pages is served by as many invocations, each client once', async () => {
  const names = Array.from({ length: 25 }, (_, index) => `client ${index}`);
  const clients = Object.fromEntries(names.map((name) => [name, { filters: [{}] }]));
  const { deliver, deliverRest, posted, pushes, feed, clock } = await createWorld(clients, { subscriberPage: 10 });

  await deliver({ tenant: 't', events: [eventOf('1')] });
  const inFirst = Object.keys(posted).length;
  const unfinished = await feed.oldestDelivery('t', 0);
  await deliverRest();

  expect(inFirst).toBe(10);
  expect(unfinished).toBe(clock().getTime());
  expect(pushes).toHaveLength(2);
  expect(posted).toEqual(Object.fromEntries(names.map((name) => [name, ['1']])));
  expect(await feed.oldestDelivery('t', 0)).toBeUndefined();
});

test('what cannot be posted within five seconds goes on in another message', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `client ${index}`);
  const clients = Object.fromEntries(names.map((name) => [name, { filters: [{}] }]));
  const { deliver, deliverRest, posted, pushes } = await createWorld(clients, { postMs: 100 });

  await deliver({ tenant: 't', events: [eventOf('1')] });
  const inFirst = Object.keys(posted).length;
  await deliverRest();

  expect(inFirst).toBeLessThan(100);
  expect(pushes.length).toBeGreaterThan(0);
  expect(posted).toEqual(Object.fromEntries(names.map((name) => [name, ['1']])));
});

test('a delivery that ends late stays noted for those who resume, one that ends in time does not', async () => {
  const { deliver, deliverRest, pushes, feed, pass, clock } = await createWorld({
    stuck: { filters: [{}], outcome: 'failed' },
  });
  const filedAt = clock().getTime();
  await deliver({ tenant: 't', events: [eventOf('1')] });

  pass(60_000);
  await deliverRest();

  expect(pushes.length).toBe(4);
  expect(await feed.oldestDelivery('t', clock().getTime())).toBe(filedAt);
  expect(await feed.oldestDelivery('t', clock().getTime() + 1)).toBeUndefined();
});

test('nothing new overtakes a replay', async () => {
  const { deliver, posted } = await createWorld({
    resuming: { filters: [{}], replayId: 'r' },
    live: { filters: [{}] },
  });

  await deliver({ tenant: 't', events: [eventOf('1')] });

  expect(posted).toEqual({ live: ['1'] });
});

test.each([
  [{}, true],
  [{ type: 'a' }, true],
  [{ type: ['b', 'a'] }, true],
  [{ type: 'b' }, false],
  [{ userId: 'ann' }, true],
  [{ userId: 'cid' }, false],
  [{ type: 'a', userId: 'cid' }, false],
  [{ missing: 'x' }, false],
  [{ count: 3 }, true],
  [{ count: '3' }, false],
] as [SubscriptionFilters, boolean][])('the filter %j passes: %s', (filters, passes) => {
  expect(matchesFilters({ type: 'a', userId: ['ann', 'bob'], count: 3 }, filters)).toBe(passes);
});
