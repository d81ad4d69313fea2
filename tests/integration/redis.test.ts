import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { hasRedisServer, type Redis, startRedis } from '../support/redis.ts';
import { awaitResult, connect, newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';
import { synthesizeTestAssembly } from '../support/test-assembly.ts';

const SUBMIT = '/api/analytics/submit';
const HEALTH = '/api/analytics/health';
const PLUGINS = '/api/plugins';
const KEYS = '/api/admin/keys';
const UNKNOWN = '/api/analytics/result/00000000-0000-7000-8000-000000000000';
/** Long enough for no test to reach the next. */
const WINDOW_SECONDS = 3600;

/** A Redis, and low limits. */
const settingsFor = ({ url, token }: Redis) => ({
  UPSTASH_REDIS_REST_URL: url,
  UPSTASH_REDIS_REST_TOKEN: token,
  // A busy machine is slower than a region.
  REDIS_WAIT_MS: '4000',
  RATE_LIMIT_WINDOW_SECONDS: String(WINDOW_SECONDS),
  RATE_LIMIT_READ: '20',
  RATE_LIMIT_ADMIN: '4',
  RATE_LIMIT_CONNECT: '2',
});

describe.skipIf(!hasRedisServer)('with Redis', () => {
  let redis: Redis;
  let service: Service;
  let assemblyDir: string;
  beforeAll(async () => {
    redis = await startRedis();
    assemblyDir = synthesizeTestAssembly(inject('assemblyDir'), settingsFor(redis));
    service = await startService(assemblyDir, newDataDir());
  });
  afterAll(async () => {
    await service?.kill('SIGINT');
    await redis?.stop();
    removeDataDir(service.dataDir);
    rmSync(assemblyDir, { recursive: true });
  });

  const as = async (tenant: string) => ({ authorization: `Bearer ${await service.token({ tenant })}` });

  test('a tenant that asks too often is told when to come again, and no other notices', async () => {
    const busy = await as('busy');
    const first = await service.get(KEYS, busy);
    for (let index = 0; index < 3; index += 1) await service.get(KEYS, busy);
    const refused = await service.get(KEYS, busy);
    const ofAnotherClass = await service.get(PLUGINS, busy);
    const other = await service.get(KEYS, await as('other'));

    expect(first.status).toBe(200);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'ratelimit-limit': '4',
      'ratelimit-remaining': '3',
      'ratelimit-policy': '"admin";q=4;w=3600',
      ratelimit: expect.stringMatching(/^"admin";r=3;t=\d+$/),
    });
    expect(first.headers.has('retry-after')).toBe(false);
    expect(refused).toMatchObject({ status: 429, body: { success: false, error: { code: 'rate.limited' } } });
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('retry-after')).toBe(refused.headers.get('ratelimit-reset'));
    expect([ofAnotherClass.status, other.status]).toEqual([200, 200]);
  });

  test('all functions and their copies share one count', async () => {
    const tenant = await as('shared');
    const ask = (path: string) => service.get(path, tenant);
    // Two functions, each of which has copies once it is asked for several things at a time.
    const paths = Array.from({ length: 15 }, () => [UNKNOWN, PLUGINS]).flat();
    const answers = await Promise.all(paths.map(ask));

    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    expect(statuses.filter((status) => status === 200 || status === 404)).toHaveLength(20);
  });

  test('errors say as well what is left, and a request without a credential is nobody’s', async () => {
    const malformed = await service.post(SUBMIT, '{', await as('sloppy'));
    const anonymous = await service.get(PLUGINS, { authorization: '' });
    const health = await service.get(HEALTH, { authorization: '' });

    expect([malformed.status, malformed.headers.get('ratelimit-remaining')]).toEqual([400, '4999']);
    expect([anonymous.status, anonymous.headers.has('ratelimit-limit')]).toEqual([401, false]);
    expect(health.body.components.redis).toBe('healthy');
  });

  test('connections are counted, whether they authenticate at once or by a frame', async () => {
    const token = await service.token({ tenant: 'sockets' });
    const url = service.anonymousWebSocketUrl;
    (await connect(`${url}?token=${token}`)).close();
    const late = await connect(url);
    late.send({ action: 'authenticate', token, id: '1' });
    const authenticated = await late.next(({ id }) => id === '1');
    late.send({ action: 'authenticate', token, id: '2' });
    const refused = await late.next(({ id }) => id === '2');
    late.close();

    expect([authenticated.event, refused.error.code]).toEqual(['authenticated', 'rate.limited']);
    await expect(connect(`${url}?token=${token}`)).rejects.toThrow('429');
  });

  test('a completed result comes from Redis, for its own tenant, no longer than an hour', async () => {
    const { body } = await service.post(SUBMIT, { type: 'echo', data: { insights: [{ title: 'computed' }] } });
    const path = `/api/analytics/result/${body.analysisId}`;
    const computed = await awaitResult(service, body.analysisId);
    const [key = ''] = (await redis.command('KEYS', `*:result:*${body.analysisId}`)) as string[];
    const ttl = Number(await redis.command('TTL', key));
    const kept = String(await redis.command('GET', key));
    await redis.command('SET', key, kept.replaceAll('computed', 'from Redis'), 'KEEPTTL');

    const cached = await service.get(path);
    const foreign = await service.get(path, await as('other'));

    expect(JSON.stringify(computed)).toContain('computed');
    expect(cached.body).toEqual(JSON.parse(JSON.stringify(computed).replaceAll('computed', 'from Redis')));
    expect(foreign.status).toBe(404);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(3600);
  });

  test('when Redis stands still or is gone, requests go on, limited by each function for itself', async () => {
    const tenant = await as('patient');
    redis.signal('SIGSTOP');
    const still = await service.get(KEYS, tenant);
    redis.signal('SIGKILL');
    const submitted = await service.post(SUBMIT, { type: 'echo', data: {} }, tenant);
    const gone: number[] = [];
    for (let index = 0; index < 4; index += 1) gone.push((await service.get(KEYS, tenant)).status);
    const health = await service.get(HEALTH, { authorization: '' });

    expect([still.status, submitted.status]).toEqual([200, 202]);
    expect(gone).toEqual([200, 200, 200, 429]);
    expect(health).toMatchObject({ status: 200, body: { status: 'degraded', components: { redis: 'unhealthy' } } });
    expect(service.output()).toMatch(/"CloudWatchMetrics".*"RedisFailed"/);
  });
});
