import { REGION } from '../assembly/inventory.ts';
import type { FunctionPool } from '../lambda/function-pool.ts';
import type { LocalQueue, ReceivedMessage } from '../stores/queues-and-buckets.ts';

/** Messages a poll takes at most, and how long it waits for one. */
const MOST_IN_POLL = 10;
const POLL_SECONDS = 20;
/** A batch's bodies stay below what one invocation may carry. */
const LARGEST_BATCH_BYTES = 5 * 1024 * 1024;

export interface QueueEventSourceOptions {
  readonly queue: LocalQueue;
  readonly queueArn: string;
  readonly target: FunctionPool;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly maxConcurrency: number;
  /** Whether the function answers with the messages that failed (ReportBatchItemFailures). */
  readonly reportsFailures: boolean;
}

const toRecord = (message: ReceivedMessage, eventSourceARN: string): object => ({
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
  readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[] | null;
}

/** The messages that did not fail; none when the answer names something that is not in the batch, as on Lambda. */
const succeeded = (batch: readonly ReceivedMessage[], payload: unknown): readonly ReceivedMessage[] => {
  const failures = ((payload ?? {}) as BatchResponse).batchItemFailures ?? [];
  const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
  const known = new Set<string | undefined>(batch.map(({ messageId }) => messageId));
  if ([...failed].some((id) => !known.has(id))) return [];
  return batch.filter(({ messageId }) => !failed.has(messageId));
};

/**
 * Carries messages from a queue to a function: batches, window, concurrency and partial failures as Lambda's
 * event source mapping has them. What fails stays in flight until its visibility timeout returns it.
 */
export class QueueEventSource {
  readonly #options: QueueEventSourceOptions;
  #running = 0;
  #stopped = false;
  #slotFreed = Promise.withResolvers<void>();
  readonly #loop: Promise<void>;

  constructor(options: QueueEventSourceOptions) {
    this.#options = options;
    this.#loop = this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.queue.wake();
    this.#slotFreed.resolve();
    await this.#loop;
  }

  async #poll(): Promise<void> {
    while (!this.#stopped) {
      await this.#awaitSlot();
      const batch = await this.#gather();
      if (batch.length > 0 && !this.#stopped) void this.#deliver(batch);
    }
  }

  async #awaitSlot(): Promise<void> {
    while (this.#running >= this.#options.maxConcurrency && !this.#stopped) {
      await this.#slotFreed.promise;
      this.#slotFreed = Promise.withResolvers();
    }
  }

  /** The first message opens the batching window; the batch ends with the window, its size or its bytes. */
  async #gather(): Promise<ReceivedMessage[]> {
    const { queue, batchSize, batchingWindowSeconds } = this.#options;
    const batch = await queue.receive(Math.min(MOST_IN_POLL, batchSize), POLL_SECONDS);
    const closesAt = Date.now() + batchingWindowSeconds * 1000;
    const bytes = () => batch.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
    while (batch.length > 0 && batch.length < batchSize && bytes() < LARGEST_BATCH_BYTES && !this.#stopped) {
      const left = (closesAt - Date.now()) / 1000;
      if (left <= 0) break;
      batch.push(...(await queue.receive(Math.min(MOST_IN_POLL, batchSize - batch.length), left)));
    }
    return batch;
  }

  async #deliver(batch: readonly ReceivedMessage[]): Promise<void> {
    const { target, queue, queueArn, reportsFailures } = this.#options;
    this.#running += 1;
    const result = await target.invoke({ Records: batch.map((message) => toRecord(message, queueArn)) });
    if (result.ok) {
      const done = reportsFailures ? succeeded(batch, result.payload) : batch;
      for (const { receiptHandle } of done) queue.delete(receiptHandle);
    } else {
      console.error(`[${target.options.name}] ${result.errorType}: ${result.errorMessage}`);
    }
    this.#running -= 1;
    this.#slotFreed.resolve();
  }
}
