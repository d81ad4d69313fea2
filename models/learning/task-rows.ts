import type { NetworkConfig } from '../networks/config/network-config.ts';
import { NetworkConfigError } from '../networks/config/problems.ts';
import { sizeOf } from '../networks/config/shapes.ts';
import { TrainingDataError } from '../networks/data-quality.ts';
import { layoutOf, prepareRows, type RowsData } from '../networks/network-rows.ts';
import type { Sequence } from '../networks/sequence-classifier.ts';
import { type Series, windowsOf } from '../networks/series-windows.ts';
import { parseTrainingOptions, type TrainingOptions } from '../networks/training-options.ts';
import { splitRows } from '../networks/validation-split.ts';
import { classesAmong, labelledSequences, labelsOf, numbersOf, requireAscending } from './columns.ts';
import { type DataRow, networkOf, type OutputReading, type Task } from './task.ts';

/** Forecasts, the last ones, that a network is judged by at most. */
const MOST_FORECASTS = 500;

/** Rows a network is judged by, and those its hold-out was taken from. */
export interface JudgedData {
  /** In the order they came. */
  readonly rows: readonly DataRow[];
  /** Numbers of the rows that were learned from; of a forecast those before the first held-out one. */
  readonly learned: Int32Array;
  /** Numbers of the judged rows; of a forecast the first of each told horizon. */
  readonly judged: Int32Array;
}

/** Rows as the networks take them. */
type Material =
  | { readonly kind: 'rows'; readonly data: RowsData }
  | { readonly kind: 'series'; readonly series: Series }
  | { readonly kind: 'sequences'; readonly sequences: readonly Sequence[] };

export interface Lesson {
  /** With every default filled in. */
  readonly config: object;
  readonly reading: OutputReading;
  readonly material: Material;
  readonly judged: JudgedData;
}

/** The shapes that parsing found out are no part of what is given. */
const withoutShapes = (config: NetworkConfig): object => {
  if (config.type === 'brain') return config;
  const { shapes: _, ...given } = config;
  return given;
};

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
    config: withoutShapes(config),
    reading: { labels: classes },
    material: { kind: 'rows', data },
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
    config: withoutShapes(config),
    reading: {},
    material: { kind: 'rows', data },
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
  if (task.time !== undefined) requireAscending(rows, task.time);
  const config = networkOf(task, given);
  const series = { values: numbersOf(rows, task.features), features: task.features.length };
  const data = windowsOf(series, task);
  if (data.rows === 0)
    throw new TrainingDataError([
      `rows: ${rows.length} steps are too few for a window of ${task.window} and a horizon of ${task.horizon}`,
    ]);
  return {
    config: withoutShapes(config),
    reading: {},
    material:
      config.type === 'brain'
        ? { kind: 'series', series }
        : { kind: 'rows', data: { ...data, inputNames: task.features } },
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
    config: withoutShapes(config),
    reading: { labels: classes },
    material: { kind: 'sequences', sequences },
    judged: judgedRows(rows, options, labels, classes),
  };
};

/**
 * What of rows a network is given to do a task.
 *
 * @param config as `networkOf` takes it
 * @throws NetworkConfigError or TrainingDataError with the reason
 */
export const lessonOf = (task: Task, config: unknown, rows: readonly DataRow[], options: TrainingOptions): Lesson => {
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

/**
 * Refuses what training would refuse, as far as that can be told without a network.
 *
 * @throws NetworkConfigError or TrainingDataError with the reason
 */
export const checkTask = (
  task: Task,
  { config, training, rows }: { config: unknown; training: unknown; rows: readonly DataRow[] },
): void => {
  const options = parseTrainingOptions(training);
  const lesson = lessonOf(task, config, rows, options);
  if (lesson.material.kind === 'rows')
    prepareRows(layoutOf(lesson.config, lesson.material.data), lesson.material.data, options);
};
