import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuseMappedPaths } from '../api-gateway/api-mappings.ts';
import type { AuthorizationResult } from '../api-gateway/authorizer.ts';
import { requestUrl } from '../api-gateway/request-url.ts';
import { type ApiRoute, routesOf } from '../api-gateway/routes.ts';
import { createThrottle, stageOf } from '../api-gateway/throttle.ts';
import { within } from '../api-gateway/time-limit.ts';
import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import type { Functions } from '../lambda/functions.ts';
import { type CorsConfiguration, corsHeaders, preflightHeaders, withoutCorsHeaders } from './cors.ts';
import { type ApiStage, describeRequest, type RequestDetails, toAuthorizerEvent, toProxyEvent } from './proxy-event.ts';
import { type HttpAnswer, messageAnswer, toAnswer } from './proxy-response.ts';
import { readBody } from './request-body.ts';
import { createRouteTable } from './route-table.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers of API Gateway to a caller whom the authorizer did not allow. */
const REFUSALS = {
  unauthorized: messageAnswer(401, 'Unauthorized'),
  forbidden: messageAnswer(403, 'Forbidden'),
  failed: messageAnswer(500, 'Internal Server Error'),
};

const authorize = async (
  { authorizer }: ApiRoute,
  details: RequestDetails,
  request: IncomingMessage,
  stage: ApiStage,
): Promise<AuthorizationResult | undefined> => {
  if (authorizer === undefined) return undefined;
  const { identity, event } = toAuthorizerEvent(details, request, stage);
  return authorizer(identity, event);
};

const integrate = async ({ target, timeoutMs }: ApiRoute, event: object): Promise<HttpAnswer> => {
  const result = await within(target.invoke(event), timeoutMs);
  if (result === 'late') return messageAnswer(503, 'Service Unavailable');
  if (result.ok) return toAnswer(result.payload);
  if (result.errorType === 'RequestEntityTooLargeException') return messageAnswer(413, 'Request Entity Too Large');
  if (result.errorType === 'TooManyRequestsException') return messageAnswer(503, 'Service Unavailable');
  return messageAnswer(500, 'Internal Server Error');
};

const send = (
  response: ServerResponse,
  answer: HttpAnswer,
  extraHeaders: { readonly [name: string]: string },
): void => {
  const { status, headers, cookies, body } = answer;
  response.statusCode = status;
  for (const [name, value] of Object.entries({ ...headers, ...extraHeaders })) response.setHeader(name, value);
  if (cookies.length > 0) response.setHeader('set-cookie', [...cookies]);
  response.setHeader('content-length', body.length);
  response.end(body);
};

/** An HTTP API with one stage: routes, authorizers, CORS, throttling, limits and the answers of API Gateway itself. */
export const createHttpApi = (inventory: Inventory, api: KnownResource, functions: Functions): RequestHandler => {
  refuseMappedPaths(inventory, api);
  const findRoute = createRouteTable(routesOf(inventory, api, functions));
  const cors = api.properties['CorsConfiguration'] as CorsConfiguration | undefined;
  const stageResource = stageOf(inventory, api);
  const take = createThrottle(stageResource);
  const stage = { apiId: api.identity.ref, stage: String(stageResource?.properties['StageName'] ?? '$default') };

  const answerRequest = async (request: IncomingMessage): Promise<HttpAnswer> => {
    const body = await readBody(request);
    const { pathname } = requestUrl(request);
    const match = findRoute(request.method ?? 'GET', pathname);
    if (match === undefined) return messageAnswer(404, 'Not Found');
    const { route, pathParameters } = match;
    if (!take(route.routeKey)) return messageAnswer(429, 'Too Many Requests');
    if (body === undefined) return messageAnswer(413, 'Request Entity Too Large');
    const details = describeRequest(request, { routeKey: route.routeKey, pathParameters }, stage);
    const authorization = await authorize(route, details, request, stage);
    if (authorization !== undefined && authorization.status !== 'allowed') return REFUSALS[authorization.status];
    return integrate(route, toProxyEvent(details, body, authorization?.context));
  };

  return async (request, response) => {
    const { origin } = request.headers;
    if (request.method === 'OPTIONS' && cors !== undefined && origin !== undefined) {
      response.writeHead(204, preflightHeaders(cors, origin)).end();
      return;
    }
    const answer = await answerRequest(request);
    const headers = cors === undefined ? answer.headers : withoutCorsHeaders(answer.headers);
    send(response, { ...answer, headers }, corsHeaders(cors, origin));
  };
};
