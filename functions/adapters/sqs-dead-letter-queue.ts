import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue } from '../core/ports.ts';
import { toAttributeText, toMessageBody } from './sqs-message-body.ts';

/** Characters of the reason, which counts towards the size of the message. */
const LONGEST_REASON = 1024;

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
        MessageBody: toMessageBody(job),
        MessageAttributes: {
          analysisId: attribute(job.analysisId),
          code: attribute(code),
          reason: attribute(toAttributeText(message, LONGEST_REASON) || code),
        },
      }),
    );
  },
});
