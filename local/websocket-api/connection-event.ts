import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { formatRequestTime } from '../http-api/proxy-event.ts';

export interface ConnectionContext {
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly apiId: string;
  readonly stage: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly domainName: string;
}

export type ConnectionEventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

/**
 * The event a function receives from a WebSocket API.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export const toConnectionEvent = (
  context: ConnectionContext,
  eventType: ConnectionEventType,
  routeKey: string,
  extra: { readonly [name: string]: unknown } = {},
): object => {
  const { requestContext = {}, ...rest } = extra;
  const { connectionId, connectedAt, apiId, stage, sourceIp, userAgent, domainName } = context;
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
      ...(requestContext as object),
    },
    isBase64Encoded: false,
    ...rest,
  };
};

/** Headers and query of the upgrade request, which only the `$connect` event carries. */
export const upgradeDetails = (request: IncomingMessage): { [name: string]: unknown } => {
  const query = new URL(request.url ?? '/', 'http://local').searchParams;
  const headers: { [name: string]: string } = {};
  const multiValueHeaders: { [name: string]: string[] } = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values === undefined) continue;
    headers[name] = values.at(-1) ?? '';
    multiValueHeaders[name] = values;
  }
  const names = [...new Set(query.keys())];
  if (names.length === 0) return { headers, multiValueHeaders };
  return {
    headers,
    multiValueHeaders,
    queryStringParameters: Object.fromEntries(query),
    multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
  };
};
