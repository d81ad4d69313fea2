import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ACCOUNT } from '../assembly/inventory.ts';
import type { RouteMatch } from './route-table.ts';

/** Media types whose body API Gateway passes on as text; any other travels as base64. */
const TEXT_TYPES = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+json|[\w.-]+\+xml|x-www-form-urlencoded))/i;

/** `24/Nov/2026:02:07:39 +0000`, as API Gateway writes times. */
export const formatRequestTime = (at: Date): string => {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
};

/** Names in lower case, repeated headers joined, cookies apart. */
const joinHeaders = (request: IncomingMessage): { [name: string]: string } => {
  const headers: { [name: string]: string } = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (name !== 'cookie' && values !== undefined) headers[name] = values.join(',');
  }
  return headers;
};

const joinQuery = (search: URLSearchParams): { [name: string]: string } => {
  const query: { [name: string]: string } = {};
  for (const [name, value] of search) query[name] = name in query ? `${query[name]},${value}` : value;
  return query;
};

/**
 * The event a function receives for an HTTP request, payload format 2.0.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const toProxyEvent = (
  request: IncomingMessage,
  body: Buffer,
  { routeKey, pathParameters }: RouteMatch<unknown>,
  { apiId, stage }: { apiId: string; stage: string },
): object => {
  const url = new URL(request.url ?? '/', 'http://local');
  const headers = joinHeaders(request);
  const cookies = request.headers.cookie?.split('; ');
  const query = joinQuery(url.searchParams);
  const isText = headers['content-type'] === undefined || TEXT_TYPES.test(headers['content-type']);
  const now = new Date();
  return {
    version: '2.0',
    routeKey,
    rawPath: decodeURI(url.pathname),
    rawQueryString: url.search.slice(1),
    headers,
    ...(cookies === undefined ? {} : { cookies }),
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    requestContext: {
      accountId: ACCOUNT,
      apiId,
      domainName: headers['host']?.split(':')[0] ?? 'localhost',
      domainPrefix: apiId,
      http: {
        method: request.method,
        path: url.pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage,
      time: formatRequestTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
};

interface StructuredResponse {
  readonly statusCode?: number;
  readonly headers?: { readonly [name: string]: string | number | boolean };
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** Writes what a function returned: a structured response, or any other JSON as the body of a 200. */
export const writeProxyResponse = (
  response: ServerResponse,
  payload: unknown,
  extraHeaders: { readonly [name: string]: string },
): void => {
  const isStructured = typeof payload === 'object' && payload !== null && 'statusCode' in payload;
  const structured = isStructured
    ? (payload as StructuredResponse)
    : {
        headers: { 'content-type': 'application/json' },
        body: typeof payload === 'string' ? payload : JSON.stringify(payload),
      };
  const {
    statusCode = 200,
    headers = {},
    cookies = [],
    body = '',
    isBase64Encoded = false,
  }: StructuredResponse = structured;
  const content = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  response.statusCode = statusCode;
  for (const [name, value] of Object.entries({ ...headers, ...extraHeaders })) response.setHeader(name, String(value));
  if (cookies.length > 0) response.setHeader('set-cookie', [...cookies]);
  if (!response.hasHeader('content-type') && content.length > 0)
    response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('content-length', content.length);
  response.end(content);
};
