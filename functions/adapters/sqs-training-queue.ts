import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { TrainingQueue } from '../core/model-ports.ts';
import { toMessageBody } from './sqs-message-body.ts';

export const createSqsTrainingQueue = ({ client, url }: { client: SQSClient; url: string }): TrainingQueue => ({
  async send(message) {
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: toMessageBody(message) }));
  },
});
