import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDynamoDbConnectionStore } from '../../functions/adapters/dynamodb-connection-store.ts';
import { createMemoryConnectionStore } from '../../functions/adapters/memory/memory-connection-store.ts';
import type { Principal } from '../../functions/core/authenticate.ts';
import type { ConnectionStore } from '../../functions/core/ports.ts';
import type { Subscription } from '../../functions/core/subscription.ts';
import { startLocalStores } from '../support/local-stores.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

const implementations: Record<string, () => ConnectionStore> = {
  memory: createMemoryConnectionStore,
  dynamodb: () =>
    createDynamoDbConnectionStore({
      client: stores.dynamodb,
      table: stores.connectionsTable,
      clock: () => new Date(),
    }),
};

/** Everyone who listens to a stream, page by page. */
const subscribersOf = async (store: ConnectionStore, tenant: string): Promise<Subscription[]> => {
  const found: Subscription[] = [];
  for (let shard = 0; shard < store.subscriberShards; shard += 1) {
    let after: string | undefined;
    do {
      const { entries, next } = await store.subscribers(tenant, 'analytics', shard, after);
      found.push(...entries);
      after = next;
    } while (after !== undefined);
  }
  return found;
};

const heartbeatsOf = async (store: ConnectionStore): Promise<string[]> => {
  const shards = Array.from({ length: store.heartbeatShards }, (_, shard) => store.heartbeats(shard, undefined));
  return (await Promise.all(shards)).flatMap(({ entries }) => entries);
};

const subscriptionOf = (tenant: string, overrides: Partial<Subscription> = {}): Subscription => ({
  tenant,
  protocol: 'native',
  connectionId: randomUUID(),
  subscriptionId: '1',
  stream: 'analytics',
  filters: { type: ['a', 'b'], severity: 'critical' },
  ...overrides,
});

describe.each(Object.keys(implementations))('the connection store (%s)', (name) => {
  const create = (): ConnectionStore => implementations[name]?.() ?? expect.unreachable();

  test('gives back a connection until it is closed', async () => {
    const store = create();
    const connection = {
      connectionId: randomUUID(),
      protocol: 'native' as const,
      connectedAt: '2026-01-01T00:00:00.000Z',
    };

    await store.open(connection);
    expect(await store.get(connection.connectionId)).toEqual(connection);
    await store.close(connection.connectionId);
    expect(await store.get(connection.connectionId)).toBeUndefined();
  });

  test.each([
    ['for a while', { expiresAt: '2026-01-01T00:00:00.000Z' }],
    ['until it is revoked', {}],
  ])('remembers whom a connection stands for %s', async (_, expiry) => {
    const store = create();
    const connection = {
      connectionId: randomUUID(),
      protocol: 'native' as const,
      connectedAt: '2026-01-01T00:00:00.000Z',
    };
    const principal: Principal = { tenant: 't', subject: 's', scopes: ['read', 'submit'], ...expiry };

    await store.open({ ...connection, principal });

    expect(await store.get(connection.connectionId)).toEqual({ ...connection, principal });
  });

  test('lets a connection authenticate late and anew, but not as another tenant or once it is closed', async () => {
    const store = create();
    const connection = {
      connectionId: randomUUID(),
      protocol: 'native' as const,
      connectedAt: '2026-01-01T00:00:00.000Z',
    };
    const principal = (tenant: string, subject: string): Principal => ({ tenant, subject, scopes: ['read'] });
    await store.open(connection);

    expect(await store.identify(connection.connectionId, principal('t', 'first'))).toBe(true);
    expect(await store.identify(connection.connectionId, principal('t', 'second'))).toBe(true);
    expect(await store.identify(connection.connectionId, principal('other', 'third'))).toBe(false);
    expect((await store.get(connection.connectionId))?.principal).toEqual(principal('t', 'second'));
    await store.close(connection.connectionId);
    expect(await store.identify(connection.connectionId, principal('t', 'fourth'))).toBe(false);
    expect(await store.get(connection.connectionId)).toBeUndefined();
  });

  test('lists the subscribers of a tenant’s stream and of no other', async () => {
    const store = create();
    const tenant = randomUUID();
    const own = Array.from({ length: 10 }, () => subscriptionOf(tenant));
    for (const subscription of own) await store.subscribe(subscription);
    await store.subscribe(subscriptionOf(randomUUID()));
    await store.subscribe(subscriptionOf(tenant, { stream: 'other' }));

    const found = await subscribersOf(store, tenant);

    const byConnection = (a: Subscription, b: Subscription) => (a.connectionId < b.connectionId ? -1 : 1);
    expect([...found].sort(byConnection)).toEqual([...own].sort(byConnection));
  });

  test('replaces a subscription of the same id', async () => {
    const store = create();
    const tenant = randomUUID();
    const first = subscriptionOf(tenant);

    await store.subscribe(first);
    await store.subscribe({ ...first, filters: {} });

    expect(await subscribersOf(store, tenant)).toEqual([{ ...first, filters: {} }]);
    expect(await store.countSubscriptions(first.connectionId)).toBe(1);
  });

  test('forgets one subscription, or all with their connection', async () => {
    const store = create();
    const tenant = randomUUID();
    const first = subscriptionOf(tenant);
    const second = { ...first, subscriptionId: '2' };
    for (const subscription of [first, second, subscriptionOf(tenant)]) await store.subscribe(subscription);

    expect(await store.unsubscribe(first.connectionId, '1')).toBe(true);
    expect(await store.unsubscribe(first.connectionId, '1')).toBe(false);
    expect(await subscribersOf(store, tenant)).toHaveLength(2);
    await store.close(first.connectionId);
    expect(await subscribersOf(store, tenant)).toHaveLength(1);
    expect(await store.countSubscriptions(first.connectionId)).toBe(0);
  });

  test('keeps what a connection speaks, and the offset it came with', async () => {
    const store = create();
    const connectionId = randomUUID();
    const connection = {
      connectionId,
      protocol: 'socket.io' as const,
      connectedAt: '',
      offset: 'mabc1234',
    };

    await store.open(connection);

    expect(await store.get(connectionId)).toEqual(connection);
    expect(await heartbeatsOf(store)).toContain(connectionId);
    await store.close(connectionId);
    expect(await heartbeatsOf(store)).not.toContain(connectionId);
  });

  test('goes through more subscribers than a page holds', async () => {
    const store = create();
    const tenant = randomUUID();
    const ids = Array.from({ length: 1_100 }, () => randomUUID());
    await Promise.all(ids.map((connectionId) => store.subscribe(subscriptionOf(tenant, { connectionId }))));

    const found = await subscribersOf(store, tenant);

    expect(found.map(({ connectionId }) => connectionId).sort()).toEqual([...ids].sort());
  });

  test('lets a subscription go live once, for the replay it waits for', async () => {
    const store = create();
    const tenant = randomUUID();
    const subscription = subscriptionOf(tenant, { replayId: 'second' });
    const { connectionId, subscriptionId } = subscription;
    await store.subscribe(subscription);

    expect(await store.goLive(connectionId, subscriptionId, 'first')).toBe(false);
    expect(await subscribersOf(store, tenant)).toEqual([subscription]);
    expect(await store.goLive(connectionId, subscriptionId, 'second')).toBe(true);
    const { replayId: _, ...live } = subscription;
    expect(await subscribersOf(store, tenant)).toEqual([live]);
    expect(await store.subscriptionsOf(connectionId)).toEqual([live]);
    expect(await store.goLive(connectionId, subscriptionId, 'second')).toBe(false);
    expect(await store.goLive('unknown', '1', 'second')).toBe(false);
  });

  test('finds the connections that a key of a tenant has authenticated, at once or by a frame, until they are closed', async () => {
    const store = create();
    const keyId = randomUUID();
    const by = (tenant: string, key = keyId): Principal => ({ tenant, subject: `key:${key}`, scopes: ['read'] });
    const ids = { atOnce: randomUUID(), socketIo: randomUUID(), byFrame: randomUUID(), anonymous: randomUUID() };
    const connection = { protocol: 'native' as const, connectedAt: '' };
    await store.open({ ...connection, connectionId: ids.atOnce, principal: by('t') });
    await store.open({ ...connection, connectionId: ids.socketIo, protocol: 'socket.io', principal: by('t') });
    for (const connectionId of [ids.byFrame, ids.anonymous]) await store.open({ ...connection, connectionId });
    await store.identify(ids.byFrame, by('t'));
    await store.open({ ...connection, connectionId: randomUUID(), principal: by('other') });
    await store.open({ ...connection, connectionId: randomUUID(), principal: by('t', randomUUID()) });
    const found = async () => (await store.authenticatedBy('t', keyId, undefined)).entries.toSorted();

    expect(await found()).toEqual([ids.atOnce, ids.socketIo, ids.byFrame].sort());
    for (const connectionId of [ids.atOnce, ids.byFrame, ids.socketIo]) await store.close(connectionId);
    expect(await found()).toEqual([]);
  });
});
