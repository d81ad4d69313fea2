import { AppError } from './errors.ts';

/** Requests that are counted together, since they cost about the same. A batch counts once, whatever it holds. */
export type RouteClass = 'submit' | 'batch' | 'read' | 'admin' | 'connect';

/** How many requests of each class a tenant may make within a window that slides. */
export interface RateLimits {
  readonly windowSeconds: number;
  readonly requests: Readonly<Record<RouteClass, number>>;
}

/** What became of one request, and what the tenant has left of its class. */
export interface RateDecision {
  readonly routeClass: RouteClass;
  readonly allowed: boolean;
  /** Requests in a window. */
  readonly limit: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  /** Seconds, 1 at least, after which a refused request finds room, unless others of its tenant take it first. */
  readonly resetSeconds: number;
}

/** Seconds until the window that `now` lies in ends: by then the oldest requests no longer count in full. */
export const secondsLeft = (now: number, windowSeconds: number): number => {
  const windowMs = windowSeconds * 1000;
  return Math.max(1, Math.ceil((windowMs - (now % windowMs)) / 1000));
};

/** @throws {AppError} `rate.limited` when the request was one too many. */
export const requireRoom = ({ allowed, routeClass, limit, windowSeconds, resetSeconds }: RateDecision): void => {
  if (allowed) return;
  throw new AppError('rate.limited', `Too many requests of the class "${routeClass}"; try again in ${resetSeconds} s`, {
    details: [{ field: '(tenant)', message: `may make ${limit} such requests in ${windowSeconds} s` }],
  });
};
