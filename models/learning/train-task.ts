import { NetworkConfigError } from '../networks/config/problems.ts';
import { sizeOf } from '../networks/config/shapes.ts';
import { TrainingDataError } from '../networks/data-quality.ts';
import type { RowsData } from '../networks/network-rows.ts';
import { usualErrorsOf } from '../networks/reconstruction-error.ts';
import { type TrainedNetwork, trainRowsNetwork } from '../networks/rows-network.ts';
import { loadRowsNetwork } from '../networks/rows-predictor.ts';
import { trainSequenceClassifier } from '../networks/sequence-classifier.ts';
import { windowsOf } from '../networks/sequence-forecaster.ts';
import { trainTimeStepNetwork } from '../networks/time-step-network.ts';
import type { TrainingHooks } from '../networks/training-loop.ts';
import { parseTrainingOptions, type TrainingOptions } from '../networks/training-options.ts';
import { splitRows } from '../networks/validation-split.ts';
import { classesAmong, labelledSequences, labelsOf, numbersOf } from './columns.ts';
import { type JudgedData, judge, select } from './judgement.ts';
import { type DataRow, networkOf, type OutputReading, type Task } from './task.ts';
import type { LearnedNetwork } from './task-predictor.ts';

/** Forecasts, the last ones, that a network is judged by at most. */
const MOST_FORECASTS = 500;

export interface LearnedTask extends LearnedNetwork, Omit<TrainedNetwork, 'metrics'> {
  /** Of the held-out rows, or of those learned from when none are held out. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The same metrics of another network, on the same rows. */
  readonly judgeOther: (network: LearnedNetwork) => Promise<Readonly<Record<string, number>>>;
}

interface Lesson {
  readonly config: unknown;
  readonly reading: OutputReading;
  readonly train: (training: unknown, hooks: TrainingHooks) => Promise<TrainedNetwork>;
  readonly judged: JudgedData;
}

const allRows = (rows: readonly DataRow[]): Int32Array => Int32Array.from(rows, (_, row) => row);

/** Rows to judge by: those that are held out or, when none are, all. */
const judgedRows = (
  rows: readonly DataRow[],
  options: TrainingOptions,
  labels?: readonly string[],
  classes?: readonly string[],
): JudgedData => {
  const classOf = labels && classes && Int32Array.from(labels, (label) => classes.indexOf(label));
  const { training, validation } = splitRows(rows.length, options, classOf);
  return { rows, learned: training, judged: validation.length > 0 ? validation : allRows(rows) };
};

/** One column of 0 and 1 for two classes and one output, else a column a class. */
const classTargets = (labels: readonly string[], classes: readonly string[], outputs: number): Float32Array => {
  if (outputs === 1) return Float32Array.from(labels, (label) => Number(label === classes[1]));
  const targets = new Float32Array(labels.length * classes.length);
  for (const [row, label] of labels.entries()) targets[row * classes.length + classes.indexOf(label)] = 1;
  return targets;
};

type TaskOf<Kind extends Task['kind']> = Extract<Task, { kind: Kind }>;

const classificationLesson = (
  { features, target, ...task }: TaskOf<'classification'>,
  given: unknown,
  rows: readonly DataRow[],
  options: TrainingOptions,
): Lesson => {
  const labels = labelsOf(rows, target);
  const classes = classesAmong(labels, target);
  const config = networkOf({ ...task, features, target }, given, classes.length);
  const outputs =
    config.type === 'tensorflow' ? sizeOf(config.shapes.output) : classes.length === 2 ? 1 : classes.length;
  const data: RowsData = {
    rows: rows.length,
    inputs: numbersOf(rows, features),
    targets: classTargets(labels, classes, outputs),
    inputNames: features,
    targetNames: outputs === 1 ? [target] : classes.map((label) => `${target}=${label}`),
  };
  return {
    config,
    reading: { labels: classes },
    train: (training, hooks) => trainRowsNetwork(withoutShapes(config), data, training, hooks),
    judged: judgedRows(rows, options, labels, classes),
  };
};

const numbersLesson = (
  task: TaskOf<'regression' | 'autoencoder'>,
  given: unknown,
  rows: readonly DataRow[],
  options: TrainingOptions,
): Lesson => {
  const config = networkOf(task, given);
  const inputs = numbersOf(rows, task.features);
  const target = task.kind === 'regression' ? [task.target] : task.features;
  const data: RowsData = {
    rows: rows.length,
    inputs,
    targets: task.kind === 'regression' ? numbersOf(rows, target) : inputs,
    inputNames: task.features,
    targetNames: target,
  };
  return {
    config,
    reading: {},
    train: (training, hooks) => trainRowsNetwork(withoutShapes(config), data, training, hooks),
    judged: judgedRows(rows, options),
  };
};

const requireOrder = ({ validation: { split } }: TrainingOptions): void => {
  if (split === 'time' || split === 'none') return;
  throw new NetworkConfigError(['training.validation.split: must be time or none for a forecast, whose order counts']);
};

/**
 * Forecasts to judge by: every one whose horizon lies within the last steps that no network of the task has learned
 * from, whether it learns windows or steps.
 */
const judgedForecasts = (
  { window, horizon }: TaskOf<'forecast'>,
  rows: readonly DataRow[],
  { validation: { split, share } }: TrainingOptions,
): JudgedData => {
  const steps = rows.length;
  const windows = Math.max(0, steps - window - horizon + 1);
  const heldOut = split === 'none' ? 0 : share;
  const first = Math.max(steps - Math.round(heldOut * steps), steps - horizon + 1 - Math.round(heldOut * windows));
  const last = steps - horizon;
  const from = first > last ? window : first;
  const positions = Int32Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => from + index);
  return { rows, learned: allRows(rows).slice(0, from), judged: positions.slice(-MOST_FORECASTS) };
};

const forecastLesson = (
  task: TaskOf<'forecast'>,
  given: unknown,
  rows: readonly DataRow[],
  options: TrainingOptions,
): Lesson => {
  requireOrder(options);
  const config = networkOf(task, given);
  const series = { values: numbersOf(rows, task.features), features: task.features.length };
  const data = windowsOf(series, task);
  if (data.rows === 0)
    throw new TrainingDataError([
      `rows: ${rows.length} steps are too few for a window of ${task.window} and a horizon of ${task.horizon}`,
    ]);
  return {
    config,
    reading: {},
    train: (training, hooks) =>
      config.type === 'brain'
        ? trainTimeStepNetwork(config, series, training, hooks)
        : trainRowsNetwork(withoutShapes(config), { ...data, inputNames: task.features }, training, hooks),
    judged: judgedForecasts(task, rows, options),
  };
};

const sequenceLesson = (
  task: TaskOf<'sequence-classification'>,
  given: unknown,
  rows: readonly DataRow[],
  options: TrainingOptions,
): Lesson => {
  const config = networkOf(task, given);
  const sequences = labelledSequences(rows, task.sequence, task.target);
  const labels = sequences.map(({ label }) => label);
  const classes = classesAmong(labels, task.target);
  return {
    config,
    reading: { labels: classes },
    train: (training, hooks) => trainSequenceClassifier(config, sequences, training, hooks),
    judged: judgedRows(rows, options, labels, classes),
  };
};

/** The shapes that parsing found out are no part of what is given. */
const withoutShapes = (config: object): object => {
  const { shapes: _, ...given } = { shapes: undefined, ...config };
  return given;
};

const lessonOf = (task: Task, config: unknown, rows: readonly DataRow[], options: TrainingOptions): Lesson => {
  switch (task.kind) {
    case 'regression':
    case 'autoencoder':
      return numbersLesson(task, config, rows, options);
    case 'classification':
      return classificationLesson(task, config, rows, options);
    case 'forecast':
      return forecastLesson(task, config, rows, options);
    case 'sequence-classification':
      return sequenceLesson(task, config, rows, options);
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
  const trained = await lesson.train(training, hooks);
  const reading = { ...lesson.reading, ...(await usualErrors(task, trained.artifact, lesson.judged)) };
  const judgeOther = (network: LearnedNetwork) => judge(task, network, lesson.judged);
  const learned = { artifact: trained.artifact, config: withoutShapes(Object(lesson.config)), reading };
  return { ...trained, ...learned, metrics: await judgeOther(learned), judgeOther };
};
