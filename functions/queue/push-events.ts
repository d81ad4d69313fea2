import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { deliverPush } from '../core/deliver-push.ts';
import type { ConnectionStore } from '../core/ports.ts';
import { pushMessageSchema } from '../core/push-event.ts';
import { pushDependencies } from '../dependencies.ts';

const { connections, ...dependencies } = pushDependencies();

/** One look at the subscribers serves all messages of a batch. */
const withSubscribersOnce = (store: ConnectionStore): ConnectionStore => {
  const looked = new Map<string, ReturnType<ConnectionStore['subscribers']>>();
  return {
    ...store,
    subscribers(tenant, stream) {
      const key = `${tenant}#${stream}`;
      const subscribers = looked.get(key) ?? store.subscribers(tenant, stream);
      looked.set(key, subscribers);
      return subscribers;
    },
  };
};

const deliver = async (store: ConnectionStore, { messageId, body }: SQSRecord): Promise<string | undefined> => {
  try {
    await deliverPush({ ...dependencies, connections: store }, pushMessageSchema.parse(JSON.parse(body)));
    return undefined;
  } catch (error) {
    dependencies.logger.error('Push failed', { messageId, error });
    return messageId;
  }
};

/** Pushes what the push queue holds to the subscribed connections; only the messages that failed come back. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const store = withSubscribersOnce(connections);
  const failed = await Promise.all(Records.map((record) => deliver(store, record)));
  return {
    batchItemFailures: failed.flatMap((itemIdentifier) => (itemIdentifier === undefined ? [] : { itemIdentifier })),
  };
};
