import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import type { PluginManifest } from '../../plugins/manifest.ts';
import { jobSchema } from '../core/analysis.ts';
import { createFindChampion } from '../core/model-registry/find-champion.ts';
import { processJob } from '../core/process-job.ts';
import { createRecentAnalyses } from '../core/recent-analyses.ts';
import { championDependencies } from '../dependencies/models.ts';
import { workerDependencies } from '../dependencies.ts';
import { createPluginHost } from '../plugin-host/host.ts';

/** Jobs of a batch in hand at once: while the plugin runs one, the outcomes of others are being stored. */
const JOBS_IN_HAND = 4;
/** Seconds until a job returns whose outcome could not be stored. */
const STORE_RETRY_SECONDS = 10;

const receiveCountOf = ({ attributes }: SQSRecord): number => Number(attributes.ApproximateReceiveCount);

/**
 * The Lambda handler of one plugin: runs each job of a batch, and hands back to the queue only those that must return.
 * The build binds it to a manifest; the plugin's code is in `plugin.mjs` beside it.
 */
export const createPluginWorker = (manifest: PluginManifest): ((event: SQSEvent) => Promise<SQSBatchResponse>) => {
  const { visibility, memoryMegabytes, ...dependencies } = workerDependencies();
  const { logger } = dependencies;
  const runner = createPluginHost({
    manifest,
    threadUrl: new URL('./plugin.mjs', import.meta.url),
    memoryMegabytes,
    recentAnalyses: createRecentAnalyses(dependencies),
    ...(manifest.models ? { findChampion: createFindChampion({ ...championDependencies(), logger }) } : {}),
    logger,
  });
  process.once('SIGTERM', () => void runner.stop());

  const returnLater = async ({ messageId, receiptHandle }: SQSRecord, seconds: number): Promise<string> => {
    await visibility.returnAfter(receiptHandle, seconds).catch((error: unknown) => {
      // The message then returns after the queue's own visibility timeout: later, but it does.
      logger.warn('The return of a message could not be hastened', { messageId, error });
    });
    return messageId;
  };

  const work = async (record: SQSRecord): Promise<string | undefined> => {
    try {
      const job = jobSchema.parse(JSON.parse(record.body));
      const verdict = await processJob({ ...dependencies, runner }, job, receiveCountOf(record));
      return verdict.action === 'done' ? undefined : await returnLater(record, verdict.delaySeconds);
    } catch (error) {
      logger.error('Job could not be processed', { messageId: record.messageId, error });
      return returnLater(record, STORE_RETRY_SECONDS);
    }
  };

  return async ({ Records }) => {
    // One by one once anything is redelivered: if that kills this worker, only what had started is to blame.
    const concurrency = Records.some((record) => receiveCountOf(record) > 1) ? 1 : JOBS_IN_HAND;
    const returned = await pMap(Records, work, { concurrency });
    return {
      batchItemFailures: returned.flatMap((itemIdentifier) => (itemIdentifier === undefined ? [] : { itemIdentifier })),
    };
  };
};
