import { expect, test } from 'vitest';
import { createApiKeyCache } from '../../../functions/adapters/api-key-cache.ts';
import { createMemoryApiKeyStore } from '../../../functions/adapters/memory/memory-api-key-store.ts';
import { authenticate, requireScope } from '../../../functions/core/authenticate.ts';
import { createKey, revokeKey } from '../../../functions/core/manage-keys.ts';
import type { ApiKeyStore } from '../../../functions/core/ports.ts';

const START = Date.UTC(2026, 2, 1);

const setUp = () => {
  let now = START;
  const keys = createMemoryApiKeyStore();
  const clock = () => new Date(now);
  const tokens = { verify: async () => ({ tenant: 'acme', subject: 'ann', scopes: [] }) };
  return {
    keys,
    clock,
    advance: (seconds: number) => {
      now += seconds * 1000;
    },
    create: (body: object, tenant = 'acme') => createKey({ keys, clock }, { tenant, body }),
    authenticate: (credential: string | undefined, store: Pick<ApiKeyStore, 'find'> = keys) =>
      authenticate({ keys: store, tokens, clock }, credential),
  };
};

test('a key stands for the tenant it was made for, with its scopes', async () => {
  const { create, authenticate: who } = setUp();

  const { key, secret } = await create({ name: 'ci', scopes: ['read', 'submit'] });

  expect(secret).toMatch(/^ak_[\w-]{43}$/);
  expect(await who(secret)).toEqual({ tenant: 'acme', subject: `key:${key.id}`, scopes: ['submit', 'read'] });
});

const checks = { send: async () => {} };

test('what is kept of a key does not contain it', async () => {
  const { create, keys } = setUp();

  const { secret } = await create({ name: 'ci', scopes: ['read'] });

  expect(JSON.stringify(await keys.list('acme'))).not.toContain(secret.slice(3));
});

test('a key that was revoked opens nothing within a minute, cached or not', async () => {
  const { create, keys, clock, advance, authenticate: who } = setUp();
  const { key, secret } = await create({ name: 'ci', scopes: ['read'] });
  const cached = createApiKeyCache(keys, clock);
  await who(secret, cached);

  await revokeKey({ keys, checks }, { tenant: 'acme', id: key.id });
  advance(60);

  for (const store of [cached, keys]) {
    await expect(who(secret, store)).rejects.toMatchObject({ code: 'auth.invalid' });
  }
});

test('a key expires at its instant, even while it is cached', async () => {
  const { create, keys, clock, advance, authenticate: who } = setUp();
  const { secret } = await create({ name: 'ci', scopes: ['read'], expiresAt: '2026-03-01T00:00:10Z' });
  const cached = createApiKeyCache(keys, clock);

  expect(await who(secret, cached)).toMatchObject({ expiresAt: '2026-03-01T00:00:10.000Z' });
  advance(10);
  await expect(who(secret, cached)).rejects.toMatchObject({ code: 'auth.expired' });
});

test('a tenant cannot revoke the key of another', async () => {
  const { create, keys, authenticate: who } = setUp();
  const { key, secret } = await create({ name: 'ci', scopes: ['read'] });

  await expect(revokeKey({ keys, checks }, { tenant: 'rival', id: key.id })).rejects.toMatchObject({
    code: 'key.not_found',
  });
  expect(await who(secret)).toMatchObject({ tenant: 'acme' });
});

test.each([
  ['no name', { scopes: ['read'] }, 'name'],
  ['a scope that is none', { name: 'a', scopes: ['write'] }, 'scopes[0]'],
  ['no scope', { name: 'a', scopes: [] }, 'scopes'],
  ['an expiry that is past', { name: 'a', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
  ['a tenant', { name: 'a', scopes: ['read'], tenant: 'rival' }, 'tenant'],
])('a key with %s is refused by the field', async (_, body, field) => {
  await expect(setUp().create(body)).rejects.toMatchObject({ code: 'request.invalid', details: [{ field }] });
});

test.each([
  ['none', undefined, 'auth.required'],
  ['an empty one', '', 'auth.required'],
  ['a key nobody made', `ak_${'a'.repeat(43)}`, 'auth.invalid'],
  ['a megabyte', 'a'.repeat(1_000_000), 'auth.invalid'],
])('a credential that does not hold is refused: %s', async (_, credential, code) => {
  await expect(setUp().authenticate(credential)).rejects.toMatchObject({ code });
});

test('a scope that was not granted is forbidden, and said which', () => {
  expect(() => requireScope({ scopes: ['read'] }, 'submit')).toThrow('does not have the scope "submit"');
  expect(() => requireScope({ scopes: ['read'] }, 'read')).not.toThrow();
});
