import { usualErrorsOf } from '../networks/reconstruction-error.ts';
import { type TrainedNetwork, trainRowsNetwork } from '../networks/rows-network.ts';
import { loadRowsNetwork } from '../networks/rows-predictor.ts';
import { trainSequenceClassifier } from '../networks/sequence-classifier.ts';
import { trainTimeStepNetwork } from '../networks/time-step-network.ts';
import type { TrainingHooks } from '../networks/training-loop.ts';
import { parseTrainingOptions } from '../networks/training-options.ts';
import { numbersOf } from './columns.ts';
import { judge, select } from './judgement.ts';
import type { DataRow, Task } from './task.ts';
import type { LearnedNetwork } from './task-predictor.ts';
import { type JudgedData, type Lesson, lessonOf } from './task-rows.ts';

export interface LearnedTask extends LearnedNetwork, Omit<TrainedNetwork, 'metrics'> {
  /** Of the held-out rows, or of those learned from when none are held out. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The same metrics of another network, on the same rows. */
  readonly judgeOther: (network: LearnedNetwork) => Promise<Readonly<Record<string, number>>>;
}

const train = ({ config, material }: Lesson, training: unknown, hooks: TrainingHooks): Promise<TrainedNetwork> => {
  switch (material.kind) {
    case 'rows':
      return trainRowsNetwork(config, material.data, training, hooks);
    case 'series':
      return trainTimeStepNetwork(config, material.series, training, hooks);
    case 'sequences':
      return trainSequenceClassifier(config, material.sequences, training, hooks);
  }
};

const usualErrors = async (task: Task, artifact: Uint8Array, { rows, learned }: JudgedData) => {
  if (task.kind !== 'autoencoder') return {};
  const inputs = numbersOf(select(rows, learned), task.features);
  const network = await loadRowsNetwork(artifact);
  try {
    return { usualErrors: usualErrorsOf(inputs, await network.predict(inputs), task.features.length) };
  } finally {
    network.dispose();
  }
};

/**
 * Trains a network to do a task on rows and judges it by those that were held out.
 *
 * @param config as `networkOf` takes it @param training as `parseTrainingOptions` takes it
 * @throws NetworkConfigError, TrainingDataError or DivergedError with the reason; the signal's reason when aborted
 */
export const trainTask = async (
  task: Task,
  { config, training, rows }: { config: unknown; training: unknown; rows: readonly DataRow[] },
  hooks: TrainingHooks = {},
): Promise<LearnedTask> => {
  const options = parseTrainingOptions(training);
  const lesson = lessonOf(task, config, rows, options);
  const trained = await train(lesson, training, hooks);
  const reading = { ...lesson.reading, ...(await usualErrors(task, trained.artifact, lesson.judged)) };
  const judgeOther = (network: LearnedNetwork) => judge(task, network, lesson.judged);
  const learned = { artifact: trained.artifact, config: lesson.config, reading };
  return { ...trained, ...learned, metrics: await judgeOther(learned), judgeOther };
};
