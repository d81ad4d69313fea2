import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { openConnection } from '../core/guard-connection.ts';
import { protocolOf } from '../core/protocol-of.ts';
import { connectDependencies } from '../dependencies/connections.ts';
import { connectionAuthorizationOf, principalIn } from '../middleware/authorization.ts';

const { followUps, limiter, ...dependencies } = connectDependencies();

/** Only the `$connect` event carries the query of the request. */
type ConnectEvent = APIGatewayProxyWebsocketEventV2 & {
  readonly queryStringParameters?: { readonly [name: string]: string | undefined };
};

/** `$connect`: notes the connection, what it speaks and whom it stands for, so that it can subscribe. */
export const handler = async (event: ConnectEvent): Promise<APIGatewayProxyResultV2> => {
  const { connectionId } = event.requestContext;
  const protocol = protocolOf(event.queryStringParameters ?? {});
  if (protocol === undefined) return { statusCode: 400 };
  const principal = principalIn(connectionAuthorizationOf(event));
  // The client is told by the status alone: API Gateway passes no other header of a refused connection on.
  if (principal !== undefined && !(await limiter.take(principal.tenant, 'connect')).allowed) return { statusCode: 429 };
  await openConnection(dependencies, { connectionId, protocol, principal });
  if (protocol === 'socket.io') await followUps.send({ kind: 'open', connectionId });
  return { statusCode: 200 };
};
