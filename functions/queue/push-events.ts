import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { deliverPush } from '../core/deliver-push.ts';
import { pushMessageSchema } from '../core/push-event.ts';
import { pushDependencies } from '../dependencies.ts';

const dependencies = pushDependencies();

const deliver = async ({ messageId, body }: SQSRecord): Promise<string | undefined> => {
  try {
    await deliverPush(dependencies, pushMessageSchema.parse(JSON.parse(body)));
    return undefined;
  } catch (error) {
    dependencies.logger.error('Push failed', { messageId, error });
    return messageId;
  }
};

/** Pushes what the push queue holds to the subscribed connections; only the messages that failed come back. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const failed = await Promise.all(Records.map(deliver));
  return {
    batchItemFailures: failed.flatMap((itemIdentifier) => (itemIdentifier === undefined ? [] : { itemIdentifier })),
  };
};
