import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { deliverPush, type FiledMessage, filePush } from '../core/deliver-push.ts';
import type { ConnectionStore } from '../core/ports.ts';
import { pushMessageSchema } from '../core/push-event.ts';
import { pushDependencies } from '../dependencies/connections.ts';

const { connections, ...dependencies } = pushDependencies();

/** One look at a page of subscribers serves all messages of a batch. */
const withSubscribersOnce = (store: ConnectionStore): ConnectionStore => {
  const looked = new Map<string, ReturnType<ConnectionStore['subscribers']>>();
  return {
    ...store,
    subscribers(...page) {
      const key = page.join('#');
      const subscribers = looked.get(key) ?? store.subscribers(...page);
      looked.set(key, subscribers);
      return subscribers;
    },
  };
};

/** Applies `step` to each record that has got so far; those that fail are told of and left out. */
const forEach = async <Value, Next>(
  values: ReadonlyMap<SQSRecord, Value>,
  step: (value: Value) => Promise<Next>,
): Promise<Map<SQSRecord, Next>> => {
  const ended = new Map<SQSRecord, Next>();
  await Promise.all(
    [...values].map(async ([record, value]) => {
      try {
        ended.set(record, await step(value));
      } catch (error) {
        dependencies.logger.error('Push failed', { messageId: record.messageId, error });
      }
    }),
  );
  return ended;
};

/** Pushes what the push queue holds to the subscribed connections; only the messages that failed come back. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const records = new Map(Records.map((record) => [record, record.body]));
  const filed = await forEach(records, (body) =>
    filePush({ ...dependencies, connections }, pushMessageSchema.parse(JSON.parse(body))),
  );
  // The one look comes after everything is filed: who subscribes between the two finds it in the feed.
  const store = withSubscribersOnce(connections);
  const delivered = await forEach(filed, (message: FiledMessage) =>
    deliverPush({ ...dependencies, connections: store }, message),
  );
  const failed = Records.filter((record) => !delivered.has(record));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
