import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueMonitor } from '../core/ports.ts';

/** A plugin's dead-letter queue is named like its job queue, with this after it. */
const DEAD_LETTER_SUFFIX = '-dead';

export const createSqsQueueMonitor = ({
  client,
  urlPrefix,
}: {
  client: SQSClient;
  urlPrefix: string;
}): QueueMonitor => {
  const count = async (QueueUrl: string): Promise<{ waiting: number; inFlight: number }> => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesDelayed',
          'ApproximateNumberOfMessagesNotVisible',
        ],
      }),
    );
    const waiting =
      Number(Attributes['ApproximateNumberOfMessages'] ?? 0) +
      Number(Attributes['ApproximateNumberOfMessagesDelayed'] ?? 0);
    return { waiting, inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0) };
  };

  return {
    async depth(type) {
      const [jobs, dead] = await Promise.all([count(urlPrefix + type), count(urlPrefix + type + DEAD_LETTER_SUFFIX)]);
      return { ...jobs, deadLettered: dead.waiting };
    },
  };
};
