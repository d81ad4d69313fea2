import * as z from 'zod';
import { AppError } from '../errors.ts';
import type { TrainingStore } from '../model-ports.ts';
import { endedMessage } from '../model-registry/model-events.ts';
import type { Clock, PushQueue } from '../ports.ts';
import { hasEnded, type Training, type TrainingKey } from './training.ts';

const idSchema = z.uuid();

/** @throws {AppError} `training.not_found` */
export const getTraining = async (
  { trainings }: { readonly trainings: Pick<TrainingStore, 'get'> },
  key: TrainingKey,
): Promise<Training> => {
  const found = idSchema.safeParse(key.trainingId).success ? await trainings.get(key) : undefined;
  if (found !== undefined) return found;
  throw new AppError('training.not_found', `The model "${key.model}" has no training ${key.trainingId}`, {
    details: [{ field: 'trainingId', message: 'unknown' }],
  });
};

/**
 * Cancels a training: at once while no worker has it, within seconds while one does.
 *
 * @throws {AppError} `training.not_found`, or `training.ended` when it is too late
 */
export const cancelTraining = async (
  { trainings, push, clock }: { readonly trainings: TrainingStore; readonly push: PushQueue; readonly clock: Clock },
  key: TrainingKey,
): Promise<Training> => {
  await getTraining({ trainings }, key);
  const cancelled = await trainings.cancel(key, clock());
  if (cancelled === undefined) {
    throw new AppError('training.ended', `The training ${key.trainingId} has ended already`);
  }
  if (hasEnded(cancelled)) await push.send(endedMessage(cancelled));
  return cancelled;
};

/** A training as clients see it. */
export type TrainingView = Omit<Training, 'tenant' | 'stalledRuns' | 'cancelRequested' | 'status'> & {
  readonly status: Training['status'] | 'cancelling';
};

export const presentTraining = (training: Training): TrainingView => {
  const { tenant: _tenant, stalledRuns: _stalledRuns, cancelRequested, ...view } = training;
  return { ...view, status: cancelRequested && !hasEnded(training) ? 'cancelling' : training.status };
};
