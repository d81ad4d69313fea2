import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { reviewModel } from '../core/training/review-model.ts';
import { runTraining } from '../core/training/run-training.ts';
import { trainingMessageSchema } from '../core/training/training.ts';
import { trainerDependencies } from '../dependencies/training.ts';

const { visibility, ...dependencies } = trainerDependencies();

/** Seconds that a message is hidden at a time: one whose worker dies comes back soon after. */
const HIDDEN_SECONDS = 180;
/** Seconds until a training is tried again that met with a fault of ours. */
const RETRY_SECONDS = 30;

const work = async ({ messageId, body, receiptHandle }: SQSRecord, context: Context): Promise<string | undefined> => {
  const hide = async (seconds: number): Promise<void> => {
    await visibility.returnAfter(receiptHandle, seconds).catch((error: unknown) => {
      // The message then comes back when it would have, which is later or sooner, and is looked at again.
      dependencies.logger.warn('When a message returns could not be changed', { messageId, error });
    });
  };
  try {
    const message = trainingMessageSchema.parse(JSON.parse(body));
    if ('review' in message) {
      await reviewModel(dependencies, message);
      return undefined;
    }
    const verdict = await runTraining(dependencies, message, {
      remainingMs: () => context.getRemainingTimeInMillis(),
      stayHidden: () => hide(HIDDEN_SECONDS),
    });
    if (verdict.action === 'done') return undefined;
    await hide(verdict.delaySeconds);
  } catch (error) {
    dependencies.logger.error('Training could not go on', { messageId, error });
    await hide(RETRY_SECONDS);
  }
  return messageId;
};

/** Trains what the training queue holds, one at a time. */
export const handler = async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const failed: string[] = [];
  for (const record of Records) {
    const returned = await work(record, context);
    if (returned !== undefined) failed.push(returned);
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
};
