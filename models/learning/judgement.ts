import { errorsOf, type PredictionMetrics } from '../networks/prediction-metrics.ts';
import { loadRowsNetwork } from '../networks/rows-predictor.ts';
import { standardScaling } from '../networks/scaling.ts';
import { auc } from '../tabular/classification-metrics.ts';
import { labelsOf, numbersOf } from './columns.ts';
import type { DataRow, Task } from './task.ts';
import {
  type LabelPrediction,
  type LearnedNetwork,
  loadSeriesForecaster,
  loadTaskPredictor,
} from './task-predictor.ts';
import type { JudgedData } from './task-rows.ts';

const SMALLEST_PROBABILITY = 1e-15;

export const select = (rows: readonly DataRow[], numbers: Int32Array): DataRow[] =>
  Array.from(numbers, (at) => rows[at] ?? {});

const labelMetrics = (
  predictions: readonly LabelPrediction[],
  actual: readonly string[],
  classes: readonly string[],
): PredictionMetrics => {
  let [right, loss] = [0, 0];
  for (const [row, { label, probabilities }] of predictions.entries()) {
    const truth = actual[row] ?? '';
    right += Number(label === truth);
    loss -= Math.log(Math.max(SMALLEST_PROBABILITY, probabilities[truth] ?? 0));
  }
  const metrics = { accuracy: right / actual.length, logLoss: loss / actual.length };
  const [, positive = ''] = classes;
  if (classes.length !== 2 || new Set(actual).size !== 2) return metrics;
  const scores = predictions.map(({ probabilities }) => probabilities[positive] ?? 0);
  return {
    ...metrics,
    auc: auc(
      scores,
      Uint8Array.from(actual, (label) => Number(label === positive)),
    ),
  };
};

const judgeLabels = async (
  task: Extract<Task, { kind: 'classification' | 'sequence-classification' }>,
  network: LearnedNetwork,
  { rows, judged }: JudgedData,
): Promise<PredictionMetrics> => {
  const predictor = await loadTaskPredictor(task, network);
  try {
    const chosen = select(rows, judged);
    const answer = await predictor.predict(chosen);
    if (answer.kind !== 'classification' && answer.kind !== 'sequence-classification')
      throw new TypeError(`classes were expected, not a ${answer.kind}`);
    const classes = [...new Set(labelsOf(rows, task.target))].sort();
    return labelMetrics(answer.predictions, labelsOf(chosen, task.target), classes);
  } finally {
    predictor.dispose();
  }
};

const judgeNumbers = async (
  { features, ...task }: Extract<Task, { kind: 'regression' | 'autoencoder' }>,
  { artifact }: LearnedNetwork,
  { rows, learned, judged }: JudgedData,
): Promise<PredictionMetrics> => {
  const network = await loadRowsNetwork(artifact);
  try {
    const chosen = select(rows, judged);
    const inputs = numbersOf(chosen, features);
    const outputs = await network.predict(inputs);
    if (task.kind === 'regression') {
      const { offset } = standardScaling(numbersOf(select(rows, learned), [task.target]), 1);
      return errorsOf(outputs, numbersOf(chosen, [task.target]), offset);
    }
    // Each feature in units of its own spread: the widest would otherwise be all that counts.
    const { scale } = standardScaling(numbersOf(select(rows, learned), features), features.length);
    const squares = inputs.reduce(
      (sum, input, at) => sum + ((input - (outputs[at] ?? 0)) / (scale[at % scale.length] ?? 1)) ** 2,
      0,
    );
    return { reconstructionError: squares / inputs.length };
  } finally {
    network.dispose();
  }
};

/** Absolute errors of a forecast and of the last value repeated, summed over what was told of each feature. */
const forecastErrors = (
  told: Float32Array,
  series: Float32Array,
  { at, features }: { readonly at: number; readonly features: number },
  sums: { readonly forecast: Float64Array; readonly naive: Float64Array; squares: number },
): void => {
  for (let k = 0; k < told.length; k += 1) {
    const feature = k % features;
    const actual = series[at * features + k] ?? 0;
    const error = Math.abs((told[k] ?? 0) - actual);
    sums.forecast[feature] = (sums.forecast[feature] ?? 0) + error;
    sums.naive[feature] = (sums.naive[feature] ?? 0) + Math.abs((series[(at - 1) * features + feature] ?? 0) - actual);
    sums.squares += error * error;
  }
};

const judgeForecast = async (
  task: Extract<Task, { kind: 'forecast' }>,
  network: LearnedNetwork,
  { rows, judged }: JudgedData,
): Promise<PredictionMetrics> => {
  const features = task.features.length;
  const series = numbersOf(rows, task.features);
  const forecaster = await loadSeriesForecaster(task, network);
  try {
    const histories = [...judged].map((at) => series.subarray(0, at * features));
    const told = await forecaster.forecast(histories);
    const sums = { forecast: new Float64Array(features), naive: new Float64Array(features), squares: 0 };
    for (const [index, at] of judged.entries())
      forecastErrors(told[index] ?? new Float32Array(0), series, { at, features }, sums);
    const count = judged.length * task.horizon * features;
    const absolute = sums.forecast.reduce((sum, error) => sum + error, 0);
    const scaled = sums.forecast.reduce((sum, error, k) => sum + error / ((sums.naive[k] ?? 0) || Number.EPSILON), 0);
    return {
      meanAbsoluteError: absolute / count,
      rootMeanSquaredError: Math.sqrt(sums.squares / count),
      scaledError: scaled / features,
    };
  } finally {
    forecaster.dispose();
  }
};

/**
 * How well a network does on rows, in the data's own units:
 *
 * - regression: mean absolute and root mean squared error, share of the variance that is explained
 * - classification: accuracy, logarithmic loss and, of two classes, the area under the ROC curve
 * - autoencoder: mean squared error, each feature in units of its variance
 * - forecast: errors over the horizon, and the absolute error as a multiple of that of the last value repeated
 */
export const judge = async (task: Task, network: LearnedNetwork, data: JudgedData): Promise<PredictionMetrics> => {
  switch (task.kind) {
    case 'regression':
    case 'autoencoder':
      return judgeNumbers(task, network, data);
    case 'forecast':
      return judgeForecast(task, network, data);
    default:
      return judgeLabels(task, network, data);
  }
};
