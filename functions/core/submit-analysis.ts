import { type Analysis, type Job, type QueuedAnalysis, type Submission, submissionSchema } from './analysis.ts';
import { deriveAnalysisId, hashSubmission, newAnalysisId } from './analysis-id.ts';
import { checkIn, jobDocumentKey } from './claim-check.ts';
import { AppError } from './errors.ts';
import type { AnalysisStore, Clock, DocumentStore, JobQueue, PluginCatalog, TenantStore } from './ports.ts';
import { requirePlugin } from './require-plugin.ts';
import { parseOrThrow } from './validation.ts';

export interface SubmitDependencies {
  readonly catalog: PluginCatalog;
  readonly analyses: AnalysisStore;
  readonly documents: DocumentStore;
  readonly tenants: TenantStore;
  readonly jobs: JobQueue;
  readonly clock: Clock;
}

export interface SubmitRequest {
  readonly tenant: string;
  readonly body: unknown;
  readonly idempotencyKey?: string | undefined;
}

export interface Accepted {
  readonly analysisId: string;
  /** Whether an earlier submission with the same idempotency key is what this answer stands for. */
  readonly replayed: boolean;
}

/** @throws {AppError} `request.invalid` or `analysis.unknown_type`, naming the field. */
export const parseSubmission = (catalog: PluginCatalog, body: unknown): Submission => {
  const submission = parseOrThrow(submissionSchema, body, { what: 'The submission' });
  requirePlugin(catalog, submission.type);
  return submission;
};

export const toQueuedAnalysis = (
  submission: Submission,
  { tenant, idempotencyKey, now }: { tenant: string; idempotencyKey?: string | undefined; now: Date },
): QueuedAnalysis => ({
  tenant,
  type: submission.type,
  submittedAt: now.toISOString(),
  status: 'queued',
  ...(idempotencyKey === undefined
    ? { analysisId: newAnalysisId() }
    : { analysisId: deriveAnalysisId(tenant, idempotencyKey), contentHash: hashSubmission(submission) }),
});

/** @throws {AppError} `idempotency.conflict` when the key was used for other content. */
export const assertSameContent = (submitted: QueuedAnalysis, existing: Analysis): void => {
  if (existing.contentHash === submitted.contentHash) return;
  throw new AppError('idempotency.conflict', 'This Idempotency-Key was already used for a different submission', {
    details: [{ field: 'Idempotency-Key', message: 'use a new key for new content' }],
  });
};

export const toJob = async (documents: DocumentStore, analysis: Analysis, data: unknown): Promise<Job> => {
  const { tenant, analysisId, type, submittedAt, contentHash } = analysis;
  return {
    tenant,
    analysisId,
    type,
    submittedAt,
    contentHash,
    data: await checkIn(documents, jobDocumentKey(analysis), data),
  };
};

/**
 * Takes one submission: stores it as queued, then hands it to its plugin's queue.
 *
 * The record comes first, so that whoever holds the id can ask for it. If the queue then refuses, the client gets an
 * error and may try again with the same key: a record that is still queued is sent again, which is harmless, since a
 * job that arrives twice has one outcome.
 *
 * @throws {AppError} when the submission is invalid, its type unknown or its idempotency key used for other content.
 */
export const submitAnalysis = async (
  { catalog, analyses, documents, tenants, jobs, clock }: SubmitDependencies,
  { tenant, body, idempotencyKey }: SubmitRequest,
): Promise<Accepted> => {
  const submission = parseSubmission(catalog, body);
  const analysis = toQueuedAnalysis(submission, { tenant, idempotencyKey, now: clock() });
  await tenants.note(tenant);
  const stored = await analyses.create(analysis);
  if (!stored.created) {
    assertSameContent(analysis, stored.existing);
    if (stored.existing.status !== 'queued') return { analysisId: analysis.analysisId, replayed: true };
  }
  const current = stored.created ? analysis : stored.existing;
  await jobs.send(await toJob(documents, current, submission.data));
  return { analysisId: analysis.analysisId, replayed: !stored.created };
};
