import { randomUUID } from 'node:crypto';
import { v7 as timeOrdered } from 'uuid';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDynamoDbDashboardStore } from '../../functions/adapters/dynamodb-dashboard-store.ts';
import { createDynamoDbShareStore } from '../../functions/adapters/dynamodb-share-store.ts';
import { createMemoryDashboardStore } from '../../functions/adapters/memory/memory-dashboard-store.ts';
import { createMemoryShareStore } from '../../functions/adapters/memory/memory-share-store.ts';
import { type Dashboard, toSummary } from '../../functions/core/dashboards/dashboard.ts';
import type { DashboardStore, ShareStore } from '../../functions/core/dashboards/dashboard-store.ts';
import type { Share } from '../../functions/core/dashboards/share.ts';
import { startLocalStores } from '../support/local-stores.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

const options = () => ({ client: stores.dynamodb, table: stores.dashboardsTable });

const dashboardStores: Record<string, () => DashboardStore> = {
  memory: createMemoryDashboardStore,
  dynamodb: () => createDynamoDbDashboardStore(options()),
};

const shareStores: Record<string, () => ShareStore> = {
  memory: createMemoryShareStore,
  dynamodb: () => createDynamoDbShareStore(options()),
};

const dashboardOf = (name: string): Dashboard => ({
  id: timeOrdered(),
  name,
  description: 'Überblick',
  timeRange: { last: '24h' },
  widgets: [
    {
      id: 'w1',
      type: 'text',
      title: 'Notes',
      config: { text: 'hello' },
      position: { x: 0, y: 0, width: 6, height: 4 },
    },
  ],
  version: 1,
  readyMade: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});

describe.each(Object.keys(dashboardStores))('the dashboard store (%s)', (name) => {
  const create = (): DashboardStore => dashboardStores[name]?.() ?? expect.unreachable();

  test('gives back what it was given, to the tenant it belongs to', async () => {
    const store = create();
    const [tenant, other] = [randomUUID(), randomUUID()];
    const dashboard = dashboardOf('a');
    await store.create(tenant, dashboard);

    expect(await store.get(tenant, dashboard.id)).toEqual(dashboard);
    expect(await store.get(other, dashboard.id)).toBeUndefined();
    expect(await store.delete(other, dashboard.id, 1)).toBe(false);
    expect(await store.replace(other, { ...dashboard, version: 2 })).toBe(false);
    expect(await store.get(tenant, dashboard.id)).toEqual(dashboard);
  });

  test('lists the dashboards of a tenant without their widgets, oldest first', async () => {
    const store = create();
    const tenant = randomUUID();
    const [first, second] = [dashboardOf('first'), dashboardOf('second')];
    await store.create(tenant, second);
    await store.create(tenant, first);
    await store.create(randomUUID(), dashboardOf('foreign'));

    expect(await store.list(tenant)).toEqual([toSummary(first), toSummary(second)]);
  });

  test('of two changes to one version keeps the first', async () => {
    const store = create();
    const tenant = randomUUID();
    const dashboard = dashboardOf('a');
    await store.create(tenant, dashboard);

    const changes = ['b', 'c', 'd', 'e'].map((title) =>
      store.replace(tenant, { ...dashboard, name: title, version: 2 }),
    );
    const kept = await Promise.all(changes);

    expect(kept.filter(Boolean)).toHaveLength(1);
    expect(await store.get(tenant, dashboard.id)).toMatchObject({ name: 'bcde'[kept.indexOf(true)], version: 2 });
    expect(await store.replace(tenant, { ...dashboard, version: 2 })).toBe(false);
    expect(await store.list(tenant)).toMatchObject([{ name: 'bcde'[kept.indexOf(true)], version: 2 }]);
  });

  test('deletes the version that is named and no other', async () => {
    const store = create();
    const tenant = randomUUID();
    const dashboard = dashboardOf('a');
    await store.create(tenant, dashboard);
    await store.replace(tenant, { ...dashboard, version: 2 });

    expect(await store.delete(tenant, dashboard.id, 1)).toBe(false);
    expect(await store.delete(tenant, dashboard.id, 2)).toBe(true);
    expect(await store.get(tenant, dashboard.id)).toBeUndefined();
    expect(await store.delete(tenant, dashboard.id, 2)).toBe(false);
    expect(await store.replace(tenant, { ...dashboard, version: 3 })).toBe(false);
  });
});

const shareOf = (tenant: string, dashboardId: string): Share => ({
  id: timeOrdered(),
  tenant,
  dashboardId,
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2099-01-01T00:00:00.500Z',
});

describe.each(Object.keys(shareStores))('the share store (%s)', (name) => {
  const create = (): ShareStore => shareStores[name]?.() ?? expect.unreachable();

  test('finds a link by its hash alone', async () => {
    const store = create();
    const share = shareOf(randomUUID(), randomUUID());
    await store.add(share, `hash-${share.id}`);

    expect(await store.find(`hash-${share.id}`)).toEqual(share);
    expect(await store.find(share.id)).toBeUndefined();
  });

  test('lists and revokes the links of one dashboard of one tenant', async () => {
    const store = create();
    const [tenant, dashboardId] = [randomUUID(), randomUUID()];
    const shares = [shareOf(tenant, dashboardId), shareOf(tenant, dashboardId)];
    const others = [shareOf(randomUUID(), dashboardId), shareOf(tenant, randomUUID())];
    for (const share of [...shares, ...others]) await store.add(share, `hash-${share.id}`);
    const [first = expect.unreachable(), second] = shares;

    expect(await store.list(tenant, dashboardId)).toEqual(shares);
    expect(await store.revoke(randomUUID(), dashboardId, first.id)).toBe(false);
    expect(await store.revoke(tenant, randomUUID(), first.id)).toBe(false);
    expect(await store.revoke(tenant, dashboardId, first.id)).toBe(true);
    expect(await store.find(`hash-${first.id}`)).toBeUndefined();
    expect(await store.list(tenant, dashboardId)).toEqual([second]);
    expect(await store.revoke(tenant, dashboardId, first.id)).toBe(false);
    for (const { id } of others) expect(await store.find(`hash-${id}`)).toBeDefined();
  });
});
