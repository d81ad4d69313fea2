import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import type { Job } from '../core/analysis.ts';
import type { JobQueue } from '../core/ports.ts';
import { toMessageBody } from './sqs-message-body.ts';

/** SendMessageBatch takes ten messages and 1 MiB in all. */
const MOST_IN_BATCH = 10;
const LARGEST_BATCH_BYTES = 1024 * 1024;
const CONCURRENT_BATCHES = 8;

interface Entry {
  readonly job: Job;
  readonly body: string;
  readonly bytes: number;
}

/** Fills batches in order; a batch ends when the next entry would not fit. */
const toBatches = (entries: readonly Entry[]): Entry[][] => {
  const batches: Entry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const current = batches.at(-1);
    if (current === undefined || current.length === MOST_IN_BATCH || entry.bytes > room) {
      batches.push([entry]);
      room = LARGEST_BATCH_BYTES - entry.bytes;
    } else {
      current.push(entry);
      room -= entry.bytes;
    }
  }
  return batches;
};

/** @param urlPrefix a plugin's queue has this URL with the plugin's name at the end */
export const createSqsJobQueue = ({ client, urlPrefix }: { client: SQSClient; urlPrefix: string }): JobQueue => {
  const sendBatch = async (QueueUrl: string, batch: readonly Entry[]): Promise<Job[]> => {
    const Entries = batch.map(({ body }, index) => ({ Id: String(index), MessageBody: body }));
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    return Failed.flatMap(({ Id }) => batch[Number(Id)]?.job ?? []);
  };

  return {
    async send(job) {
      const QueueUrl = urlPrefix + job.type;
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: toMessageBody(job) }));
    },

    async sendMany(jobs) {
      const byType = Map.groupBy(jobs, ({ type }) => type);
      const batches = [...byType].flatMap(([type, ofType]) => {
        const entries = ofType.map((job) => {
          const body = toMessageBody(job);
          return { job, body, bytes: Buffer.byteLength(body) };
        });
        return toBatches(entries).map((batch) => ({ url: urlPrefix + type, batch }));
      });
      const refused = await pMap(
        batches,
        ({ url, batch }) => sendBatch(url, batch).catch(() => batch.map(({ job }) => job)),
        { concurrency: CONCURRENT_BATCHES },
      );
      return refused.flat();
    },
  };
};
