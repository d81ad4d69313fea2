import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { DEFAULT_TENANT } from '../core/analysis.ts';
import { protocolOf } from '../core/protocol-of.ts';
import { routeDependencies } from '../dependencies.ts';

const { connections, followUps, clock } = routeDependencies();

/** Only the `$connect` event carries the query of the request. */
type ConnectEvent = APIGatewayProxyWebsocketEventV2 & {
  readonly queryStringParameters?: { readonly [name: string]: string | undefined };
};

/** `$connect`: notes the connection and what it speaks, so that it can subscribe. */
export const handler = async (event: ConnectEvent): Promise<APIGatewayProxyResultV2> => {
  const { connectionId } = event.requestContext;
  const protocol = protocolOf(event.queryStringParameters ?? {});
  if (protocol === undefined) return { statusCode: 400 };
  await connections.open({ connectionId, tenant: DEFAULT_TENANT, protocol, connectedAt: clock().toISOString() });
  if (protocol === 'socket.io') await followUps.send({ kind: 'open', connectionId });
  return { statusCode: 200 };
};
