import { REGION } from '../assembly/identity.ts';
import type { ReceivedMessage } from '../stores/queues.ts';

/**
 * A message as a function receives it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export const toSqsRecord = (message: ReceivedMessage, eventSourceARN: string): object => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: {
    ApproximateReceiveCount: String(message.approximateReceiveCount),
    SentTimestamp: String(message.sentTimestamp),
    SenderId: 'local',
    ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp ?? Date.now()),
  },
  messageAttributes: Object.fromEntries(
    Object.entries(message.messageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
      },
    ]),
  ),
  md5OfBody: message.md5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN,
  awsRegion: REGION,
});

interface BatchResponse {
  readonly batchItemFailures?: unknown;
}

/**
 * The messages that a function's answer (ReportBatchItemFailures) does not report as failed. An answer that cannot be
 * understood, or that names something outside of the batch, fails the whole batch, as on Lambda.
 */
export const succeededMessages = <Message extends { readonly messageId: string }>(
  batch: readonly Message[],
  answer: unknown,
): readonly Message[] => {
  const { batchItemFailures = [] } = (typeof answer === 'object' && answer !== null ? answer : {}) as BatchResponse;
  if (batchItemFailures === null) return batch;
  if (!Array.isArray(batchItemFailures)) return [];
  const failed = new Set<unknown>(batchItemFailures.map((failure) => failure?.itemIdentifier));
  const isOfBatch = (id: unknown) => batch.some(({ messageId }) => messageId === id);
  return [...failed].every(isOfBatch) ? batch.filter(({ messageId }) => !failed.has(messageId)) : [];
};
