import {
  type ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { ConnectionPoster, Logger } from '../core/ports.ts';

export interface ApiGatewayPosterOptions {
  readonly client: ApiGatewayManagementApiClient;
  readonly logger: Logger;
}

export const createApiGatewayPoster = ({ client, logger }: ApiGatewayPosterOptions): ConnectionPoster => ({
  async post(connectionId, frame) {
    try {
      await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: frame }));
      return 'sent';
    } catch (error) {
      if (error instanceof GoneException) return 'gone';
      logger.warn('Could not post to a connection', { connectionId, error });
      return 'failed';
    }
  },
});
