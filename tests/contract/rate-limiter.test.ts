import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createGuardedRedis } from '../../functions/adapters/guarded-redis.ts';
import { createInProcessRateLimiter } from '../../functions/adapters/in-process-rate-limiter.ts';
import { createUpstashRateLimiter } from '../../functions/adapters/upstash-rate-limiter.ts';
import type { Metrics, RateLimiter } from '../../functions/core/ports.ts';
import { hasRedisServer, type Redis, startRedis } from '../support/redis.ts';
import { silentLogger } from '../support/silent-logger.ts';

const WINDOW_SECONDS = 10;
const limits = { windowSeconds: WINDOW_SECONDS, requests: { submit: 20, batch: 5, read: 20, admin: 5, connect: 5 } };
const clock = () => new Date();
const START = Date.UTC(2026, 0, 1);

let redis: Redis | undefined;
beforeAll(async () => {
  if (hasRedisServer) redis = await startRedis();
});
afterAll(() => redis?.stop());
// The clock alone: Redis answers in its own time.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: START }));
afterEach(() => void vi.useRealTimers());

const metrics: Metrics = { count: (name) => expect.unreachable(name) };

const implementations: Record<string, () => RateLimiter> = {
  'in-process': () => createInProcessRateLimiter({ limits, clock }),
  upstash: () =>
    createUpstashRateLimiter({
      redis: createGuardedRedis({
        url: redis?.url ?? '',
        token: redis?.token ?? '',
        waitingMs: 10_000,
        clock,
        logger: silentLogger,
        metrics,
      }),
      prefix: randomUUID(),
      limits,
      fallback: { take: async () => expect.unreachable() },
    }),
};

const at = (seconds: number): void => void vi.setSystemTime(START + seconds * 1000);

const takeMany = async (limiter: RateLimiter, count: number, tenant = 'acme'): Promise<number> => {
  let allowed = 0;
  for (let index = 0; index < count; index += 1) {
    if ((await limiter.take(tenant, 'submit')).allowed) allowed += 1;
  }
  return allowed;
};

describe.each(Object.keys(implementations))('the rate limiter (%s)', (name) => {
  const skipped = name === 'upstash' && !hasRedisServer;
  const create = (): RateLimiter => implementations[name]?.() ?? expect.unreachable();

  test.skipIf(skipped)('lets through as many as the limit, says what is left, and then refuses', async () => {
    const limiter = create();
    at(4);

    const first = await limiter.take('acme', 'submit');
    const others = await takeMany(limiter, 19);
    const last = await limiter.take('acme', 'submit');

    expect(first).toEqual({
      routeClass: 'submit',
      allowed: true,
      limit: 20,
      windowSeconds: WINDOW_SECONDS,
      remaining: 19,
      resetSeconds: 6,
    });
    expect(others).toBe(19);
    expect(last).toMatchObject({ allowed: false, remaining: 0, resetSeconds: 6 });
  });

  test.skipIf(skipped)('counts tenants and classes apart', async () => {
    const limiter = create();
    await takeMany(limiter, 25);

    expect(await limiter.take('rival', 'submit')).toMatchObject({ allowed: true, remaining: 19 });
    expect(await limiter.take('acme', 'read')).toMatchObject({ allowed: true, remaining: 19 });
    expect(await limiter.take('acme', 'admin')).toMatchObject({ allowed: true, remaining: 4 });
  });

  test.skipIf(skipped)(
    'slides: a burst at the end of a window leaves no room for another at its beginning',
    async () => {
      const limiter = create();
      at(9.9);
      await takeMany(limiter, 20);

      at(10.1);
      const atOnce = await takeMany(limiter, 20);
      at(15);
      const halfWindowLater = await takeMany(limiter, 20);

      // A window that jumps would let twenty through at once. 99 % of the burst still count; then half of it.
      expect(atOnce).toBe(1);
      expect(halfWindowLater).toBe(9);
    },
  );

  test.skipIf(skipped)('has room again when it said, and all of it a window later', async () => {
    const limiter = create();
    at(3);
    await takeMany(limiter, 20);
    const { resetSeconds } = await limiter.take('acme', 'submit');

    at(3 + resetSeconds + 0.001);
    expect((await limiter.take('acme', 'submit')).allowed).toBe(true);
    at(30);
    expect(await takeMany(limiter, 25)).toBe(20);
  });
});
