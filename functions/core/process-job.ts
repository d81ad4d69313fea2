import type { Analysis, CompletedAnalysis, EndedAnalysis, FailedAnalysis, Failure, Job, Plots } from './analysis.ts';
import { checkIn, checkOut, jobDocumentKey, plotsDocumentKey, resultDocumentKey } from './claim-check.ts';
import { AppError } from './errors.ts';
import { outcomeMessages } from './outcome-events.ts';
import type {
  AnalysisStore,
  Clock,
  DeadLetterQueue,
  DocumentStore,
  Logger,
  PluginRunner,
  PushQueue,
  RunOutcome,
} from './ports.ts';
import type { FileContribution } from './rollups/file-contribution.ts';

/** Runs of a plugin on one analysis before it ends as failed. */
const MAX_ATTEMPTS = 3;

export interface ProcessDependencies {
  readonly analyses: AnalysisStore;
  readonly documents: DocumentStore;
  readonly runner: PluginRunner;
  readonly push: PushQueue;
  readonly deadLetters: DeadLetterQueue;
  readonly fileContribution: FileContribution;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** `done`: the message may be deleted. `retry`: it must come back, after `delaySeconds`. */
export type JobVerdict = { readonly action: 'done' } | { readonly action: 'retry'; readonly delaySeconds: number };

const DONE: JobVerdict = { action: 'done' };

/** 2 s, 4 s, … with up to half of it again at random, so that jobs that failed together do not return together. */
const backoffSeconds = (attempt: number): number => Math.ceil(2 ** attempt * (1 + Math.random() / 2));

/** Whether running the same data again could end differently; data that does not fit will not fit next time. */
const isRetryable = ({ code }: Failure): boolean =>
  code === 'plugin.error' || code === 'plugin.timeout' || code === 'plugin.out_of_memory' || code === 'plugin.crashed';

/** Whether the fault is the plugin's or the platform's, so that a replay after a mend makes sense. */
const isDeadLetter = ({ code }: Failure): boolean => code !== 'plugin.invalid_input';

type Ended = { readonly attempt: number; readonly stored: Analysis | undefined };

/** Which attempt this delivery is, and what is stored if that had to be asked. */
const beginAttempt = async ({ analyses }: ProcessDependencies, job: Job, receiveCount: number): Promise<Ended> => {
  if (receiveCount === 1) return { attempt: 1, stored: undefined };
  const { restarts, stored } = await analyses.noteRestart(job);
  return { attempt: restarts + 1, stored };
};

/** Runs the plugin; a lost claim check and a worker that keeps dying are failures like the plugin's own. */
const runAttempt = async (
  { documents, runner }: ProcessDependencies,
  job: Job,
  attempt: number,
): Promise<RunOutcome> => {
  const failed = { status: 'failed', details: [], processingMs: 0 } as const;
  if (attempt > MAX_ATTEMPTS) {
    const message = `The platform stopped the worker in each of ${MAX_ATTEMPTS} attempts, most likely for want of memory`;
    return { ...failed, code: 'plugin.crashed', message };
  }
  try {
    return await runner.run(job, await checkOut(documents, job.data));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'payload.missing') throw error;
    return { ...failed, code: 'payload.missing', message: error.message };
  }
};

const keepPlots = async (
  documents: DocumentStore,
  job: Job,
  plots: Plots,
): Promise<Pick<CompletedAnalysis, 'plots' | 'viewNames'>> => {
  const viewNames = Object.keys(plots.views);
  if (viewNames.length === 0 && plots.hours.length === 0) return {};
  return { plots: await checkIn(documents, plotsDocumentKey(job), plots), viewNames };
};

const toEnded = async (
  { documents, clock }: ProcessDependencies,
  job: Job,
  { attempt, stored }: Ended,
  outcome: RunOutcome,
): Promise<EndedAnalysis> => {
  const { tenant, analysisId, type, submittedAt } = job;
  const contentHash = stored?.contentHash ?? job.contentHash;
  const identity = { tenant, analysisId, type, submittedAt, ...(contentHash === undefined ? {} : { contentHash }) };
  const base = { ...identity, endedAt: clock().toISOString(), processingMs: outcome.processingMs };
  if (outcome.status === 'completed') {
    const result = await checkIn(documents, resultDocumentKey(job), outcome.output);
    const { dimensions, events: emitted, plots } = outcome;
    const completed = { ...base, status: 'completed', dimensions, result, emitted } satisfies CompletedAnalysis;
    return { ...completed, ...(await keepPlots(documents, job, plots)) };
  }
  const { code, message, details } = outcome;
  const failure = { code, message, details, attempts: Math.min(attempt, MAX_ATTEMPTS) };
  return { ...base, status: 'failed', dimensions: {}, failure } satisfies FailedAnalysis;
};

const publish = async ({ push, documents }: ProcessDependencies, analysis: EndedAnalysis): Promise<void> => {
  const result = analysis.status === 'completed' ? await checkOut(documents, analysis.result) : undefined;
  for (const message of outcomeMessages(analysis, result)) await push.send(message);
};

/** Adds a result to its plugin's metrics. */
const plot = async ({ documents, fileContribution }: ProcessDependencies, analysis: EndedAnalysis): Promise<void> => {
  if (analysis.status === 'failed' || analysis.plots === undefined) return;
  // Written by keepPlots, and nothing else.
  const { hours } = (await checkOut(documents, analysis.plots)) as Plots;
  await fileContribution(analysis, hours);
};

/** What follows a stored outcome. Each step may be repeated: events and dead letters are known by the analysis's id. */
const followUp = async (dependencies: ProcessDependencies, job: Job, ended: EndedAnalysis): Promise<JobVerdict> => {
  // Before anybody is told: whoever looks at a dashboard then finds the result in it.
  await plot(dependencies, ended);
  await publish(dependencies, ended);
  if (ended.status === 'failed' && isDeadLetter(ended.failure)) {
    // The job's document stays: replaying the dead letter needs it.
    await dependencies.deadLetters.send(job, ended.failure);
  } else if ('reference' in job.data) {
    await dependencies.documents.delete(jobDocumentKey(job));
  }
  return DONE;
};

/**
 * Runs one job to its outcome: exactly one stored result, or status `failed` with a reason and the job in the
 * dead-letter queue.
 *
 * The first delivery runs at once, without asking the store. A redelivery notes its start before it runs, because a
 * worker that is killed can note nothing afterwards: that is how a job that kills its worker every time comes to an
 * end, while its batch neighbours, which never started, are not blamed. A first delivery of an analysis that has
 * failed is a replayed dead letter and runs anew; of one that has completed, it changes nothing.
 */
export const processJob = async (
  dependencies: ProcessDependencies,
  job: Job,
  receiveCount: number,
): Promise<JobVerdict> => {
  const { analyses, logger } = dependencies;
  const begun = await beginAttempt(dependencies, job, receiveCount);
  if (begun.stored !== undefined && begun.stored.status !== 'queued') {
    // A worker died after it had stored the outcome: do the rest again.
    await analyses.file(begun.stored);
    return followUp(dependencies, job, begun.stored);
  }
  const outcome = await runAttempt(dependencies, job, begun.attempt);
  const ended = await toEnded(dependencies, job, begun, outcome);
  if (ended.status === 'failed') {
    const { code, message } = ended.failure;
    logger.warn('Attempt failed', { analysisId: job.analysisId, attempt: begun.attempt, code, reason: message });
    const delaySeconds = backoffSeconds(begun.attempt);
    if (isRetryable(ended.failure) && begun.attempt < MAX_ATTEMPTS) return { action: 'retry', delaySeconds };
  }
  // Whoever stored a completed outcome first also tells of it; a duplicate has nothing to add.
  const stored = await analyses.end(ended);
  return stored ? followUp(dependencies, job, ended) : DONE;
};
