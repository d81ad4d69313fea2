import type { ModelAnswer } from '../../plugins/contract.ts';
import type { Learns, Model, ModelKey } from './model-registry/model.ts';
import type {
  Championship,
  FeatureProfiles,
  HoldOut,
  Metrics,
  ModelVersion,
  OutputReading,
  Review,
  ServedVersion,
} from './model-registry/version.ts';
import type { UploadFormat } from './training/data-schema.ts';
import type { Training, TrainingKey, TrainingMessage, TrainingProgress } from './training/training.ts';
import type { DataRow } from './training/training-data.ts';

/** What models need of the world; the other ports are in `ports.ts`. */

export interface ModelRegistry {
  /** Returns whether the tenant had no model of that name. */
  create(model: Model): Promise<boolean>;
  get(tenant: string, name: string): Promise<Model | undefined>;
  /** A tenant's models by name. */
  list(tenant: string): Promise<Model[]>;
  /**
   * Counts a training and makes it the model's last one, if `after` still is that.
   * Returns its number, or undefined when another came between.
   */
  beginTraining(key: ModelKey, trainingId: string, after: string | undefined): Promise<number | undefined>;
  /** Keeps a version; the same one again changes nothing. */
  addVersion(version: ModelVersion): Promise<void>;
  getVersion(key: ModelKey, version: number): Promise<ModelVersion | undefined>;
  /** The newest versions, newest first. */
  versions(key: ModelKey, limit: number): Promise<ModelVersion[]>;
  addHoldOut(key: ModelKey, holdOut: HoldOut): Promise<void>;
  keepReview(key: ModelKey, review: Review): Promise<void>;
  lastReview(key: ModelKey): Promise<Review | undefined>;
  /** The newest hold-outs, newest first. */
  holdOuts(key: ModelKey): Promise<HoldOut[]>;
  championship(key: ModelKey): Promise<Championship>;
  /** Replaces the championship of a revision; returns false when it has changed since. */
  moveChampionship(key: ModelKey, revision: number, next: Championship): Promise<boolean>;
}

/** What a worker changes of a training while it is its own. */
export type TrainingChange = Partial<
  Pick<
    Training,
    'status' | 'startedAt' | 'endedAt' | 'progress' | 'stalledRuns' | 'resumedFrom' | 'failure' | 'outcome'
  >
>;

/** A training is another worker's until `takenUntil`, in epoch ms. */
export interface Taken {
  readonly takenUntil: number;
}

export interface TrainingStore {
  create(training: Training): Promise<void>;
  get(key: TrainingKey): Promise<Training | undefined>;
  /**
   * Makes a training a worker's own until a time, and counts the run. When it is another's, tells until when; undefined
   * when there is none; one that has ended is given as it is.
   */
  acquire(key: TrainingKey, owner: string, now: Date, until: Date): Promise<Training | Taken | undefined>;
  /** Changes a training and keeps it until a time; undefined when it is no longer the owner's or has ended. */
  update(key: TrainingKey, owner: string, until: Date, change: TrainingChange): Promise<Training | undefined>;
  /** Cancels a training that no worker has, asks one that runs to end; undefined when it has ended. */
  cancel(key: TrainingKey, now: Date): Promise<Training | undefined>;
}

export interface TrainingQueue {
  send(message: TrainingMessage): Promise<void>;
}

/** Bytes of networks and of their checkpoints. */
export interface ArtifactStore {
  put(key: string, bytes: Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array | undefined>;
  delete(key: string): Promise<void>;
}

/** Files that clients bring for a training. */
export interface UploadStore {
  /** A URL that one file may be put to for a limited time, with the headers that must go with it. */
  offer(
    key: string,
    format: UploadFormat,
  ): Promise<{ url: string; headers: Readonly<Record<string, string>>; expiresAt: string }>;
  /** @throws {AppError} `training.bad_data` when there is no such file, or it cannot be read as its format. */
  read(key: string): Promise<DataRow[]>;
}

/** What networks can be, without anything that trains or runs one. */
export interface NetworkRules {
  /** @throws {AppError} `model.invalid_config` that names each place and what was expected. */
  check(learns: Learns, config: unknown, training: unknown): void;
  /** @throws {AppError} `training.bad_data` or `model.invalid_config`: what training on the rows would be refused for. */
  checkRows(learns: Learns, work: TrainingWork): void;
}

interface TrainingWork {
  /** Left out, a ready-made network. */
  readonly config: unknown;
  readonly training: unknown;
  readonly rows: readonly DataRow[];
}

/** A network and what is needed to read it. */
export interface StoredNetwork {
  readonly artifact: Uint8Array;
  readonly config: unknown;
  readonly reading: OutputReading;
}

export interface TrainedVersion
  extends StoredNetwork,
    Pick<
      ModelVersion,
      'profiles' | 'metrics' | 'measuredOn' | 'library' | 'engine' | 'epochs' | 'bestEpoch' | 'stopped' | 'seed'
    > {
  readonly rows: ModelVersion['data']['rows'];
  /** The same metrics of another network on the same rows. */
  judgeOther(network: StoredNetwork): Promise<Metrics>;
}

export interface TrainerHooks {
  /** After each epoch; training waits for it. */
  readonly onEpoch: (progress: TrainingProgress, checkpoint: () => Promise<Uint8Array>) => Promise<void>;
  readonly signal: AbortSignal;
  readonly resumeFrom?: Uint8Array;
}

export interface NetworkTrainer {
  /**
   * @throws {AppError} `model.invalid_config`, `training.bad_data` or `training.diverged` with the reason; the signal's
   *   reason when aborted
   */
  train(learns: Learns, work: TrainingWork, hooks: TrainerHooks): Promise<TrainedVersion>;
}

/** What is looked at of rows that came after a network was trained. */
export interface NetworkReviewer {
  /** Of each feature the population stability index, and what of it chance goes beyond once in a thousand. */
  stability(learns: Learns, profiles: FeatureProfiles, rows: readonly DataRow[]): Review['stability'];
  judge(learns: Learns, network: StoredNetwork, rows: readonly DataRow[]): Promise<Metrics>;
}

/** A network in memory. */
export interface LoadedNetwork {
  /** @throws {AppError} `model.invalid_rows` that names the column and row. */
  predict(rows: readonly DataRow[]): Promise<ModelAnswer>;
  /** Frees its memory. */
  dispose(): void;
}

export interface NetworkLoader {
  /** @throws any error when the bytes are not a network of the version */
  load(version: ServedVersion): Promise<LoadedNetwork>;
}
