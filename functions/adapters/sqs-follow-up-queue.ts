import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { FollowUpQueue } from '../core/ports.ts';

export const createSqsFollowUpQueue = ({ client, url }: { client: SQSClient; url: string }): FollowUpQueue => ({
  async send(followUp, { delaySeconds } = {}) {
    await client.send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(followUp), DelaySeconds: delaySeconds }),
    );
  },
});
