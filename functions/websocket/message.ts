import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { answerFrame } from '../core/answer-frame.ts';
import { authenticateConnection } from '../core/guard-connection.ts';
import { authenticationDependencies } from '../dependencies/authentication.ts';
import { messageDependencies } from '../dependencies/connections.ts';

const dependencies = messageDependencies();
const authentication = { ...authenticationDependencies(), ...dependencies };

/** `$default`: every frame a client sends. The body returned is the answer on the same connection. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const { connectionId } = event.requestContext;
  const authenticate = (token: string) => authenticateConnection(authentication, connectionId, token);
  const body = await answerFrame({ ...dependencies, authenticate }, connectionId, event.body ?? '');
  return { statusCode: 200, ...(body === undefined ? {} : { body }) };
};
