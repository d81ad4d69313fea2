import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGuardedRedis } from '../../../functions/adapters/guarded-redis.ts';
import { createRedisResultCache } from '../../../functions/adapters/redis-result-cache.ts';
import type { Analysis, CompletedAnalysis } from '../../../functions/core/analysis.ts';
import { hasRedisServer, type Redis, startRedis } from '../../support/redis.ts';
import { silentLogger } from '../../support/silent-logger.ts';

const NOW = new Date('2026-03-01T00:00:00.000Z');
const DAY_MS = 86_400_000;
const RETENTION_DAYS = 90;

const completed = (overrides: Partial<CompletedAnalysis> = {}): CompletedAnalysis => ({
  tenant: 'acme',
  analysisId: randomUUID(),
  type: 'echo',
  submittedAt: NOW.toISOString(),
  status: 'completed',
  endedAt: NOW.toISOString(),
  processingMs: 1.5,
  dimensions: { userId: ['ann'] },
  result: { inline: { insights: [], metrics: { count: 1 } } },
  emitted: [{ event: 'custom', payload: null }],
  ...overrides,
});

/** Submitted so that it is kept for so many seconds more. */
const submittedBefore = (secondsLeft: number): string =>
  new Date(NOW.getTime() - RETENTION_DAYS * DAY_MS + secondsLeft * 1000).toISOString();

describe.skipIf(!hasRedisServer)('the cache of results', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  /** A cache before a table with one analysis in it, which counts how often it is asked. */
  const createCache = (stored: Analysis, prefix: string = randomUUID()) => {
    let reads = 0;
    const store = {
      async get(tenant: string, analysisId: string) {
        reads += 1;
        return tenant === stored.tenant && analysisId === stored.analysisId ? stored : undefined;
      },
    };
    const clock = () => NOW;
    const { url, token } = redis;
    const metrics = { count: (name: string) => expect.unreachable(name) };
    const guard = createGuardedRedis({ url, token, waitingMs: 10_000, clock, logger: silentLogger, metrics });
    const cache = createRedisResultCache({ store, redis: guard, prefix, clock, retentionDays: RETENTION_DAYS });
    const key = `${prefix}:result:${stored.tenant}:${stored.analysisId}`;
    return { cache, reads: () => reads, key, get: () => cache.get(stored.tenant, stored.analysisId) };
  };

  test.each([
    ['with its result', completed()],
    ['with a reference to a large one', completed({ result: { reference: { key: 'results/a', bytes: 1e6 } } })],
    ['with a hash of its content', completed({ contentHash: 'abc' })],
  ])('gives a completed analysis %s as it is stored, and asks the table once', async (_, stored) => {
    const { get, reads } = createCache(stored);

    expect([await get(), await get(), await get()]).toEqual([stored, stored, stored]);
    expect(reads()).toBe(1);
  });

  test.each([
    ['may still change, being queued', { ...completed(), status: 'queued' } as unknown as Analysis],
    [
      'may still change, having failed',
      {
        ...completed(),
        status: 'failed',
        failure: { code: 'plugin.error', message: '', details: [], attempts: 3 },
      } as Analysis,
    ],
    ['is large', completed({ result: { inline: 'x'.repeat(70_000) } })],
    ['is kept no longer', completed({ submittedAt: submittedBefore(0) })],
  ])('does not keep what %s', async (_, stored) => {
    const { get, reads, key } = createCache(stored);

    await get();
    await get();

    expect(reads()).toBe(2);
    expect(await redis.command('EXISTS', key)).toBe(0);
  });

  test.each([
    [90 * 86_400, 3_600],
    [120, 120],
  ])('what is kept for %i s more is cached for %i s', async (secondsLeft, expected) => {
    const { get, key } = createCache(completed({ submittedAt: submittedBefore(secondsLeft) }));

    await get();

    const ttl = Number(await redis.command('TTL', key));
    expect(ttl).toBeLessThanOrEqual(expected);
    expect(ttl).toBeGreaterThan(expected - 60);
  });

  test('shows nothing to another tenant or another deployment', async () => {
    const stored = completed();
    const { cache, get } = createCache(stored);
    await get();

    expect(await cache.get('rival', stored.analysisId)).toBeUndefined();
    const elsewhere = createCache(completed({ analysisId: stored.analysisId, type: 'elsewhere' }));
    expect(await elsewhere.get()).toMatchObject({ type: 'elsewhere' });
  });

  test.each(['{"status":"completed"}', 'nonsense', JSON.stringify(completed({ tenant: 'rival' }))])(
    'takes what it cannot have written for nothing: %s',
    async (text) => {
      const stored = completed();
      const { get, key } = createCache(stored);
      await redis.command('SET', key, text);

      expect(await get()).toEqual(stored);
      expect(await get()).toEqual(stored);
    },
  );
});
