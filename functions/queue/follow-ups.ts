import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { followUpSchema } from '../core/follow-up.ts';
import { openSocket, sendHeartbeats } from '../core/keep-sockets.ts';
import { replayEvents } from '../core/replay-events.ts';
import { followUpDependencies } from '../dependencies/connections.ts';

const dependencies = followUpDependencies();

const perform = (followUp: ReturnType<typeof followUpSchema.parse>): Promise<void> => {
  switch (followUp.kind) {
    case 'open':
      return openSocket(dependencies, followUp);
    case 'replay':
      return replayEvents(dependencies, followUp);
    case 'heartbeat':
      return sendHeartbeats(dependencies, followUp);
  }
};

const work = async ({ messageId, body }: SQSRecord): Promise<string | undefined> => {
  try {
    await perform(followUpSchema.parse(JSON.parse(body)));
    return undefined;
  } catch (error) {
    dependencies.logger.error('Follow-up failed', { messageId, error });
    return messageId;
  }
};

/** What connections need beside their answers; only the messages that failed come back. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const failed = await Promise.all(Records.map(work));
  return {
    batchItemFailures: failed.flatMap((itemIdentifier) => (itemIdentifier === undefined ? [] : { itemIdentifier })),
  };
};
