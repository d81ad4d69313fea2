import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { disconnectionDependencies } from '../dependencies/connections.ts';

const { connections } = disconnectionDependencies();

/** `$disconnect`: removes the connection with its subscriptions. API Gateway calls it at its best effort only. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  await connections.close(event.requestContext.connectionId);
  return { statusCode: 200 };
};
