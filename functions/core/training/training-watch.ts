import type { ArtifactStore, TrainerHooks, TrainingChange, TrainingStore } from '../model-ports.ts';
import { progressMessage } from '../model-registry/model-events.ts';
import type { Clock, PushQueue } from '../ports.ts';
import type { Delivery } from './run-training.ts';
import { checkpointKey, type Training, type TrainingKey, type TrainingProgress } from './training.ts';

/** Milliseconds a training stays a worker's own after it was last heard of. */
const LEASE_MS = 30_000;
/** Between two looks at the store and pushes of progress. */
const BEAT_MS = 1_000;
/** Between looks while an epoch lasts. */
const IDLE_BEAT_MS = 5_000;
const HIDE_MS = 30_000;
/** Before the worker's time is over: the epoch in hand may end and be kept. */
const LAST_EPOCH_MS = 60_000;
/** Then it is broken off, so that there is time to hand over. */
const BREAK_OFF_MS = 20_000;

/** Why a run ends before its training does. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly reason: 'cancelled' | 'out of time' | 'lost';

  constructor(reason: Interruption['reason']) {
    super(`The run was interrupted: ${reason}`);
    this.reason = reason;
  }
}

export interface WatchDependencies {
  readonly trainings: TrainingStore;
  readonly artifacts: ArtifactStore;
  readonly push: PushQueue;
  readonly clock: Clock;
  /** Milliseconds between checkpoints. */
  readonly checkpointMs: number;
}

export interface TrainingWatch extends Pick<TrainerHooks, 'onEpoch' | 'signal'> {
  leaseEnd(): Date;
  begin(training: Training): void;
  /** Notes that it goes on from a checkpoint. */
  resume(): void;
  /** @throws {Interruption} `lost` when another worker has taken over */
  assertOwned(): Promise<void>;
  /** Records how it ended; undefined when another worker has taken over. */
  end(change: TrainingChange): Promise<Training | undefined>;
  stop(): void;
}

/** Whether so many milliseconds have passed since the last time that they had. */
const createInterval = (clock: Clock, milliseconds: number) => {
  let since = clock().getTime();
  return {
    isOver: (): boolean => clock().getTime() - since >= milliseconds,
    restart(): void {
      since = clock().getTime();
    },
  };
};

/**
 * Keeps a training a worker's own while it works: notes and pushes its progress, takes checkpoints, and ends the work when
 * it is cancelled, another worker has it or the time is over.
 */
export const createTrainingWatch = (
  { trainings, artifacts, push, clock, checkpointMs }: WatchDependencies,
  { key, owner, delivery }: { key: TrainingKey; owner: string; delivery: Delivery },
): TrainingWatch => {
  const controller = new AbortController();
  const [beats, hides, checkpoints] = [BEAT_MS, HIDE_MS, checkpointMs].map((ms) => createInterval(clock, ms)) as [
    ReturnType<typeof createInterval>,
    ReturnType<typeof createInterval>,
    ReturnType<typeof createInterval>,
  ];
  let timer: NodeJS.Timeout | undefined;
  let watched: Training | undefined;
  let latest: TrainingProgress | undefined;
  let told = 0;
  let resumes = false;
  let resumedFrom: number | undefined;

  const leaseEnd = (): Date => new Date(clock().getTime() + LEASE_MS);
  const interrupt = (reason: Interruption['reason']): void => controller.abort(new Interruption(reason));

  const reached = (): TrainingChange => ({
    ...(latest === undefined ? {} : { progress: latest, stalledRuns: 0 }),
    ...(resumedFrom === undefined ? {} : { resumedFrom }),
  });

  const tell = async (progress: TrainingProgress): Promise<void> => {
    if (watched === undefined || progress.epoch === told) return;
    told = progress.epoch;
    await push.send(progressMessage(watched, progress, clock().toISOString()));
  };

  /** Notes that this worker is alive and how far it is; learns whether it shall go on. */
  const beat = async (): Promise<void> => {
    beats.restart();
    const progress = latest;
    const current = await trainings.update(key, owner, leaseEnd(), reached());
    if (current === undefined) return interrupt('lost');
    if (current.cancelRequested) return interrupt('cancelled');
    if (progress !== undefined) await tell(progress);
    if (!hides.isOver()) return;
    hides.restart();
    await delivery.stayHidden();
  };

  const keep = async (checkpoint: () => Promise<Uint8Array>): Promise<void> => {
    checkpoints.restart();
    await artifacts.put(checkpointKey(key), await checkpoint());
  };

  return {
    leaseEnd,
    signal: controller.signal,

    begin(training) {
      watched = training;
      void delivery.stayHidden();
      timer = setInterval(() => {
        if (delivery.remainingMs() < BREAK_OFF_MS) interrupt('out of time');
        // What the store does not take now it is told at the next beat; the lease outlasts many.
        else void beat().catch(() => undefined);
      }, IDLE_BEAT_MS);
      timer.unref();
    },

    resume() {
      resumes = true;
    },

    async onEpoch(progress, checkpoint) {
      latest = progress;
      if (resumes) resumedFrom ??= progress.epoch - 1;
      if (beats.isOver()) await beat();
      const isLast = delivery.remainingMs() < LAST_EPOCH_MS;
      if (isLast || checkpoints.isOver()) await keep(checkpoint);
      if (isLast) interrupt('out of time');
    },

    async assertOwned() {
      const current = await trainings.update(key, owner, leaseEnd(), {});
      if (current === undefined) throw new Interruption('lost');
    },

    async end(change) {
      const endedAt = clock().toISOString();
      return trainings.update(key, owner, clock(), { ...reached(), ...change, endedAt });
    },

    stop: () => clearInterval(timer),
  };
};
