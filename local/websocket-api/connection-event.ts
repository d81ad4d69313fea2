import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { IdentityRequest } from '../api-gateway/authorizer.ts';
import { formatRequestTime } from '../api-gateway/request-time.ts';
import { requestUrl } from '../api-gateway/request-url.ts';
import { arnOf } from '../assembly/identity.ts';

export interface ConnectionContext {
  readonly connectionId: string;
  /** Epoch ms. */
  readonly connectedAt: number;
  readonly apiId: string;
  readonly stage: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly domainName: string;
  /** What the authorizer said about the client; goes into every event of the connection. */
  authorizer: { readonly [name: string]: unknown } | undefined;
}

export type ConnectionEventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

export interface ConnectionEvent {
  readonly requestContext: { readonly requestId: string; readonly [name: string]: unknown };
  readonly [name: string]: unknown;
}

/**
 * The event a function receives from a WebSocket API.
 *
 * @param extra further members of the event, and of its `requestContext`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export const toConnectionEvent = (
  context: ConnectionContext,
  eventType: ConnectionEventType,
  routeKey: string,
  { requestContext = {}, ...rest }: { readonly requestContext?: object; readonly [name: string]: unknown } = {},
): ConnectionEvent => {
  const { connectionId, connectedAt, apiId, stage, sourceIp, userAgent, domainName, authorizer } = context;
  const now = new Date();
  const requestId = randomUUID();
  return {
    requestContext: {
      routeKey,
      eventType,
      extendedRequestId: requestId,
      requestTime: formatRequestTime(now),
      messageDirection: 'IN',
      stage,
      connectedAt,
      requestTimeEpoch: now.getTime(),
      identity: { sourceIp, userAgent },
      requestId,
      domainName,
      connectionId,
      apiId,
      ...(eventType === 'MESSAGE' ? { messageId: randomUUID() } : {}),
      ...(authorizer === undefined ? {} : { authorizer }),
      ...requestContext,
    },
    isBase64Encoded: false,
    ...rest,
  };
};

/** Headers as they were sent: unlike an HTTP API, a WebSocket API leaves names their case. */
const headersAsSent = ({ rawHeaders }: IncomingMessage): Map<string, string[]> => {
  const headers = new Map<string, string[]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    headers.set(name, [...(headers.get(name) ?? []), rawHeaders[index + 1] ?? '']);
  }
  return headers;
};

/** Headers and query of the upgrade request, which only the `$connect` event and its authorizer's carry. */
export const upgradeDetails = (request: IncomingMessage): { readonly [name: string]: unknown } => {
  const query = requestUrl(request).searchParams;
  const headers = headersAsSent(request);
  const names = [...new Set(query.keys())];
  return {
    headers: Object.fromEntries([...headers].map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(headers),
    ...(names.length === 0
      ? {}
      : {
          queryStringParameters: Object.fromEntries(query),
          multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
        }),
  };
};

/** What a `$connect` authorizer's identity sources look at, and the event its function receives. */
export const toConnectAuthorization = (
  context: ConnectionContext,
  request: IncomingMessage,
): { readonly identity: IdentityRequest; readonly event: object } => {
  const resource = `${context.stage}/$connect`;
  const { requestContext } = toConnectionEvent(context, 'CONNECT', '$connect');
  const headers = [...headersAsSent(request)].map(([name, values]) => [name.toLowerCase(), values.at(-1) ?? '']);
  return {
    identity: {
      headers: Object.fromEntries(headers),
      query: Object.fromEntries(requestUrl(request).searchParams),
      context: requestContext,
      routeKey: '$connect',
      resource,
    },
    event: {
      type: 'REQUEST',
      methodArn: arnOf('execute-api', `${context.apiId}/${resource}`),
      ...upgradeDetails(request),
      stageVariables: {},
      requestContext,
    },
  };
};
