import { expect, test } from 'vitest';
import { createMemoryConnectionStore } from '../../../functions/adapters/memory/memory-connection-store.ts';
import { createMemoryQueues } from '../../../functions/adapters/memory/memory-queues.ts';
import { deliverPush } from '../../../functions/core/deliver-push.ts';
import type { Logger, PostOutcome } from '../../../functions/core/ports.ts';
import type { PushEvent } from '../../../functions/core/push-event.ts';
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
const createWorld = async (clients: Record<string, { filters: SubscriptionFilters[]; outcome?: PostOutcome }>) => {
  const connections = createMemoryConnectionStore();
  for (const [connectionId, { filters }] of Object.entries(clients)) {
    await connections.open({ connectionId, connectedAt: '' });
    for (const [index, filter] of filters.entries()) {
      await connections.subscribe({
        connectionId,
        subscriptionId: String(index),
        tenant: 't',
        stream: 'analytics',
        filters: filter,
      });
    }
  }
  const posted: Record<string, string[]> = {};
  const poster = {
    async post(connectionId: string, frame: string): Promise<PostOutcome> {
      const outcome = clients[connectionId]?.outcome ?? 'sent';
      if (outcome === 'sent') posted[connectionId] = [...(posted[connectionId] ?? []), JSON.parse(frame).eventId];
      return outcome;
    },
  };
  const { pushQueue: push, pushes } = createMemoryQueues();
  return { connections, posted, pushes, dependencies: { connections, poster, push, logger } };
};

test('each client gets the events of its filters, in order, and an event that two of them match once', async () => {
  const { dependencies, posted } = await createWorld({
    all: { filters: [{}, { type: 'a' }] },
    a: { filters: [{ type: 'a' }] },
    none: { filters: [{ type: 'c' }] },
  });

  await deliverPush(dependencies, {
    tenant: 't',
    events: [eventOf('1', { type: 'a' }), eventOf('2', { type: 'b' }), eventOf('3', { type: 'a' })],
  });

  expect(posted).toEqual({ all: ['1', '2', '3'], a: ['1', '3'] });
});

test('what all events of a message share can be filtered by as well', async () => {
  const { dependencies, posted } = await createWorld({
    ann: { filters: [{ userId: 'ann', severity: 'critical' }] },
    bob: { filters: [{ userId: 'bob' }] },
  });
  const events = [eventOf('1', { severity: 'info' }), eventOf('2', { severity: 'critical' })];

  await deliverPush(dependencies, { tenant: 't', fields: { userId: ['ann'] }, events });

  expect(posted).toEqual({ ann: ['2'] });
});

test('another tenant’s subscribers get nothing', async () => {
  const { dependencies, posted } = await createWorld({ all: { filters: [{}] } });

  await deliverPush(dependencies, { tenant: 'other', events: [eventOf('1')] });

  expect(posted).toEqual({});
});

test('a dead connection is removed with its subscriptions, and costs the others nothing', async () => {
  const { dependencies, posted, connections } = await createWorld({
    dead: { filters: [{}, {}], outcome: 'gone' },
    alive: { filters: [{}] },
  });

  await deliverPush(dependencies, { tenant: 't', events: [eventOf('1')] });

  expect(posted).toEqual({ alive: ['1'] });
  expect(await connections.get('dead')).toBeUndefined();
  expect(await connections.countSubscriptions('dead')).toBe(0);
});

test('a connection that cannot be reached is tried again by itself, and given up in the end', async () => {
  const { dependencies, posted, pushes } = await createWorld({
    stuck: { filters: [{}], outcome: 'failed' },
    alive: { filters: [{}] },
  });

  await deliverPush(dependencies, { tenant: 't', events: [eventOf('1')] });
  for (let retry = pushes[0]; retry !== undefined; retry = pushes[pushes.indexOf(retry) + 1]) {
    await deliverPush(dependencies, retry);
  }

  expect(posted).toEqual({ alive: ['1'] });
  expect(pushes.map(({ connections, attempt }) => [connections, attempt])).toEqual(
    [2, 3, 4, 5].map((attempt) => [['stuck'], attempt]),
  );
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
