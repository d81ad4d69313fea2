import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import type { SqsQueue, SqsStore, StoredMessage } from './fauxqs.ts';

/** How often messages are looked for that have outlived their queue's retention. */
const RETENTION_SWEEP_MS = 600_000;

/** A received message, as an event source hands it on. */
export interface ReceivedMessage extends StoredMessage {
  readonly receiptHandle: string;
}

export interface LocalQueue {
  /** Waits up to `waitSeconds` for a message, then takes up to `most` (ten at most) of those there are. */
  receive(most: number, waitSeconds: number): Promise<ReceivedMessage[]>;
  delete(receiptHandle: string): void;
  /** Ends every `receive` that is waiting. */
  wake(): void;
}

/** Attributes of the API that the template's properties of the same name set. */
const ATTRIBUTES = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
];

const attributesOf = ({ properties }: KnownResource): { [name: string]: string } => {
  const { RedrivePolicy } = properties;
  const set = ATTRIBUTES.filter((name) => properties[name] !== undefined).map((name) => [
    name,
    String(properties[name]),
  ]);
  return {
    ...Object.fromEntries(set),
    // An empty policy takes away the one that the queue had in an earlier run.
    RedrivePolicy: RedrivePolicy === undefined ? '' : JSON.stringify(RedrivePolicy),
  };
};

/** Creates the queues of the template, and brings those of an earlier run up to date. */
export const createQueues = (inventory: Inventory, store: SqsStore): void => {
  for (const resource of inventory.ofType('AWS::SQS::Queue')) {
    const { Arn = '', QueueName = '' } = resource.identity.attributes;
    const queue = store.getQueueByArn(Arn) ?? store.createQueue(QueueName, resource.identity.ref, Arn, {});
    queue.setAttributes(attributesOf(resource));
  }
};

/** What was in flight when the last run ended has lost its consumer; nobody will wait for its visibility timeout. */
export const returnInFlight = (store: SqsStore): void => {
  for (const queue of store.allQueues()) {
    for (const handle of [...queue.inflightMessages.keys()]) queue.changeVisibility(handle, 0);
  }
};

/** Drops what has waited longer than a queue retains, which fauxqs does not. Only what is visible is looked at. */
const dropExpired = (queue: SqsQueue): void => {
  const oldest = Date.now() - Number(queue.attributes['MessageRetentionPeriod']) * 1000;
  const expired = queue.messages.filter(({ sentTimestamp }) => sentTimestamp < oldest);
  if (expired.length === 0) return;
  queue.messages = queue.messages.filter(({ sentTimestamp }) => sentTimestamp >= oldest);
  for (const { messageId } of expired) queue.persistence?.deleteMessage(messageId);
};

export const startRetention = (store: SqsStore): { stop(): void } => {
  const sweep = (): void => {
    for (const queue of store.allQueues()) dropExpired(queue);
  };
  sweep();
  const timer = setInterval(sweep, RETENTION_SWEEP_MS);
  return { stop: () => clearInterval(timer) };
};

export const toLocalQueue = (store: SqsStore, queue: SqsQueue): LocalQueue => {
  const take = (most: number): ReceivedMessage[] =>
    queue
      .dequeue(most, undefined, (arn) => store.getQueueByArn(arn))
      .flatMap(({ ReceiptHandle }) => {
        const message = queue.inflightMessages.get(ReceiptHandle)?.message;
        return message === undefined ? [] : [{ ...message, receiptHandle: ReceiptHandle }];
      });
  return {
    async receive(most, waitSeconds) {
      const ready = take(most);
      if (ready.length > 0 || waitSeconds === 0) return ready;
      await queue.waitForMessages(waitSeconds);
      return take(most);
    },
    delete: (receiptHandle) => void queue.deleteMessage(receiptHandle),
    wake: () => queue.cancelWaiters(),
  };
};
