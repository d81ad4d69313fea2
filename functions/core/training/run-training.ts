import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { ArtifactStore, NetworkTrainer, Taken, TrainingChange, TrainingQueue } from '../model-ports.ts';
import type { Model } from '../model-registry/model.ts';
import { requireModel } from '../model-registry/model.ts';
import { endedMessage } from '../model-registry/model-events.ts';
import type { PromotionDependencies } from '../model-registry/promote-version.ts';
import type { Logger } from '../ports.ts';
import { type KeepVersionDependencies, keepVersion } from './keep-version.ts';
import { checkpointKey, hasEnded, rowsDocumentKey, type Training, type TrainingKey } from './training.ts';
import { type DataRow, gatherRows, type TrainingDataDependencies } from './training-data.ts';
import { createTrainingWatch, Interruption, type TrainingWatch, type WatchDependencies } from './training-watch.ts';

export interface RunTrainingDependencies
  extends TrainingDataDependencies,
    PromotionDependencies,
    KeepVersionDependencies,
    WatchDependencies {
  readonly trainer: NetworkTrainer;
  readonly artifacts: ArtifactStore;
  readonly queue: TrainingQueue;
  readonly logger: Logger;
}

/** What a run knows of the delivery it serves. */
export interface Delivery {
  /** Milliseconds until the platform stops this worker. */
  readonly remainingMs: () => number;
  /** Keeps the message from being delivered again for another while. */
  readonly stayHidden: () => Promise<void>;
}

/** `retry`: the message must come back, after `delaySeconds`. */
export type TrainingVerdict = { readonly action: 'done' } | { readonly action: 'retry'; readonly delaySeconds: number };

const DONE: TrainingVerdict = { action: 'done' };
/** Runs in a row without the end of an epoch, after which there will be none. */
const MOST_STALLED_RUNS = 3;

/** The rows as they were when the training began: what came later must not change what a checkpoint was taken of. */
const rowsOf = async (dependencies: RunTrainingDependencies, training: Training): Promise<DataRow[]> => {
  const { documents } = dependencies;
  const key = rowsDocumentKey(training);
  const kept = await documents.get(key);
  // The document holds what was put there below, or with the request.
  if (Array.isArray(kept)) return kept as DataRow[];
  if ('inline' in training.data) {
    throw new AppError('payload.missing', 'The rows of this training are no longer kept: it waited too long');
  }
  const rows = await gatherRows(dependencies, training, training.data);
  await documents.put(key, JSON.stringify(rows));
  return rows;
};

const assertNotStalled = ({ stalledRuns }: Training): void => {
  if (stalledRuns <= MOST_STALLED_RUNS) return;
  throw new AppError(
    'training.stalled',
    `${MOST_STALLED_RUNS} runs ended before an epoch did: one takes longer than a worker may run, or more memory than it has. Use fewer rows or a smaller network`,
  );
};

const train = async (
  dependencies: RunTrainingDependencies,
  { model, training, watch }: { model: Model; training: Training; watch: TrainingWatch },
): Promise<TrainingChange> => {
  assertNotStalled(training);
  const [rows, checkpoint] = await Promise.all([
    rowsOf(dependencies, training),
    dependencies.artifacts.get(checkpointKey(training)),
  ]);
  const work = { config: training.config ?? model.config, training: training.training, rows };
  const { onEpoch, signal } = watch;
  if (checkpoint !== undefined) watch.resume();
  const hooks = { onEpoch, signal, ...(checkpoint === undefined ? {} : { resumeFrom: checkpoint }) };
  const trained = await dependencies.trainer.train(model.learns, work, hooks);
  await watch.assertOwned();
  const outcome = await keepVersion(dependencies, { model, training, trained, rows });
  return { status: 'completed', outcome };
};

/** Why a training fails for good; anything else is a fault of ours, and the message returns. */
const toFailure = (error: unknown): TrainingChange => {
  if (!(error instanceof AppError)) throw error;
  const { code, message, details } = error;
  return { status: 'failed', failure: { code, message, details } };
};

/** What follows an end. Each step may be repeated, in case a worker died half-way. */
const conclude = async (
  { push, documents, artifacts }: RunTrainingDependencies,
  training: Training,
): Promise<TrainingVerdict> => {
  await push.send(endedMessage(training));
  await Promise.all([documents.delete(rowsDocumentKey(training)), artifacts.delete(checkpointKey(training))]);
  return DONE;
};

/** Looks again when the worker that has the training, if it has died, has it no longer. */
const retryAfter = ({ takenUntil }: Taken, now: Date): TrainingVerdict => ({
  action: 'retry',
  delaySeconds: Math.max(1, Math.ceil((takenUntil - now.getTime()) / 1000) + 1),
});

/** Lets another worker have the training at once. */
const release = async (
  { trainings, clock }: RunTrainingDependencies,
  key: TrainingKey,
  owner: string,
): Promise<void> => {
  await trainings.update(key, owner, clock(), {});
};

/**
 * Works on a training until it ends, is cancelled or the worker's time is over; then a new message has another worker go
 * on from the last checkpoint. A message that is delivered twice finds the training taken, or ended.
 */
export const runTraining = async (
  dependencies: RunTrainingDependencies,
  message: TrainingKey,
  delivery: Delivery,
): Promise<TrainingVerdict> => {
  const { trainings, clock, queue, logger } = dependencies;
  const owner = randomUUID();
  const watch = createTrainingWatch(dependencies, { key: message, owner, delivery });
  const training = await trainings.acquire(message, owner, clock(), watch.leaseEnd());
  if (training === undefined) return DONE;
  if ('takenUntil' in training) return retryAfter(training, clock());
  if (hasEnded(training)) return conclude(dependencies, training);
  try {
    const model = await requireModel(dependencies.registry, { tenant: message.tenant, model: message.model });
    watch.begin(training);
    const change = await train(dependencies, { model, training, watch }).catch(toEndOrRethrow);
    const ended = await watch.end(change);
    return ended === undefined ? DONE : await conclude(dependencies, ended);
  } catch (error) {
    if (error instanceof Interruption && error.reason === 'lost') return DONE;
    await release(dependencies, message, owner);
    if (!(error instanceof Interruption)) throw error;
    logger.info('Training goes on in another run', { ...message, reason: error.reason });
    await queue.send(message);
    return DONE;
  } finally {
    watch.stop();
  }
};

const toEndOrRethrow = (error: unknown): TrainingChange => {
  if (error instanceof Interruption && error.reason === 'cancelled') return { status: 'cancelled' };
  return toFailure(error);
};
