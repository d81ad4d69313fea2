import type { Clock, RateLimiter } from '../core/ports.ts';
import { type RateLimits, secondsLeft } from '../core/rate-limit.ts';

/** Tenants and classes that are remembered; beyond that the one that was new first is forgotten. */
const MOST_COUNTERS = 10_000;

interface Counter {
  /** Number of the window since 1970. */
  readonly window: number;
  readonly current: number;
  readonly previous: number;
}

const inWindow = (counter: Counter | undefined, window: number): Counter => {
  if (counter?.window === window) return counter;
  return { window, current: 0, previous: counter?.window === window - 1 ? counter.current : 0 };
};

/**
 * A sliding window in the memory of one execution environment: requests of the last window count by the share of it
 * that still lies within reach, as they do in Redis. Each environment counts for itself.
 */
export const createInProcessRateLimiter = ({ limits, clock }: { limits: RateLimits; clock: Clock }): RateLimiter => {
  const { windowSeconds, requests } = limits;
  const windowMs = windowSeconds * 1000;
  const counters = new Map<string, Counter>();

  const remember = (key: string, counter: Counter): void => {
    const [oldest] = counters.keys();
    if (counters.size >= MOST_COUNTERS && oldest !== undefined && !counters.has(key)) counters.delete(oldest);
    counters.set(key, counter);
  };

  return {
    async take(tenant, routeClass) {
      const now = clock().getTime();
      const limit = requests[routeClass];
      const key = `${routeClass}:${tenant}`;
      const counter = inWindow(counters.get(key), Math.floor(now / windowMs));
      const recent = Math.floor((1 - (now % windowMs) / windowMs) * counter.previous);
      const allowed = recent + counter.current < limit;
      const current = counter.current + (allowed ? 1 : 0);
      remember(key, { ...counter, current });
      const remaining = Math.max(0, limit - recent - current);
      return { routeClass, allowed, limit, windowSeconds, remaining, resetSeconds: secondsLeft(now, windowSeconds) };
    },
  };
};
