import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGuardedRedis } from '../../../functions/adapters/guarded-redis.ts';
import { createInProcessRateLimiter } from '../../../functions/adapters/in-process-rate-limiter.ts';
import { createUpstashRateLimiter } from '../../../functions/adapters/upstash-rate-limiter.ts';
import { hasRedisServer, type Redis, startRedis } from '../../support/redis.ts';
import { silentLogger } from '../../support/silent-logger.ts';

const limits = { windowSeconds: 10, requests: { submit: 2, batch: 2, read: 2, admin: 2, connect: 2 } };

let now = Date.now();
beforeEach(() => {
  now = Date.now();
});

const createGuard = (url: string, { token = 'secret', waitingMs = 5_000 } = {}) => {
  const counted: string[] = [];
  const metrics = { count: (name: string) => void counted.push(name) };
  const guard = createGuardedRedis({
    url,
    token,
    waitingMs,
    clock: () => new Date(now),
    logger: silentLogger,
    metrics,
  });
  return { guard, counted };
};

test('a request waits for Redis as long as it may in all, and the next one may again', async () => {
  const { guard, counted } = createGuard('http://127.0.0.1:1', { waitingMs: 50 });
  const taking = (milliseconds: number) => async () => {
    now += milliseconds;
    return 'reply';
  };

  guard.begin();
  const within = [await guard.attempt(taking(30)), await guard.attempt(taking(30)), await guard.attempt(taking(30))];
  guard.begin();
  const next = await guard.attempt(taking(30));

  expect(within).toEqual(['reply', 'reply', undefined]);
  expect(next).toBe('reply');
  expect(counted).toEqual(['RedisBypassed']);
});

describe.skipIf(!hasRedisServer)('on a Redis that', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const get = (guard: ReturnType<typeof createGuard>['guard']) => guard.attempt((send) => send(['GET', 'key']));

  test('is well, it gives the reply', async () => {
    const { guard, counted } = createGuard(redis.url);

    await redis.command('SET', 'key', 'välue');

    expect(await get(guard)).toBe('välue');
    expect(counted).toEqual([]);
  });

  test('refuses the token, it goes on without', async () => {
    const { guard, counted } = createGuard(redis.url, { token: 'wrong' });

    expect(await get(guard)).toBeUndefined();
    expect(counted).toEqual(['RedisFailed']);
  });

  test.each(['error page', 'error status', 'silent'] as const)(
    'answers with trouble (%s), it is left alone after the second time, for three seconds',
    async (trouble) => {
      const { guard, counted } = createGuard(redis.url, { waitingMs: trouble === 'silent' ? 1_000 : 5_000 });
      redis.trouble(trouble);
      const troubled = [await get(guard), await get(guard)];
      redis.trouble('none');
      const before = redis.requests();

      guard.begin();
      now += 2_900;
      const meanwhile = await get(guard);
      const askedMeanwhile = redis.requests() - before;
      now += 200;
      const afterwards = await get(guard);

      expect(troubled).toEqual([undefined, undefined]);
      expect([meanwhile, askedMeanwhile]).toEqual([undefined, 0]);
      expect(afterwards).toBe('välue');
      expect(counted).toEqual(['RedisFailed', 'RedisFailed', 'RedisBypassed']);
    },
  );

  test('fails once, as when a connection takes long to open, it is asked again at once', async () => {
    const { guard, counted } = createGuard(redis.url);
    redis.trouble('error page');
    const first = await get(guard);
    redis.trouble('none');

    expect([first, await get(guard)]).toEqual([undefined, 'välue']);
    expect(counted).toEqual(['RedisFailed']);
  });

  test('still fails when it is tried again, it is left alone at once', async () => {
    const { guard, counted } = createGuard(redis.url);
    redis.trouble('error page');
    for (const wait of [0, 0, 3_000, 0]) {
      now += wait;
      await get(guard);
    }
    redis.trouble('none');

    expect(counted).toEqual(['RedisFailed', 'RedisFailed', 'RedisFailed', 'RedisBypassed']);
  });

  test('is not there, it goes on without', async () => {
    const { guard, counted } = createGuard('http://127.0.0.1:1');

    expect(await get(guard)).toBeUndefined();
    expect(counted).toEqual(['RedisFailed']);
  });

  test('talks nonsense, the limiter counts by itself and refuses nobody for it', async () => {
    const { guard } = createGuard(redis.url);
    const fallback = createInProcessRateLimiter({ limits, clock: () => new Date(now) });
    const limiter = createUpstashRateLimiter({ redis: guard, prefix: 'p', limits, fallback });
    redis.trouble('nonsense');

    const allowed: boolean[] = [];
    for (let index = 0; index < 3; index += 1) allowed.push((await limiter.take('acme', 'read')).allowed);
    redis.trouble('none');

    expect(allowed).toEqual([true, true, false]);
  });
});
