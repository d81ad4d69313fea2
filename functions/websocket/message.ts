import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { answerMessage } from '../core/answer-message.ts';
import { connectionDependencies, serviceLogger } from '../dependencies.ts';

const { connections } = connectionDependencies();
const logger = serviceLogger();

/** `$default`: every frame a client sends. The body returned is the answer on the same connection. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const { connectionId } = event.requestContext;
  const reply = await answerMessage({ connections, logger }, connectionId, event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
};
