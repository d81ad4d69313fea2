import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { PushQueue } from '../core/ports.ts';

export const createSqsPushQueue = ({ client, url }: { client: SQSClient; url: string }): PushQueue => ({
  async send(message, { delaySeconds } = {}) {
    await client.send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(message), DelaySeconds: delaySeconds }),
    );
  },
});
