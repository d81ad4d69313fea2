import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ConnectionCheckQueue } from '../core/ports.ts';

export const createSqsConnectionCheckQueue = ({
  client,
  url,
}: {
  client: SQSClient;
  url: string;
}): ConnectionCheckQueue => ({
  async send(check, delaySeconds) {
    const message = { QueueUrl: url, MessageBody: JSON.stringify(check), DelaySeconds: delaySeconds };
    await client.send(new SendMessageCommand(message));
  },
});
