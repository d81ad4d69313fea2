import { mkdirSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { buildApp } from 'fauxqs';
import type { Inventory, KnownResource } from '../assembly/inventory.ts';

/**
 * SQS and S3 as fauxqs with an SQLite data folder. Its stores are used directly, which its package does not export,
 * for three reasons: `startFauxqs` listens on every interface, messages in flight when the last run died must return
 * at once, and event sources receive without a detour over HTTP.
 */

interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: {
    readonly [name: string]: { DataType: string; StringValue?: string; BinaryValue?: string };
  };
  readonly sentTimestamp: number;
  readonly approximateReceiveCount: number;
  readonly approximateFirstReceiveTimestamp?: number;
}

interface SqsQueue {
  readonly inflightMessages: Map<string, { readonly message: StoredMessage }>;
  setAttributes(attributes: Record<string, string>): void;
  dequeue(
    most: number,
    visibilityTimeout: number | undefined,
    findQueue: (arn: string) => SqsQueue | undefined,
  ): { readonly ReceiptHandle: string }[];
  deleteMessage(receiptHandle: string): boolean;
  changeVisibility(receiptHandle: string, seconds: number): void;
  waitForMessages(seconds: number): Promise<void>;
  cancelWaiters(): void;
  persistence?: unknown;
}

interface SqsStore {
  persistence?: unknown;
  allQueues(): Iterable<SqsQueue>;
  getQueueByArn(arn: string): SqsQueue | undefined;
  createQueue(name: string, url: string, arn: string, attributes: Record<string, string>): SqsQueue;
}

interface S3Store {
  persistence?: unknown;
  hasBucket(name: string): boolean;
  createBucket(name: string): void;
}

interface PersistenceManager {
  readonly db: { exec(sql: string): void };
  load(sqs: SqsStore, sns: object, s3: S3Store): void;
  close(): void;
}

/** A received message, as an event source hands it on. */
export interface ReceivedMessage extends StoredMessage {
  readonly receiptHandle: string;
}

export interface LocalQueue {
  /** Waits up to `waitSeconds` for a message, then takes up to `most` of those there are. */
  receive(most: number, waitSeconds: number): Promise<ReceivedMessage[]>;
  delete(receiptHandle: string): void;
  /** Ends every `receive` that is waiting. */
  wake(): void;
}

export interface QueuesAndBuckets {
  readonly endpoint: string;
  queue(arn: string): LocalQueue | undefined;
  stop(): Promise<void>;
}

const importInternal = async (file: string): Promise<Record<string, new (...args: never[]) => unknown>> =>
  import(new URL(file, import.meta.resolve('fauxqs')).href);

const createStores = async (dataDir: string) => {
  const [sqs, sns, s3, persistence] = await Promise.all(
    ['./sqs/sqsStore.js', './sns/snsStore.js', './s3/s3Store.js', './persistence.js'].map(importInternal),
  );
  const construct = <Instance>(storeClass: unknown, ...args: unknown[]): Instance =>
    new (storeClass as new (...all: unknown[]) => Instance)(...args);
  const sqsStore = construct<SqsStore>(sqs?.['SqsStore']);
  const snsStore = construct<object & { persistence?: unknown }>(sns?.['SnsStore']);
  const s3Store = construct<S3Store>(s3?.['S3Store']);
  const manager = construct<PersistenceManager>(persistence?.['PersistenceManager'], dataDir);
  // One fsync a message would take longer than all the rest. Written to the log is enough to survive a killed process.
  manager.db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  // Loaded before the stores write through, or loading would delete what it loads.
  manager.load(sqsStore, snsStore, s3Store);
  sqsStore.persistence = manager;
  snsStore.persistence = manager;
  s3Store.persistence = manager;
  for (const queue of sqsStore.allQueues()) queue.persistence = manager;
  mendZeroVisibility(sqs?.['SqsQueue']);
  return { sqsStore, snsStore, s3Store, manager };
};

/**
 * A visibility of 0 makes fauxqs 2.4.1 write NULL as the receive count, which its table refuses, after the message
 * has left memory. A millisecond has the same meaning and takes the other path.
 */
const mendZeroVisibility = (queueClass: unknown): void => {
  const { prototype } = queueClass as { prototype: SqsQueue };
  const original = prototype.changeVisibility;
  prototype.changeVisibility = function changeVisibility(receiptHandle, seconds) {
    original.call(this, receiptHandle, Math.max(seconds, 0.001));
  };
};

const queueAttributes = ({ properties }: KnownResource): Record<string, string> => {
  const names = ['VisibilityTimeout', 'MessageRetentionPeriod', 'DelaySeconds', 'MaximumMessageSize'];
  const attributes: Record<string, string> = {};
  for (const name of names) if (properties[name] !== undefined) attributes[name] = String(properties[name]);
  if (properties['RedrivePolicy'] !== undefined)
    attributes['RedrivePolicy'] = JSON.stringify(properties['RedrivePolicy']);
  // SQS takes 1 MiB since August 2025.
  return { MaximumMessageSize: String(1024 * 1024), ...attributes };
};

const createQueues = (inventory: Inventory, store: SqsStore): void => {
  for (const resource of inventory.ofType('AWS::SQS::Queue')) {
    const { Arn = '', QueueName = '' } = resource.identity.attributes;
    const attributes = queueAttributes(resource);
    const existing = store.getQueueByArn(Arn);
    if (existing === undefined) store.createQueue(QueueName, resource.identity.ref, Arn, attributes);
    else existing.setAttributes(attributes);
  }
};

/** What was in flight when the last run ended has lost its consumer; nobody will wait for its visibility timeout. */
const returnInFlight = (store: SqsStore): void => {
  for (const queue of store.allQueues()) {
    for (const handle of queue.inflightMessages.keys()) queue.changeVisibility(handle, 0);
  }
};

const toLocalQueue = (store: SqsStore, queue: SqsQueue): LocalQueue => {
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

/** Starts SQS and S3 with the template's queues and buckets. */
export const startQueuesAndBuckets = async (inventory: Inventory, dataDir: string): Promise<QueuesAndBuckets> => {
  const path = join(dataDir, 'fauxqs');
  mkdirSync(path, { recursive: true });
  const { sqsStore, snsStore, s3Store, manager } = await createStores(path);
  createQueues(inventory, sqsStore);
  for (const { identity } of inventory.ofType('AWS::S3::Bucket')) {
    if (!s3Store.hasBucket(identity.ref)) s3Store.createBucket(identity.ref);
  }
  returnInFlight(sqsStore);
  const stores = { sqsStore, snsStore, s3Store } as unknown as NonNullable<Parameters<typeof buildApp>[0]>['stores'];
  const app = buildApp({ logger: false, ...(stores === undefined ? {} : { stores }) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = (app.server as Server).address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    queue: (arn) => {
      const queue = sqsStore.getQueueByArn(arn);
      return queue === undefined ? undefined : toLocalQueue(sqsStore, queue);
    },
    async stop() {
      await app.close();
      manager.close();
    },
  };
};
