import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Client, connect, newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';

const HEALTH = '/api/analytics/health';
const METRICS = '/api/analytics/metrics';
const root = join(import.meta.dirname, '../..');
const NOTHING = { authorization: '' };

let service: Service;
/** Connected first, so that their half minute passes while the other tests run. */
let stranger: Client;
let disowned: Client;
beforeAll(async () => {
  service = await startService(inject('assemblyDir'), newDataDir());
  stranger = await connect(service.anonymousWebSocketUrl);
  const { id, secret } = await createKey(['read']);
  disowned = await connect(`${service.anonymousWebSocketUrl}?token=${secret}`);
  await service.remove(`/api/admin/keys/${id}`);
});
afterAll(async () => {
  expect(await service.kill('SIGINT')).toBe(0);
  removeDataDir(service.dataDir);
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

const createKey = async (scopes: string[]): Promise<{ id: string; secret: string }> => {
  const { status, body } = await service.post('/api/admin/keys', { name: 'test', scopes });
  expect(status).toBe(201);
  return { id: body.key.id, secret: body.secret };
};

describe('HTTP', () => {
  test.each([
    ['POST', '/api/analytics/submit'],
    ['POST', '/api/analytics/batch'],
    ['GET', '/api/analytics/result/01890000-0000-7000-8000-000000000000'],
    ['POST', '/api/analytics/query'],
    ['GET', METRICS],
    ['GET', '/api/plugins'],
    ['POST', '/api/admin/keys'],
    ['GET', '/api/admin/keys'],
    ['DELETE', '/api/admin/keys/a'],
  ])('%s %s needs a credential that allows it', async (method, path) => {
    const ask = (headers: Record<string, string>) =>
      method === 'GET'
        ? service.get(path, headers)
        : method === 'DELETE'
          ? service.remove(path, headers)
          : service.post(path, {}, headers);

    const without = await ask(NOTHING);
    const powerless = await ask(bearer(await service.token({ scopes: [] })));

    expect([without.status, without.body.error.code]).toEqual([401, 'auth.required']);
    expect(without.headers.get('www-authenticate')).toBe('Bearer');
    expect([powerless.status, powerless.body.error.code]).toEqual([403, 'auth.forbidden']);
  });

  test('anybody may ask for the health of the components, and whoever may read for the totals', async () => {
    const anybody = await service.get(HEALTH, NOTHING);
    const reader = await service.get(HEALTH);

    expect(anybody).toMatchObject({ status: 200, body: { status: 'healthy', components: { database: 'healthy' } } });
    expect(anybody.body).not.toHaveProperty('metrics');
    expect(reader.body).toHaveProperty('metrics.totalAnalyzed');
  });

  test.each([
    ['is no token', async () => 'nonsense', 'auth.invalid'],
    ['is very long', async () => 'a'.repeat(9000), 'auth.invalid'],
    ['has expired', () => service.token({ expires: inSeconds(-60) }), 'auth.expired'],
    ['names a tenant that cannot be', () => service.token({ tenant: 'a#b' }), 'auth.invalid'],
  ])('a credential that %s is refused with the reason', async (_, token, code) => {
    const { status, body } = await service.get(METRICS, bearer(await token()));

    expect(status).toBe(401);
    expect(body).toMatchObject({ success: false, error: { code, message: expect.any(String) } });
  });

  test('an API key works in either header, for its scopes, until it is revoked', async () => {
    const { id, secret } = await createKey(['read']);

    expect((await service.get(METRICS, { ...NOTHING, 'x-api-key': secret })).status).toBe(200);
    expect((await service.get(METRICS, bearer(secret))).status).toBe(200);
    expect((await service.post('/api/analytics/submit', {}, bearer(secret))).status).toBe(403);
    const listed = (await service.get('/api/admin/keys')).body;
    expect(listed.keys).toContainEqual(expect.objectContaining({ id, scopes: ['read'], name: 'test' }));
    expect(JSON.stringify(listed)).not.toContain(secret.slice(3));

    expect((await service.remove(`/api/admin/keys/${id}`)).status).toBe(200);
    expect((await service.remove(`/api/admin/keys/${id}`)).status).toBe(404);
    expect((await service.get('/api/admin/keys')).body.keys).not.toContainEqual(expect.objectContaining({ id }));
  });

  test('keys are made, listed and revoked on the command line', async () => {
    const keys = async (...args: string[]): Promise<string> => {
      const command = [join(root, 'local/keys.ts'), ...args, '--url', service.httpUrl, '--tenant', 'acme'];
      const env = { ...process.env, LOCAL_DATA_DIR: service.dataDir };
      return (await promisify(execFile)(process.execPath, command, { env })).stdout.trim();
    };

    const secret = await keys('create', 'ci', '--scopes', 'read');
    const [id = '', name, scopes] = (await keys('list')).split(/ +/);

    expect([name, scopes]).toEqual(['ci', 'read']);
    expect((await service.get(METRICS, { ...NOTHING, 'x-api-key': secret })).status).toBe(200);
    expect(await keys('revoke', id)).toBe(`revoked ${id}`);
    expect(await keys('list')).toBe('');
    await expect(keys('create', 'ci', '--scopes', 'write')).rejects.toThrow('must be one of: submit, read, admin');
  });

  test('a key that is asked for with a mistake is refused by the field', async () => {
    const { status, body } = await service.post('/api/admin/keys', { name: 'a', scopes: ['write'] });

    expect([status, body.error.details]).toEqual([
      400,
      [{ field: 'scopes[0]', message: 'must be one of: submit, read, admin' }],
    ]);
  });
});

describe('a connection', () => {
  test('may authenticate by a frame, and not subscribe before that', async () => {
    const client = await connect(service.anonymousWebSocketUrl);
    client.send({ action: 'subscribe', stream: 'analytics', id: 'early' });
    client.send({ action: 'authenticate', token: 'nonsense', id: 'wrong' });
    const early = await client.next(({ id }) => id === 'early');
    const wrong = await client.next(({ id }) => id === 'wrong');

    client.send({ action: 'authenticate', token: await service.token({ tenant: 'acme', scopes: ['read'] }), id: 'a' });
    const authenticated = await client.next(({ id }) => id === 'a');
    client.send({ action: 'subscribe', stream: 'analytics', id: 's' });
    const subscribed = await client.next(({ id }) => id === 's');
    client.send({ action: 'authenticate', token: await service.token({ tenant: 'rival' }), id: 'b' });
    const rival = await client.next(({ id }) => id === 'b');

    expect([early.error.code, wrong.error.code]).toEqual(['auth.required', 'auth.invalid']);
    expect(authenticated).toMatchObject({ event: 'authenticated', tenant: 'acme', scopes: ['read'] });
    expect(subscribed.event).toBe('subscribed');
    expect(rival.error.code).toBe('websocket.closed');
    client.close();
  });

  test('with a key that may only submit cannot listen', async () => {
    const { secret } = await createKey(['submit']);
    const client = await connect(`${service.anonymousWebSocketUrl}?token=${secret}`);
    client.send({ action: 'subscribe', stream: 'analytics', id: 's' });

    expect((await client.next(({ id }) => id === 's')).error.code).toBe('auth.forbidden');
    client.close();
  });

  test('with a credential that does not hold is refused', async () => {
    await expect(connect(`${service.anonymousWebSocketUrl}?token=nonsense`)).rejects.toThrow('401');
  });

  test('is closed when its credential expires, unless it was renewed', async () => {
    const brief = await service.token({ expires: inSeconds(3) });
    const left = await connect(`${service.anonymousWebSocketUrl}?token=${brief}`);
    const renewed = await connect(`${service.anonymousWebSocketUrl}?token=${brief}`);
    renewed.send({ action: 'authenticate', token: await service.token(), id: 'again' });
    await renewed.next(({ id }) => id === 'again');

    expect(await left.closed()).toBe(1000);
    renewed.send({ action: 'subscribe', stream: 'analytics', id: 's' });
    expect((await renewed.next(({ id }) => id === 's')).event).toBe('subscribed');
    renewed.close();
  });
});

test('a connection that does not authenticate is closed after half a minute', async () => {
  expect(await stranger.closed()).toBe(1000);
}, 60_000);

test('a connection that was opened with a key is closed after the key was revoked', async () => {
  expect(await disowned.closed()).toBe(1000);
}, 60_000);
