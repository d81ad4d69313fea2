import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { requireScope, type Scope } from '../core/authenticate.ts';
import type { Logger, RateLimiter } from '../core/ports.ts';
import type { RouteClass } from '../core/rate-limit.ts';
import { authorizationOf, principalIn, requirePrincipal } from './authorization.ts';
import { errorResponse, jsonResponse } from './error-response.ts';
import { rateLimit } from './rate-limit.ts';
import { type BodyFormat, parseBody } from './request-body.ts';

/** What an endpoint is given: everything it may act on, nothing of HTTP beyond it. */
export interface EndpointRequest {
  /** Whose data it may touch, from the verified credential. */
  readonly tenant: string;
  /** What the credential allows. */
  readonly scopes: readonly Scope[];
  /** The parsed body; undefined for an endpoint that takes none. */
  readonly body: unknown;
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
  /** Names and values of the URL's query. */
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly header: (name: string) => string | undefined;
}

export interface EndpointResponse {
  readonly statusCode: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EndpointOptions {
  readonly logger: Logger;
  readonly limiter: RateLimiter;
  /** What the caller's credential must allow. */
  readonly scope: Scope;
  /** What it must allow beside that. @default nothing */
  readonly furtherScopes?: readonly Scope[];
  /** What its requests are counted with. @default the scope */
  readonly routeClass?: RouteClass;
  /** Formats of the body the endpoint takes, none when left out. */
  readonly accepts?: readonly BodyFormat[];
  /** Whether the body may be left out. @default false */
  readonly bodyIsOptional?: boolean;
}

type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

const answer = ({ statusCode, body, headers }: EndpointResponse): APIGatewayProxyStructuredResultV2 => {
  const response = jsonResponse(statusCode, body);
  return { ...response, headers: { ...response.headers, ...headers } };
};

const addressOf = ({ pathParameters = {}, queryStringParameters: query = {} }: APIGatewayProxyEventV2) => ({
  pathParameters,
  query,
});

/** The limit goes around the errors, so that its headers are on their answers as well. */
const withLimitAndErrors = (
  { logger, limiter, routeClass }: Pick<EndpointOptions, 'logger' | 'limiter'> & { readonly routeClass: RouteClass },
  handle: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>,
): HttpHandler =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(handle)
    .use(rateLimit({ limiter, routeClass, logger }))
    .use(errorResponse(logger));

/** Makes a Lambda handler of an endpoint: limit, authorize, parse, call, answer; every error becomes a response. */
export const httpEndpoint = (
  {
    logger,
    limiter,
    scope,
    furtherScopes = [],
    routeClass = scope,
    accepts = [],
    bodyIsOptional = false,
  }: EndpointOptions,
  endpoint: (request: EndpointRequest) => Promise<EndpointResponse>,
): HttpHandler => {
  const handle = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const principal = requirePrincipal(authorizationOf(event));
    for (const needed of [scope, ...furtherScopes]) requireScope(principal, needed);
    const response = await endpoint({
      tenant: principal.tenant,
      scopes: principal.scopes,
      body: accepts.length === 0 || (bodyIsOptional && !event.body) ? undefined : parseBody(event, accepts),
      ...addressOf(event),
      header: (name) => event.headers[name],
    });
    return answer(response);
  };
  return withLimitAndErrors({ logger, limiter, routeClass }, handle);
};

/**
 * Makes a Lambda handler of an endpoint that anybody may ask; `tenant` is that of a caller who may read, undefined for
 * everybody else.
 */
export const openEndpoint = (
  options: Pick<EndpointOptions, 'logger' | 'limiter'>,
  endpoint: (
    request: Pick<EndpointRequest, 'pathParameters' | 'query'> & { readonly tenant: string | undefined },
  ) => Promise<EndpointResponse>,
): HttpHandler =>
  withLimitAndErrors({ ...options, routeClass: 'read' }, async (event) => {
    const principal = principalIn(authorizationOf(event));
    const tenant = principal?.scopes.includes('read') ? principal.tenant : undefined;
    return answer(await endpoint({ ...addressOf(event), tenant }));
  });
