import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { DEFAULT_TENANT } from '../core/analysis.ts';
import { connectionDependencies } from '../dependencies.ts';

const { connections, clock } = connectionDependencies();

/** `$connect`: notes the connection, so that it can subscribe. */
export const handler = async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
  const { connectionId } = event.requestContext;
  await connections.open({ connectionId, tenant: DEFAULT_TENANT, connectedAt: clock().toISOString() });
  return { statusCode: 200 };
};
