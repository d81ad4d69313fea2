import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { openConnection } from '../core/guard-connection.ts';
import { connectionDependencies } from '../dependencies.ts';
import { connectionAuthorizationOf, principalIn } from '../middleware/authorization.ts';

const dependencies = connectionDependencies();

/** `$connect`: notes the connection and whom it stands for, so that it can subscribe. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const { connectionId } = event.requestContext;
  await openConnection(dependencies, { connectionId, principal: principalIn(connectionAuthorizationOf(event)) });
  return { statusCode: 200 };
};
