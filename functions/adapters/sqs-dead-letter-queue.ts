import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue } from '../core/ports.ts';

/**
 * Puts a job into its plugin's dead-letter queue with the reason beside it. The body is the job as it was submitted,
 * so that a redrive to the source queue (by the SQS console or API) runs it again.
 */
export const createSqsDeadLetterQueue = ({ client, url }: { client: SQSClient; url: string }): DeadLetterQueue => ({
  async send(job, { code, message }) {
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    await client.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: JSON.stringify(job),
        MessageAttributes: {
          analysisId: attribute(job.analysisId),
          code: attribute(code),
          reason: attribute(message.slice(0, 1024) || code),
        },
      }),
    );
  },
});
