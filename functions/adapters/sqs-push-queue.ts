import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { PushQueue } from '../core/ports.ts';
import { toMessageBody } from './sqs-message-body.ts';

export const createSqsPushQueue = ({ client, url }: { client: SQSClient; url: string }): PushQueue => ({
  async send(message, { delaySeconds } = {}) {
    await client.send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: toMessageBody(message), DelaySeconds: delaySeconds }),
    );
  },
});
