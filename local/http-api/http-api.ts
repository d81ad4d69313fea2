import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import type { FunctionPool } from '../lambda/function-pool.ts';
import { type CorsConfiguration, corsHeaders, preflightHeaders } from './cors.ts';
import { toProxyEvent, writeProxyResponse } from './proxy-event.ts';
import { createRouteTable } from './route-table.ts';
import { createTokenBucket } from './token-bucket.ts';

const LARGEST_BODY_BYTES = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 30_000;

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface RouteSettings {
  readonly ThrottlingRateLimit?: number;
  readonly ThrottlingBurstLimit?: number;
}

/** API Gateway's own answers carry nothing but a message. */
const answer = (
  response: ServerResponse,
  status: number,
  message: string,
  headers: { readonly [name: string]: string },
) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ message }));
};

/** @returns undefined when the body is larger than API Gateway takes */
const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    // Read to its end all the same: a client that still sends would not see the answer.
    if (bytes <= LARGEST_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > LARGEST_BODY_BYTES ? undefined : Buffer.concat(chunks);
};

const within = async <Value>(promise: Promise<Value>, ms: number): Promise<Value | 'late'> => {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), ms);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** The routes of an API with the functions they lead to. */
export const routesOf = (
  inventory: Inventory,
  api: KnownResource,
  functions: ReadonlyMap<string, FunctionPool>,
): { routeKey: string; target: FunctionPool; routeResponse: boolean }[] =>
  inventory
    .ofType('AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => properties['ApiId'] === api.identity.ref)
    .flatMap(({ properties }) => {
      const integrationId = String(properties['Target']).replace('integrations/', '');
      const uri = String(inventory.find('AWS::ApiGatewayV2::Integration', integrationId)?.properties['IntegrationUri']);
      const target = [...functions.entries()].find(([arn]) => uri === arn || uri.includes(`/${arn}/`))?.[1];
      const routeResponse = properties['RouteResponseSelectionExpression'] !== undefined;
      return target === undefined ? [] : [{ routeKey: String(properties['RouteKey']), target, routeResponse }];
    });

/** An HTTP API with a `$default` stage: routes, CORS, throttling, limits and the answers of API Gateway itself. */
export const createHttpApi = (
  inventory: Inventory,
  api: KnownResource,
  functions: ReadonlyMap<string, FunctionPool>,
): RequestHandler => {
  const findRoute = createRouteTable(routesOf(inventory, api, functions));
  const cors = api.properties['CorsConfiguration'] as CorsConfiguration | undefined;
  const stage = inventory
    .ofType('AWS::ApiGatewayV2::Stage')
    .find(({ properties }) => properties['ApiId'] === api.identity.ref);
  const settings = (stage?.properties['DefaultRouteSettings'] ?? {}) as RouteSettings;
  const { ThrottlingRateLimit = 10_000, ThrottlingBurstLimit = 5_000 } = settings;
  const takeToken = createTokenBucket(ThrottlingRateLimit, ThrottlingBurstLimit);
  const context = { apiId: api.identity.ref, stage: String(stage?.properties['StageName'] ?? '$default') };

  return async (request, response) => {
    const { method = 'GET', headers } = request;
    const origin = headers.origin;
    if (method === 'OPTIONS' && cors !== undefined && origin !== undefined) {
      response.writeHead(204, preflightHeaders(cors, origin)).end();
      return;
    }
    const extra = corsHeaders(cors, origin);
    const body = await readBody(request);
    if (!takeToken()) return answer(response, 429, 'Too Many Requests', extra);
    if (body === undefined) return answer(response, 413, 'Request Entity Too Large', extra);
    const match = findRoute(method, new URL(request.url ?? '/', 'http://local').pathname);
    if (match === undefined) return answer(response, 404, 'Not Found', extra);
    const result = await within(
      match.target.invoke(toProxyEvent(request, body, match, context)),
      INTEGRATION_TIMEOUT_MS,
    );
    if (result === 'late') return answer(response, 503, 'Service Unavailable', extra);
    if (result.ok) return writeProxyResponse(response, result.payload, extra);
    if (result.errorType === 'RequestEntityTooLargeException')
      return answer(response, 413, 'Request Entity Too Large', extra);
    console.error(`[${match.target.options.name}] ${result.errorType}: ${result.errorMessage}`);
    return answer(response, 500, 'Internal Server Error', extra);
  };
};
