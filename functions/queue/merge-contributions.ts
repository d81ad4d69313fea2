import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import { mergeContributions } from '../core/rollups/merge-contributions.ts';
import { rollupScopeSchema } from '../core/rollups/rollup-store.ts';
import { rollupDependencies } from '../dependencies/dashboards.ts';

const dependencies = rollupDependencies();
const { logger } = dependencies;

/** One merge does for every message that asks for the same. */
const groupByScope = (records: readonly SQSRecord[]): SQSRecord[][] => [
  ...Map.groupBy(records, ({ body }) => body).values(),
];

const merge = async (records: readonly SQSRecord[]): Promise<string[]> => {
  try {
    await mergeContributions(dependencies, rollupScopeSchema.parse(JSON.parse(records[0]?.body ?? '')));
    return [];
  } catch (error) {
    logger.error('Contributions could not be merged', { message: records[0]?.body, error });
    return records.map(({ messageId }) => messageId);
  }
};

/** Merges what plugins' results add to their metrics; only the messages whose merge failed come back. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const failed = await pMap(groupByScope(Records), merge, { concurrency: 2 });
  return { batchItemFailures: failed.flat().map((itemIdentifier) => ({ itemIdentifier })) };
};
