import { Ratelimit } from '@upstash/ratelimit';
import type { Redis } from '@upstash/redis';
import * as z from 'zod';
import type { RateLimiter } from '../core/ports.ts';
import type { RateLimits } from '../core/rate-limit.ts';
import type { GuardedRedis } from './guarded-redis.ts';
import type { SendCommand } from './redis-rest.ts';

export interface UpstashRateLimiterOptions {
  readonly redis: GuardedRedis;
  /** What keys begin with, so that deployments may share a Redis. */
  readonly prefix: string;
  readonly limits: RateLimits;
  /** Decides while Redis does not. */
  readonly fallback: RateLimiter;
}

/** The commands of Redis that the sliding window of the library calls, which asks for the whole client. */
const scriptsOnly = (send: SendCommand, limit: number): Redis => {
  // What is left, and the limit it was held against. Anything else would be taken for a refusal.
  const answerSchema = z.tuple([z.int().max(limit), z.literal(limit)]);
  const run =
    (command: 'EVAL' | 'EVALSHA') => async (script: string, keys: readonly string[], args: readonly unknown[]) =>
      answerSchema.parse(await send([command, script, keys.length, ...keys, ...args.map(String)]));
  return { eval: run('EVAL'), evalsha: run('EVALSHA') } as unknown as Redis;
};

/** A sliding window in Redis, which all execution environments share. */
export const createUpstashRateLimiter = ({
  redis,
  prefix,
  limits,
  fallback,
}: UpstashRateLimiterOptions): RateLimiter => {
  const { windowSeconds, requests } = limits;
  return {
    async take(tenant, routeClass) {
      redis.begin();
      const limit = requests[routeClass];
      const decision = await redis.attempt((send) =>
        new Ratelimit({
          redis: scriptsOnly(send, limit),
          limiter: Ratelimit.slidingWindow(limit, `${windowSeconds} s`),
          prefix: `${prefix}:limit:${routeClass}`,
          // It would block whoever was refused until the window ends, here and not elsewhere: that slides no more.
          ephemeralCache: false,
          enableTelemetry: false,
          // Redis is waited for as the guard says.
          timeout: 0,
        }).limit(tenant),
      );
      if (decision === undefined) return fallback.take(tenant, routeClass);
      const { success, remaining, reset } = decision;
      const resetSeconds = Math.max(1, Math.ceil((reset - Date.now()) / 1000));
      return { routeClass, allowed: success, limit, windowSeconds, remaining, resetSeconds };
    },
  };
};
