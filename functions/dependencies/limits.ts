import { createGuardedRedis, type GuardedRedis } from '../adapters/guarded-redis.ts';
import { createInProcessRateLimiter } from '../adapters/in-process-rate-limiter.ts';
import { createRedisResultCache } from '../adapters/redis-result-cache.ts';
import { createServiceMetrics } from '../adapters/service-metrics.ts';
import { createUpstashRateLimiter } from '../adapters/upstash-rate-limiter.ts';
import { readConfig } from '../config.ts';
import type { RateLimiter } from '../core/ports.ts';
import type { RateLimits } from '../core/rate-limit.ts';
import { clock, resultDependencies, serviceLogger } from '../dependencies.ts';

/** What limits requests, and what answers them without the store. */

/** Redis as requests may wait for it, when there is one. */
export const guardedRedis = (): GuardedRedis | undefined => {
  const {
    UPSTASH_REDIS_REST_URL: url,
    UPSTASH_REDIS_REST_TOKEN: token,
    REDIS_WAIT_MS: waitingMs,
  } = readConfig('redis');
  if (url === undefined || token === undefined) return undefined;
  const logger = serviceLogger();
  const redis = createGuardedRedis({ url, token, waitingMs, clock, logger, metrics: createServiceMetrics() });
  redis.warmUp();
  return redis;
};

const rateLimits = (): RateLimits => {
  const config = readConfig('rateLimits');
  return {
    windowSeconds: config.RATE_LIMIT_WINDOW_SECONDS,
    requests: {
      submit: config.RATE_LIMIT_SUBMIT,
      batch: config.RATE_LIMIT_BATCH,
      read: config.RATE_LIMIT_READ,
      admin: config.RATE_LIMIT_ADMIN,
      connect: config.RATE_LIMIT_CONNECT,
    },
  };
};

/** Counts in Redis when there is one, so that all execution environments share a limit, and for itself otherwise. */
export const rateLimiter = (redis = guardedRedis()): RateLimiter => {
  const limits = rateLimits();
  const fallback = createInProcessRateLimiter({ limits, clock });
  const prefix = readConfig('redis').REDIS_KEY_PREFIX;
  return redis === undefined ? fallback : createUpstashRateLimiter({ redis, prefix, limits, fallback });
};

/** The same for one result, which Redis may have at hand. */
export const cachedResultDependencies = (redis: GuardedRedis | undefined) => {
  const { analyses: store, documents, retentionDays } = resultDependencies();
  const prefix = readConfig('redis').REDIS_KEY_PREFIX;
  const analyses = redis === undefined ? store : createRedisResultCache({ store, redis, prefix, clock, retentionDays });
  return { analyses, documents };
};
