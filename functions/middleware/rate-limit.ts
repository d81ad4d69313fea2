import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Logger, RateLimiter } from '../core/ports.ts';
import { type RateDecision, type RouteClass, requireRoom } from '../core/rate-limit.ts';
import { authorizationOf, principalIn } from './authorization.ts';

/**
 * The fields of two generations: `RateLimit` and `RateLimit-Policy` as the IETF's draft has them now, and the three that
 * it had before, which most clients read.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
const rateHeaders = ({ routeClass, allowed, limit, windowSeconds, remaining, resetSeconds }: RateDecision) => ({
  'ratelimit-policy': `"${routeClass}";q=${limit};w=${windowSeconds}`,
  ratelimit: `"${routeClass}";r=${remaining};t=${resetSeconds}`,
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(resetSeconds),
  ...(allowed ? {} : { 'retry-after': String(resetSeconds) }),
});

export interface RateLimitOptions {
  readonly limiter: RateLimiter;
  readonly routeClass: RouteClass;
  readonly logger: Logger;
}

/**
 * Counts a request for the tenant of its credential, refuses it when there are too many, and says on every answer what
 * is left. A request without a credential belongs to no tenant; API Gateway's own throttle is what limits those.
 */
export const rateLimit = ({
  limiter,
  routeClass,
  logger,
}: RateLimitOptions): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => {
  const decisions = new WeakMap<APIGatewayProxyEventV2, RateDecision>();
  type Request = Parameters<
    NonNullable<MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>['after']>
  >[0];
  const addHeaders = ({ event, response }: Request): void => {
    const decision = decisions.get(event);
    if (decision !== undefined && response) response.headers = { ...response.headers, ...rateHeaders(decision) };
  };
  return {
    before: async ({ event }) => {
      const principal = principalIn(authorizationOf(event));
      if (principal === undefined) return;
      const decision = await limiter.take(principal.tenant, routeClass);
      decisions.set(event, decision);
      if (!decision.allowed) logger.info('Request refused: too many', { tenant: principal.tenant, routeClass });
      requireRoom(decision);
    },
    after: addHeaders,
    onError: addHeaders,
  };
};
