import { AppError } from '../errors.ts';
import type { ArtifactStore, NetworkReviewer } from '../model-ports.ts';
import { contestMetric, rivalsOf } from '../model-registry/compare-versions.ts';
import { isHigherBetter, type Model, type ModelKey } from '../model-registry/model.ts';
import { loadStoredNetwork } from '../model-registry/stored-network.ts';
import type { Metrics, ModelVersion, Review } from '../model-registry/version.ts';
import type { Logger } from '../ports.ts';
import { type StartTrainingDependencies, startTraining } from './start-training.ts';
import { hasEnded, type Training } from './training.ts';
import { type DataRow, gatherRows, type TrainingDataDependencies } from './training-data.ts';

export interface ReviewDependencies extends StartTrainingDependencies, TrainingDataDependencies {
  readonly artifacts: ArtifactStore;
  readonly reviewer: NetworkReviewer;
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;
/** Between two trainings that nobody asked for; a little less than a day, so that a day's review is not missed. */
const SHORTEST_PAUSE_MS = DAY_MS - 3_600_000;
/** New rows from which on something can be said of drift. */
const FEWEST_ROWS = 50;

type Retraining = NonNullable<Model['retraining']>;

/** Rows of analyses that were submitted after a version was trained. */
const rowsSince = async (
  dependencies: ReviewDependencies,
  key: ModelKey,
  { query, path }: Retraining['data'],
  start: string,
): Promise<DataRow[]> => {
  try {
    return await gatherRows(dependencies, key, { query: { ...query, timeRange: { start } }, path });
  } catch (error) {
    // Nothing new is no fault.
    if (error instanceof AppError && error.code === 'training.bad_data') return [];
    throw error;
  }
};

/** Scores of the champion and of its challengers, which serve nobody, on rows that all of them are new to. */
const scoreLive = async (
  { artifacts, reviewer, logger }: ReviewDependencies,
  model: Model,
  versions: readonly ModelVersion[],
  rows: readonly DataRow[],
): Promise<Record<string, Metrics>> => {
  const scores: Record<string, Metrics> = {};
  for (const version of versions) {
    try {
      const network = await loadStoredNetwork(artifacts, version);
      scores[version.version] = await reviewer.judge(model.learns, network, rows);
    } catch (error) {
      logger.warn('A version could not be scored', { model: model.name, version: version.version, error });
    }
  }
  return scores;
};

/** By how much a champion does worse on new rows than on those that were held out, as a share; undefined if not told. */
const growthOfError = (model: Model, champion: ModelVersion, scores: Record<string, Metrics>): number | undefined => {
  const metric = contestMetric(model);
  const [before, now] = [champion.metrics[metric], scores[champion.version]?.[metric]];
  // An autoencoder's error is measured by the spread of the rows themselves.
  if (before === undefined || now === undefined || model.learns.kind === 'autoencoder') return undefined;
  return (isHigherBetter(metric) ? before - now : now - before) / Math.max(Math.abs(before), Number.EPSILON);
};

const looksDrifted = (
  { drift }: Retraining,
  { stability, errorGrowth }: Pick<Review, 'stability' | 'errorGrowth'>,
): Review['decision'] | undefined => {
  if (drift === undefined) return undefined;
  const moved = Object.values(stability).some(({ index, chance }) => index > drift.stability && index > chance);
  if (moved) return 'stability';
  return errorGrowth !== undefined && errorGrowth > drift.error ? 'error' : undefined;
};

interface Observed {
  readonly retraining: Retraining;
  readonly last: Training | undefined;
  readonly now: number;
}

const isDue = ({ retraining: { everyDays }, last, now }: Observed): boolean =>
  everyDays !== undefined && (last === undefined || now - Date.parse(last.requestedAt) >= everyDays * DAY_MS);

const mayTrain = ({ last, now }: Observed): boolean =>
  last === undefined || (hasEnded(last) && now - Date.parse(last.requestedAt) >= SHORTEST_PAUSE_MS);

const observe = async (dependencies: ReviewDependencies, model: Model, retraining: Retraining) => {
  const key = { tenant: model.tenant, model: model.name };
  const { registry, reviewer } = dependencies;
  const { champion: number } = await registry.championship(key);
  const champion = number === undefined ? undefined : await registry.getVersion(key, number);
  if (champion === undefined) return { rows: 0, stability: {}, scores: {}, errorGrowth: undefined };
  const versions = await rivalsOf(registry, key);
  // New to every version that is scored, not only to the champion.
  const since =
    versions
      .map(({ trainedAt }) => trainedAt)
      .sort()
      .at(-1) ?? champion.trainedAt;
  const rows = await rowsSince(dependencies, key, retraining.data, since);
  if (rows.length < FEWEST_ROWS) return { rows: rows.length, stability: {}, scores: {}, errorGrowth: undefined };
  const stability = reviewer.stability(model.learns, champion.profiles, rows);
  const scores = await scoreLive(dependencies, model, versions, rows);
  return { rows: rows.length, stability, scores, errorGrowth: growthOfError(model, champion, scores) };
};

/**
 * Looks at a model that is retrained by itself: scores its versions on rows that came since, and asks for a training when
 * one is due, the features have moved beyond chance, or the champion errs more than it did. The training makes a
 * challenger; whether that serves is decided as for any other.
 */
export const reviewModel = async (dependencies: ReviewDependencies, key: ModelKey): Promise<Review | undefined> => {
  const { registry, trainings, clock } = dependencies;
  const model = await registry.get(key.tenant, key.model);
  if (model?.retraining === undefined) return undefined;
  const { retraining, lastTraining } = model;
  const last = lastTraining === undefined ? undefined : await trainings.get({ ...key, trainingId: lastTraining });
  const now = clock();
  const observed: Observed = { retraining, last, now: now.getTime() };
  const seen = await observe(dependencies, model, retraining);
  const wanted = isDue(observed) ? 'schedule' : looksDrifted(retraining, seen);
  const decision = wanted !== undefined && mayTrain(observed) ? wanted : 'none';
  // Reviewed twice after the same training, a model is trained once.
  const idempotencyKey = `review after ${lastTraining ?? 'nothing'}`;
  const training =
    decision === 'none'
      ? undefined
      : await startTraining(dependencies, { ...key, body: { data: retraining.data }, idempotencyKey });
  const started = training === undefined ? {} : { trainingId: training.trainingId };
  const review: Review = { reviewedAt: now.toISOString(), decision, ...seen, ...started };
  await registry.keepReview(key, review);
  return review;
};
