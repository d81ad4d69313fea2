import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';

/**
 * SQS and S3 as fauxqs with an SQLite data folder. Its stores are used directly, which its package does not export,
 * for three reasons: `startFauxqs` listens on every interface, messages in flight when the last run died must return
 * at once, and event sources receive without a detour over HTTP.
 */

export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: {
    readonly [name: string]: {
      readonly DataType: string;
      readonly StringValue?: string;
      readonly BinaryValue?: string;
    };
  };
  /** Epoch ms. */
  readonly sentTimestamp: number;
  approximateReceiveCount: number;
  approximateFirstReceiveTimestamp?: number;
  /** Epoch ms. */
  readonly delayUntil?: number;
}

/** A queue, with what the runtime uses of it. */
export interface SqsQueue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly attributes: { readonly [name: string]: string };
  messages: StoredMessage[];
  delayedMessages: StoredMessage[];
  readonly inflightMessages: Map<string, { readonly message: StoredMessage; readonly visibilityDeadline: number }>;
  readonly pollWaiters: readonly unknown[];
  pollTimer: NodeJS.Timeout | undefined;
  persistence?: PersistenceManager;
  setAttributes(attributes: { readonly [name: string]: string }): void;
  enqueue(message: StoredMessage): void;
  dequeue(
    most: number,
    visibilityTimeout: number | undefined,
    findQueue: (arn: string) => SqsQueue | undefined,
  ): { readonly ReceiptHandle: string }[];
  deleteMessage(receiptHandle: string): boolean;
  changeVisibility(receiptHandle: string, seconds: number): void;
  waitForMessages(seconds: number): Promise<void>;
  cancelWaiters(): void;
  processTimers(): void;
  startPollTimerIfNeeded(): void;
  stopPollTimerIfEmpty(): void;
}

export interface SqsStore {
  persistence?: PersistenceManager;
  allQueues(): Iterable<SqsQueue>;
  getQueue(url: string): SqsQueue | undefined;
  getQueueByArn(arn: string): SqsQueue | undefined;
  createQueue(name: string, url: string, arn: string, attributes: { readonly [name: string]: string }): SqsQueue;
}

export interface S3Store {
  persistence?: PersistenceManager;
  readonly buckets: ReadonlyMap<string, ReadonlyMap<string, { readonly lastModified: Date }>>;
  hasBucket(name: string): boolean;
  createBucket(name: string): void;
  deleteObject(bucket: string, key: string): void;
}

interface PersistenceManager {
  readonly db: { exec(statement: string): void };
  load(sqs: SqsStore, sns: object, s3: S3Store): void;
  deleteMessage(messageId: string): void;
  close(): void;
}

export interface FauxqsStores {
  readonly sqs: SqsStore;
  readonly s3: S3Store;
  readonly app: ReturnType<typeof buildApp>;
  /** @returns the URL of SQS and S3 */
  listen(): Promise<string>;
  stop(): Promise<void>;
}

const importInternal = async (file: string): Promise<{ readonly [name: string]: unknown }> =>
  import(new URL(file, import.meta.resolve('fauxqs')).href);

const construct = <Instance>(storeClass: unknown, ...args: readonly unknown[]): Instance =>
  new (storeClass as new (...all: readonly unknown[]) => Instance)(...args);

/**
 * A visibility of 0 makes fauxqs 2.4.1 write NULL as the receive count, which its table refuses, after the message
 * has left memory. A millisecond has the same meaning and takes the other path.
 */
const mendZeroVisibility = (queues: SqsQueue): void => {
  const original = queues.changeVisibility;
  queues.changeVisibility = function changeVisibility(receiptHandle, seconds) {
    original.call(this, receiptHandle, Math.max(seconds, 0.001));
    this.startPollTimerIfNeeded();
  };
};

/**
 * While somebody waits for a message, fauxqs looks every 20 ms whether one has become visible. A timer for the moment
 * when the next one will be leaves an idle machine idle.
 */
const replacePollTimer = (queues: SqsQueue): void => {
  queues.startPollTimerIfNeeded = function startPollTimerIfNeeded() {
    clearTimeout(this.pollTimer);
    this.pollTimer = undefined;
    if (this.pollWaiters.length === 0) return;
    const due = [
      ...this.delayedMessages.map(({ delayUntil = 0 }) => delayUntil),
      ...[...this.inflightMessages.values()].map(({ visibilityDeadline }) => visibilityDeadline),
    ];
    if (due.length === 0) return;
    const earliest = due.reduce((first, at) => Math.min(first, at));
    this.pollTimer = setTimeout(
      () => {
        this.processTimers();
        this.startPollTimerIfNeeded();
      },
      Math.max(1, earliest - Date.now()),
    );
  };
  queues.stopPollTimerIfEmpty = queues.startPollTimerIfNeeded;
  const { enqueue, dequeue } = queues;
  queues.enqueue = function enqueueAndTime(message) {
    enqueue.call(this, message);
    if (message.delayUntil !== undefined) this.startPollTimerIfNeeded();
  };
  queues.dequeue = function dequeueAndTime(...args) {
    const received = dequeue.apply(this, args);
    if (received.length > 0) this.startPollTimerIfNeeded();
    return received;
  };
};

let mended = false;

const mendQueues = (queueClass: unknown): void => {
  if (mended) return;
  mended = true;
  const { prototype } = queueClass as { readonly prototype: SqsQueue };
  replacePollTimer(prototype);
  mendZeroVisibility(prototype);
};

/** Opens the stores with what they held when the last run ended. */
export const openFauxqs = async (dataDir: string): Promise<FauxqsStores> => {
  const [sqsModule, snsModule, s3Module, persistenceModule] = await Promise.all([
    importInternal('./sqs/sqsStore.js'),
    importInternal('./sns/snsStore.js'),
    importInternal('./s3/s3Store.js'),
    importInternal('./persistence.js'),
  ]);
  mendQueues(sqsModule['SqsQueue']);
  const sqs = construct<SqsStore>(sqsModule['SqsStore']);
  const sns = construct<{ persistence?: PersistenceManager }>(snsModule['SnsStore']);
  const s3 = construct<S3Store>(s3Module['S3Store']);
  const persistence = construct<PersistenceManager>(persistenceModule['PersistenceManager'], dataDir);
  // What was written survives the end of this process either way; only a power cut may lose the last of it.
  persistence.db.exec('PRAGMA synchronous = NORMAL');
  // Loaded before the stores write through, or loading would delete what it loads.
  persistence.load(sqs, sns, s3);
  for (const store of [sqs, sns, s3]) store.persistence = persistence;
  for (const queue of sqs.allQueues()) queue.persistence = persistence;
  const stores: unknown = { sqsStore: sqs, snsStore: sns, s3Store: s3 };
  const app = buildApp({ logger: false, stores } as Parameters<typeof buildApp>[0]);
  return {
    sqs,
    s3,
    app,
    async listen() {
      await app.listen({ host: '127.0.0.1', port: 0 });
      return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    },
    async stop() {
      await app.close();
      persistence.close();
    },
  };
};
