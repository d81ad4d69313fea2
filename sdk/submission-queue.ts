import type { AnalyticsClient, ClientOptions, Submitted } from './api.ts';
import { createBacklog, type Entry } from './backlog.ts';
import { backoff } from './backoff.ts';
import { AnalyticsError } from './errors.ts';
import { type Http, toError } from './http.ts';
import { createQueueStorage } from './queue-storage.ts';

const PATH = '/api/analytics/batch';
const MOST_ITEMS = 500;
/** Characters of one request, at most: in UTF-8 three bytes each at worst, of the 4 MiB that the service takes. */
const REQUEST_CHARACTERS = 1_000_000;
/** Of a request that outlives its page, of which browsers let 64 KiB be under way. */
const LAST_REQUEST_CHARACTERS = 20_000;
/** Answers after which the same submission may be taken. */
const PASSING = ['submission.not_queued', 'internal'];

type SubmissionInput = Parameters<AnalyticsClient['submit']>[0];

export interface SubmissionQueue extends Pick<AnalyticsClient, 'submit' | 'flush' | 'pending'> {
  /** The network is back: tries at once. */
  wake(): void;
  /** The page may be about to end: sends what fits into a request that outlives it. */
  leave(): void;
  close(): void;
}

/** Unlikely to be met twice even where there is no `crypto.randomUUID`: in React Native, and on pages without HTTPS. */
const newKey = (): string =>
  globalThis.crypto?.randomUUID?.() ??
  [Date.now(), Math.random(), Math.random()].map((number) => number.toString(36).replace('.', '')).join('-');

/** @throws {AnalyticsError} `client.not_json` */
const write = ({ type, data, idempotencyKey: key = newKey() }: SubmissionInput): { key: string; line: string } => {
  try {
    return { key, line: JSON.stringify({ type, data, idempotencyKey: key }) };
  } catch (cause) {
    throw new AnalyticsError('client.not_json', 'The data cannot be written as JSON', { cause });
  }
};

const resultsIn = (answer: unknown): readonly unknown[] =>
  typeof answer === 'object' && answer !== null && 'results' in answer && Array.isArray(answer.results)
    ? answer.results
    : [];

const analysisIdIn = (result: unknown): string | undefined =>
  typeof result === 'object' && result !== null && 'analysisId' in result ? String(result.analysisId) : undefined;

/** Submits in batches, one request at a time, until the service has taken or refused each submission. */
export const createSubmissionQueue = (
  { batch = {}, queue = {} }: Pick<ClientOptions, 'batch' | 'queue'>,
  http: Http,
  onError: (error: AnalyticsError) => void,
): SubmissionQueue => {
  const { maxDelay = 500 } = batch;
  const backlog = createBacklog(queue);
  const storage = createQueueStorage(queue.persistence, newKey(), (cause) =>
    onError(new AnalyticsError('client.storage', 'The storage failed; the queue is kept in memory', { cause })),
  );
  const mostAtOnce = Math.min(batch.maxItems ?? 100, MOST_ITEMS);
  let itemsAtOnce = mostAtOnce;
  let failures = 0;
  let retryAfter: number | undefined;
  let active: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const save = () => storage.save(backlog.lines);

  const refuse = (entry: Entry, error: AnalyticsError): void => {
    backlog.remove(entry);
    for (const { reject } of entry.waiting) reject(error);
    if (entry.waiting.length === 0) onError(error);
  };

  /** @returns the error of a submission that the service could not take yet, if there is one */
  const settle = (sent: readonly Entry[], answer: unknown): AnalyticsError | undefined => {
    const results = resultsIn(answer);
    let postponed: AnalyticsError | undefined;
    for (const [index, entry] of sent.entries()) {
      const analysisId = analysisIdIn(results[index]);
      const error = toError(results[index]);
      if (analysisId !== undefined) {
        backlog.remove(entry);
        for (const { resolve } of entry.waiting) resolve({ analysisId });
      } else if (results[index] === undefined || PASSING.includes(error.code)) postponed = error;
      else refuse(entry, error);
    }
    save();
    return postponed;
  };

  const post = (sent: readonly Entry[], keepalive = false): Promise<unknown> =>
    http('POST', PATH, {
      body: sent.map(({ line }) => line).join('\n'),
      contentType: 'application/x-ndjson',
      attempts: 1,
      keepalive,
    });

  /** A request larger than the service takes: fewer at once, and what alone is too large is refused. */
  const makeSmaller = (sent: readonly Entry[], error: AnalyticsError): void => {
    const [first] = sent;
    if (sent.length > 1 || first === undefined) itemsAtOnce = Math.ceil(sent.length / 2);
    else {
      refuse(first, error);
      itemsAtOnce = mostAtOnce;
    }
    save();
  };

  const sendBatch = async (): Promise<void> => {
    await loaded;
    const sent = backlog.first(itemsAtOnce, REQUEST_CHARACTERS);
    if (sent.length === 0) return;
    try {
      const postponed = settle(sent, await post(sent));
      if (postponed !== undefined) throw postponed;
      failures = 0;
    } catch (cause) {
      const error = toError(cause);
      if (error.status === 413) return makeSmaller(sent, error);
      // Of a service that cannot be reached for an hour the app is told once.
      if (failures === 0) onError(error);
      failures += 1;
      retryAfter = error.retryAfter;
      throw error;
    }
  };

  const run = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    active ??= sendBatch().finally(() => {
      active = undefined;
      schedule();
    });
    return active;
  };
  const runUnwatched = () => void run().catch(() => {});

  const schedule = (): void => {
    if (closed || active !== undefined || backlog.size() === 0) return;
    if (failures === 0 && backlog.size() >= itemsAtOnce) runUnwatched();
    else timer ??= setTimeout(runUnwatched, failures === 0 ? maxDelay : backoff(failures, retryAfter));
  };

  const loaded = storage.load().then((lines) => {
    backlog.restore(lines);
    if (lines.length > 0) save();
    schedule();
  });

  return {
    submit(submission) {
      const promise = new Promise<Submitted>((resolve, reject) => {
        if (closed) throw new AnalyticsError('client.closed', 'This client is closed');
        const { key, line } = write(submission);
        backlog.add(key, line, { resolve, reject });
        save();
        schedule();
      });
      // Measuring must not end what is measured: in Node a rejection that nobody waits for would.
      promise.catch(onError);
      return promise;
    },

    async flush() {
      await loaded;
      const due = backlog.keys();
      while (due.some(backlog.has)) await run();
    },

    pending: backlog.size,

    wake() {
      if (!closed && backlog.size() > 0) runUnwatched();
    },

    leave() {
      const fitting = backlog.first(itemsAtOnce, LAST_REQUEST_CHARACTERS);
      const sent = fitting.filter(({ line }) => line.length <= LAST_REQUEST_CHARACTERS);
      if (sent.length > 0)
        post(sent, true)
          .then((answer) => settle(sent, answer))
          .catch(() => {});
    },

    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
};
