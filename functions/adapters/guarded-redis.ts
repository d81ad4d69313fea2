import type { Clock, Logger, Metrics } from '../core/ports.ts';
import { type RedisRestOptions, type SendCommand, sendRedisCommand } from './redis-rest.ts';

/** Failures in a row after which Redis is left alone: the first one may be of a connection that is only being opened. */
const MOST_FAILURES = 2;
/** Milliseconds that it is left alone for. Less than a connection is kept for, so that it is still there. */
const OPEN_MS = 3_000;
/** Milliseconds that the first connection may take, which nobody waits for. */
const WARM_UP_MS = 1_000;

/** Redis as what a request can do without: it is waited for briefly, and not at all while it fails. */
export interface GuardedRedis {
  /** Connects, so that the first request need not, which has no time for it. */
  warmUp(): void;
  /** Begins a request, which may wait for Redis for so long in all. */
  begin(): void;
  /** What `work` gives, or undefined when Redis is down, slow or talks nonsense. Never throws. */
  attempt<Value>(work: (send: SendCommand) => Promise<Value>): Promise<Value | undefined>;
}

export interface GuardedRedisOptions extends RedisRestOptions {
  /** Milliseconds that one request may wait for Redis, whatever it asks. */
  readonly waitingMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Guards requests from Redis by a limit of time and a circuit breaker. An execution environment handles one request at
 * a time, so that one count of the time waited is enough.
 */
export const createGuardedRedis = (options: GuardedRedisOptions): GuardedRedis => {
  const { waitingMs, clock, logger, metrics } = options;
  let left = waitingMs;
  let failures = 0;
  let closedFrom = 0;
  return {
    warmUp() {
      // Whether it goes well is found by the first request.
      sendRedisCommand(options, ['PING'], AbortSignal.timeout(WARM_UP_MS)).catch(() => undefined);
    },

    begin() {
      left = waitingMs;
    },

    async attempt(work) {
      const startedAt = clock().getTime();
      if (startedAt < closedFrom || left <= 0) {
        metrics.count('RedisBypassed');
        return undefined;
      }
      const signal = AbortSignal.timeout(left);
      try {
        const value = await work((command) => sendRedisCommand(options, command, signal));
        failures = 0;
        return value;
      } catch (error) {
        failures += 1;
        if (failures >= MOST_FAILURES) closedFrom = clock().getTime() + OPEN_MS;
        metrics.count('RedisFailed');
        logger.warn('Redis failed; going on without it', { failures, error });
        return undefined;
      } finally {
        left -= clock().getTime() - startedAt;
      }
    },
  };
};
