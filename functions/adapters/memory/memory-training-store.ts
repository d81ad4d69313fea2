import type { TrainingStore } from '../../core/model-ports.ts';
import { hasEnded, type Training, type TrainingKey } from '../../core/training/training.ts';

interface Kept {
  readonly training: Training;
  readonly owner: string;
  /** Epoch ms. */
  readonly until: number;
}

export const createMemoryTrainingStore = (): TrainingStore => {
  const trainings = new Map<string, Kept>();
  const keyOf = ({ tenant, model, trainingId }: TrainingKey): string => [tenant, model, trainingId].join('\n');

  return {
    async create(training) {
      if (!trainings.has(keyOf(training))) trainings.set(keyOf(training), { training, owner: '', until: 0 });
    },
    get: async (key) => trainings.get(keyOf(key))?.training,
    async acquire(key, owner, now, until) {
      const kept = trainings.get(keyOf(key));
      if (kept === undefined || hasEnded(kept.training)) return kept?.training;
      if (kept.until > now.getTime()) return { takenUntil: kept.until };
      const { runs, stalledRuns, startedAt = now.toISOString() } = kept.training;
      const counted = { runs: runs + 1, stalledRuns: stalledRuns + 1, startedAt };
      const training: Training = { ...kept.training, status: 'running', ...counted };
      trainings.set(keyOf(key), { training, owner, until: until.getTime() });
      return training;
    },
    async update(key, owner, until, change) {
      const kept = trainings.get(keyOf(key));
      if (kept === undefined || kept.owner !== owner || hasEnded(kept.training)) return undefined;
      const training = { ...kept.training, ...change };
      trainings.set(keyOf(key), { training, owner, until: until.getTime() });
      return training;
    },
    async cancel(key, now) {
      const kept = trainings.get(keyOf(key));
      if (kept === undefined || hasEnded(kept.training)) return undefined;
      const training: Training =
        kept.training.status === 'queued' || kept.until < now.getTime()
          ? { ...kept.training, status: 'cancelled', cancelRequested: true, endedAt: now.toISOString() }
          : { ...kept.training, cancelRequested: true };
      trainings.set(keyOf(key), { ...kept, training });
      return training;
    },
  };
};
