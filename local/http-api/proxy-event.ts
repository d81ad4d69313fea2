import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { IdentityRequest } from '../api-gateway/authorizer.ts';
import { formatRequestTime } from '../api-gateway/request-time.ts';
import { requestUrl } from '../api-gateway/request-url.ts';
import { ACCOUNT, arnOf } from '../assembly/identity.ts';

/** Media types whose body an HTTP API passes on as text; any other travels as base64, HTML forms included. */
const TEXT_TYPES = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+json|[\w.-]+\+xml)\b)/i;

type TextMap = { readonly [name: string]: string };

/** What function and authorizer alike are told of a request. */
export interface RequestDetails {
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[];
  readonly headers: TextMap;
  readonly queryStringParameters?: TextMap;
  readonly pathParameters?: TextMap;
  readonly requestContext: { readonly requestId: string; readonly [name: string]: unknown };
}

export interface MatchedRoute {
  readonly routeKey: string;
  readonly pathParameters: TextMap;
}

export interface ApiStage {
  readonly apiId: string;
  readonly stage: string;
}

/** Names in lower case, repeated headers joined, cookies apart. */
const joinHeaders = (request: IncomingMessage): TextMap =>
  Object.fromEntries(
    Object.entries(request.headersDistinct).flatMap(([name, values]) =>
      name === 'cookie' || values === undefined ? [] : [[name, values.join(',')]],
    ),
  );

const joinQuery = (search: URLSearchParams): TextMap =>
  Object.fromEntries([...new Set(search.keys())].map((name) => [name, search.getAll(name).join(',')]));

const decodePath = (path: string): string => {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
};

const contextOf = (request: IncomingMessage, headers: TextMap, routeKey: string, { apiId, stage }: ApiStage) => {
  const now = new Date();
  return {
    accountId: ACCOUNT,
    apiId,
    domainName: headers['host'] ?? 'localhost',
    domainPrefix: apiId,
    http: {
      method: request.method,
      path: requestUrl(request).pathname,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent: headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey,
    stage,
    time: formatRequestTime(now),
    timeEpoch: now.getTime(),
  };
};

const unlessEmpty = <Name extends string, Values extends object>(name: Name, values: Values) =>
  (Object.keys(values).length === 0 ? {} : { [name]: values }) as { readonly [key in Name]?: Values };

export const describeRequest = (
  request: IncomingMessage,
  { routeKey, pathParameters }: MatchedRoute,
  stage: ApiStage,
): RequestDetails => {
  const url = requestUrl(request);
  const headers = joinHeaders(request);
  return {
    routeKey,
    rawPath: decodePath(url.pathname),
    rawQueryString: url.search.slice(1),
    ...unlessEmpty('cookies', request.headers.cookie?.split('; ') ?? []),
    headers,
    ...unlessEmpty('queryStringParameters', joinQuery(url.searchParams)),
    ...unlessEmpty('pathParameters', pathParameters),
    requestContext: contextOf(request, headers, routeKey, stage),
  };
};

/**
 * The event a function receives for an HTTP request, payload format 2.0.
 *
 * @param authorization what the authorizer said about the caller
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const toProxyEvent = (details: RequestDetails, body: Buffer, authorization: object | undefined): object => {
  const { requestContext, ...rest } = details;
  const contentType = details.headers['content-type'];
  const isText = contentType === undefined || TEXT_TYPES.test(contentType);
  return {
    version: '2.0',
    ...rest,
    requestContext:
      authorization === undefined ? requestContext : { ...requestContext, authorizer: { lambda: authorization } },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
};

/** What an authorizer's identity sources look at, and the event its function receives. */
export const toAuthorizerEvent = (
  details: RequestDetails,
  request: IncomingMessage,
  { apiId, stage }: ApiStage,
): { readonly identity: IdentityRequest; readonly event: object } => {
  const resource = `${stage}/${request.method}${details.rawPath}`;
  return {
    identity: {
      headers: details.headers,
      query: details.queryStringParameters ?? {},
      context: details.requestContext,
      routeKey: details.routeKey,
      resource,
    },
    event: { version: '2.0', type: 'REQUEST', routeArn: arnOf('execute-api', `${apiId}/${resource}`), ...details },
  };
};
