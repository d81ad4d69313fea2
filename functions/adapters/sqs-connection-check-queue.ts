import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ConnectionCheckQueue } from '../core/ports.ts';
import { toMessageBody } from './sqs-message-body.ts';

export const createSqsConnectionCheckQueue = ({
  client,
  url,
}: {
  client: SQSClient;
  url: string;
}): ConnectionCheckQueue => ({
  async send(check, delaySeconds) {
    const message = { QueueUrl: url, MessageBody: toMessageBody(check), DelaySeconds: delaySeconds };
    await client.send(new SendMessageCommand(message));
  },
});
