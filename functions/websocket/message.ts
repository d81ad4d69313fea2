import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { answerFrame } from '../core/answer-frame.ts';
import { routeDependencies, serviceLogger } from '../dependencies.ts';

const dependencies = { ...routeDependencies(), logger: serviceLogger() };

/** `$default`: every frame a client sends. The body returned is the answer on the same connection. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const body = await answerFrame(dependencies, event.requestContext.connectionId, event.body ?? '');
  return { statusCode: 200, ...(body === undefined ? {} : { body }) };
};
