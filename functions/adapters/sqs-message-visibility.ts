import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Sets when a message that was received comes back, instead of the queue's whole visibility timeout. */
export interface MessageVisibility {
  returnAfter(receiptHandle: string, seconds: number): Promise<void>;
}

export const createSqsMessageVisibility = ({ client, url }: { client: SQSClient; url: string }): MessageVisibility => ({
  async returnAfter(ReceiptHandle, VisibilityTimeout) {
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout }));
  },
});
