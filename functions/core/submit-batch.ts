import pMap from 'p-map';
import * as z from 'zod';
import type { Analysis, Job, QueuedAnalysis } from './analysis.ts';
import { AppError, type ErrorBody, toErrorBody } from './errors.ts';
import type { AnalysisStore } from './ports.ts';
import {
  assertSameContent,
  parseSubmission,
  type SubmitDependencies,
  type SubmitRequest,
  toJob,
  toQueuedAnalysis,
} from './submit-analysis.ts';
import { parseOrThrow } from './validation.ts';

const LARGEST_BATCH = 500;
const CONCURRENT_WRITES = 16;

const batchSchema = z.object({
  submissions: z
    .array(z.unknown(), { error: 'must be a list of submissions' })
    .min(1, 'must hold at least one submission')
    .max(LARGEST_BATCH, `must hold at most ${LARGEST_BATCH} submissions`),
});

const itemKeySchema = z.looseObject({ idempotencyKey: z.string().optional() });

export type BatchAnswer =
  | { readonly index: number; readonly success: true; readonly analysisId: string; readonly status: 'queued' }
  | ({ readonly index: number } & ErrorBody);

interface BatchItem {
  readonly index: number;
  readonly analysis: QueuedAnalysis;
  readonly data: unknown;
}

const refuse = (index: number, error: unknown): BatchAnswer => {
  if (error instanceof AppError) return { index, ...toErrorBody(error) };
  throw error;
};

const accept = (index: number, analysisId: string): BatchAnswer => ({
  index,
  success: true,
  analysisId,
  status: 'queued',
});

/** A batch is `{submissions: […]}` or, from NDJSON, the list of its lines. */
const listSubmissions = (body: unknown): unknown[] =>
  parseOrThrow(batchSchema, Array.isArray(body) ? { submissions: body } : body, { what: 'The batch' }).submissions;

/** The key of one item: its own, or the request's with its index, so that a repeated batch repeats nothing. */
const keyOf = (item: unknown, index: number, batchKey: string | undefined): string | undefined =>
  itemKeySchema.safeParse(item).data?.idempotencyKey ?? (batchKey === undefined ? undefined : `${batchKey}:${index}`);

/** Stores the items; those with a key one by one, since each may exist already, the others many at a time. */
const storeItems = async (
  analyses: AnalysisStore,
  items: readonly BatchItem[],
): Promise<{ toSend: (BatchItem & { current: Analysis })[]; answers: BatchAnswer[] }> => {
  const keyless = items.filter(({ analysis }) => analysis.contentHash === undefined);
  const keyed = items.filter(({ analysis }) => analysis.contentHash !== undefined);
  await analyses.createMany(keyless.map(({ analysis }) => analysis));
  const toSend = keyless.map((item) => ({ ...item, current: item.analysis as Analysis }));
  const answers: BatchAnswer[] = [];
  await pMap(
    keyed,
    async (item) => {
      const stored = await analyses.create(item.analysis);
      const current = stored.created ? item.analysis : stored.existing;
      try {
        assertSameContent(item.analysis, current);
      } catch (error) {
        answers.push(refuse(item.index, error));
        return;
      }
      if (current.status === 'queued') toSend.push({ ...item, current });
      else answers.push(accept(item.index, current.analysisId));
    },
    { concurrency: CONCURRENT_WRITES },
  );
  return { toSend, answers };
};

const notQueued = (index: number): BatchAnswer =>
  refuse(
    index,
    new AppError('submission.not_queued', 'The queue did not take this submission; send it again', {
      details: [{ field: `submissions[${index}]`, message: 'safe to retry with the same idempotency key' }],
    }),
  );

/**
 * Takes up to 500 submissions at once and answers each by its index; a bad one never spoils its neighbours.
 *
 * @throws {AppError} `request.invalid` when the batch itself is not a list of 1 to 500 submissions.
 */
export const submitBatch = async (
  { catalog, analyses, documents, tenants, jobs, clock }: SubmitDependencies,
  { tenant, body, idempotencyKey: batchKey }: SubmitRequest,
): Promise<BatchAnswer[]> => {
  const refused: BatchAnswer[] = [];
  const items: BatchItem[] = [];
  for (const [index, item] of listSubmissions(body).entries()) {
    try {
      const submission = parseSubmission(catalog, item);
      const idempotencyKey = keyOf(item, index, batchKey);
      items.push({
        index,
        analysis: toQueuedAnalysis(submission, { tenant, idempotencyKey, now: clock() }),
        data: submission.data,
      });
    } catch (error) {
      refused.push(refuse(index, error));
    }
  }
  await tenants.note(tenant);
  const { toSend, answers } = await storeItems(analyses, items);
  const jobsToSend: Job[] = await pMap(toSend, ({ current, data }) => toJob(documents, current, data), {
    concurrency: CONCURRENT_WRITES,
  });
  const unsent = new Set((await jobs.sendMany(jobsToSend)).map(({ analysisId }) => analysisId));
  const sent = toSend.map(({ index, analysis: { analysisId } }) =>
    unsent.has(analysisId) ? notQueued(index) : accept(index, analysisId),
  );
  return [...refused, ...answers, ...sent].sort((a, b) => a.index - b.index);
};
