import type { LambdaFunction } from '../lambda/function.ts';
import type { LocalQueue, ReceivedMessage } from '../stores/queues.ts';
import { succeededMessages, toSqsRecord } from './sqs-record.ts';

/** Messages a poll takes at most, and how long it waits for one. */
const MOST_IN_POLL = 10;
const POLL_SECONDS = 20;
/** Bodies of a batch together; the rest of the 6 MB that an invocation carries is for attributes and escapes. */
const LARGEST_BATCH_BYTES = 4 * 1024 * 1024;

export interface QueueEventSourceOptions {
  readonly queue: LocalQueue;
  readonly queueArn: string;
  readonly target: LambdaFunction;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly maxConcurrency: number;
  /** Whether the function answers with the messages that failed (ReportBatchItemFailures). */
  readonly reportsFailures: boolean;
}

/** How many of the messages, from the first, fit one invocation; always one. */
const fitting = (messages: readonly ReceivedMessage[]): number => {
  let bytes = 0;
  const tooMany = messages.findIndex(({ body }) => {
    bytes += Buffer.byteLength(body);
    return bytes > LARGEST_BATCH_BYTES;
  });
  return tooMany === -1 ? messages.length : Math.max(1, tooMany);
};

/**
 * Carries messages from a queue to a function: batches, window, concurrency and partial failures as Lambda's
 * event source mapping has them. What fails stays in flight until its visibility timeout returns it.
 */
export class QueueEventSource {
  readonly #options: QueueEventSourceOptions;
  #running = 0;
  #slotFreed = Promise.withResolvers<void>();
  /** Received, but too much for the batch before. */
  #leftOver: readonly ReceivedMessage[] = [];
  #stopped = false;
  readonly #loop: Promise<void>;

  constructor(options: QueueEventSourceOptions) {
    this.#options = options;
    this.#loop = this.#poll();
  }

  /** Receives no more. Batches in flight go on: how long they may is for whoever stops the function to say. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.queue.wake();
    this.#slotFreed.resolve();
    await this.#loop;
  }

  async #poll(): Promise<void> {
    while (!this.#stopped) {
      if (this.#running >= this.#options.maxConcurrency) {
        this.#slotFreed = Promise.withResolvers();
        await this.#slotFreed.promise;
        continue;
      }
      const batch = await this.#gather();
      if (batch.length === 0 || this.#stopped) continue;
      void this.#deliver(batch);
    }
  }

  /** The first message opens the batching window; the batch ends with the window, its size or its bytes. */
  async #gather(): Promise<readonly ReceivedMessage[]> {
    const { batchSize, batchingWindowSeconds } = this.#options;
    const batch = this.#leftOver.length > 0 ? [...this.#leftOver] : await this.#receive(batchSize, POLL_SECONDS);
    const closesAt = Date.now() + batchingWindowSeconds * 1000;
    while (batch.length > 0 && batch.length < batchSize && fitting(batch) === batch.length && !this.#stopped) {
      const left = (closesAt - Date.now()) / 1000;
      if (left <= 0) break;
      batch.push(...(await this.#receive(batchSize - batch.length, left)));
    }
    this.#leftOver = batch.splice(fitting(batch));
    return batch;
  }

  #receive(most: number, waitSeconds: number): Promise<ReceivedMessage[]> {
    return this.#options.queue.receive(Math.min(MOST_IN_POLL, most), waitSeconds);
  }

  async #deliver(batch: readonly ReceivedMessage[]): Promise<void> {
    const { target, queue, queueArn, reportsFailures } = this.#options;
    this.#running += 1;
    const result = await target.invoke({ Records: batch.map((message) => toSqsRecord(message, queueArn)) });
    this.#running -= 1;
    this.#slotFreed.resolve();
    if (!result.ok) return;
    const done = reportsFailures ? succeededMessages(batch, result.payload) : batch;
    for (const { receiptHandle } of done) queue.delete(receiptHandle);
  }
}
