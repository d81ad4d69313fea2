import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDynamoDbApiKeyStore } from '../../functions/adapters/dynamodb-api-key-store.ts';
import { createMemoryApiKeyStore } from '../../functions/adapters/memory/memory-api-key-store.ts';
import type { ApiKey } from '../../functions/core/api-key.ts';
import type { ApiKeyStore } from '../../functions/core/ports.ts';
import { startLocalStores } from '../support/local-stores.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

const implementations: Record<string, () => ApiKeyStore> = {
  memory: createMemoryApiKeyStore,
  dynamodb: () => createDynamoDbApiKeyStore({ client: stores.dynamodb, table: stores.credentialsTable }),
};

const keyOf = (tenant: string, overrides: Partial<ApiKey> = {}): ApiKey => ({
  id: randomUUID(),
  tenant,
  name: 'ci',
  scopes: ['submit', 'read'],
  createdAt: '2026-01-01T00:00:00.000Z',
  ...overrides,
});

describe.each(Object.keys(implementations))('the key store (%s)', (name) => {
  const create = (): ApiKeyStore => implementations[name]?.() ?? expect.unreachable();

  test('finds a key by its hash, with or without an expiry', async () => {
    const store = create();
    const lasting = keyOf(randomUUID());
    const brief = keyOf(randomUUID(), { expiresAt: '2099-01-01T00:00:00.000Z' });

    await store.add(lasting, `hash-${lasting.id}`);
    await store.add(brief, `hash-${brief.id}`);

    expect(await store.find(`hash-${lasting.id}`)).toEqual(lasting);
    expect(await store.find(`hash-${brief.id}`)).toEqual(brief);
    expect(await store.find('hash-of-nothing')).toBeUndefined();
  });

  test('lists the keys of a tenant and of no other, oldest first', async () => {
    const store = create();
    const tenant = randomUUID();
    const keys = [keyOf(tenant), keyOf(tenant, { createdAt: '2026-01-02T00:00:00.000Z' })];
    for (const key of [...keys, keyOf(randomUUID())]) await store.add(key, `hash-${key.id}`);

    expect(await store.list(tenant)).toEqual(keys);
  });

  test('forgets a key of the tenant that revokes it, and none of another', async () => {
    const store = create();
    const key = keyOf(randomUUID());
    await store.add(key, `hash-${key.id}`);

    expect(await store.revoke(randomUUID(), key.id)).toBe(false);
    expect(await store.find(`hash-${key.id}`)).toEqual(key);
    expect(await store.revoke(key.tenant, key.id)).toBe(true);
    expect(await store.find(`hash-${key.id}`)).toBeUndefined();
    expect(await store.list(key.tenant)).toEqual([]);
    expect(await store.revoke(key.tenant, key.id)).toBe(false);
    expect(await store.revoke(key.tenant, '')).toBe(false);
  });
});
