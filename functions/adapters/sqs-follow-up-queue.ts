import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { FollowUpQueue } from '../core/ports.ts';
import { toMessageBody } from './sqs-message-body.ts';

export const createSqsFollowUpQueue = ({ client, url }: { client: SQSClient; url: string }): FollowUpQueue => ({
  async send(followUp, { delaySeconds } = {}) {
    await client.send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: toMessageBody(followUp), DelaySeconds: delaySeconds }),
    );
  },
});
