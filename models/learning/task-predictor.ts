import { parseNetworkConfig } from '../networks/config/network-config.ts';
import { TrainingDataError } from '../networks/data-quality.ts';
import { reconstructionErrors } from '../networks/reconstruction-error.ts';
import { loadRowsNetwork } from '../networks/rows-predictor.ts';
import { loadSequenceClassifier } from '../networks/sequence-classifier.ts';
import { loadTimeStepNetwork } from '../networks/time-step-network.ts';
import { numbersOf, sequencesOf } from './columns.ts';
import type { DataRow, OutputReading, Task } from './task.ts';

export interface LabelPrediction {
  /** The likeliest. */
  readonly label: string;
  readonly probabilities: { readonly [label: string]: number };
}

interface ReconstructionPrediction {
  /** About 1 for a usual row. */
  readonly error: number;
  /** Share of each feature in the error. */
  readonly shares: { readonly [feature: string]: number };
}

/** What a network says of rows; of a forecast, the next rows. */
type TaskPredictions =
  | { readonly kind: 'regression'; readonly predictions: readonly { readonly value: number }[] }
  | {
      readonly kind: 'classification' | 'sequence-classification';
      readonly predictions: readonly LabelPrediction[];
    }
  | { readonly kind: 'autoencoder'; readonly predictions: readonly ReconstructionPrediction[] }
  | { readonly kind: 'forecast'; readonly predictions: readonly { readonly [feature: string]: number }[] };

/** A trained network and what is needed to read it. */
export interface LearnedNetwork {
  readonly artifact: Uint8Array;
  readonly config: unknown;
  readonly reading: OutputReading;
}

export interface TaskPredictor {
  /** @throws TrainingDataError that names the column and row that do not fit */
  readonly predict: (rows: readonly DataRow[]) => Promise<TaskPredictions>;
  readonly dispose: () => void;
}

const byName = (names: readonly string[], values: ArrayLike<number>, from = 0): Record<string, number> =>
  Object.fromEntries(names.map((name, index) => [name, values[from + index] ?? 0]));

const toLabelPrediction = (labels: readonly string[], probabilities: readonly number[]): LabelPrediction => ({
  label: labels[probabilities.indexOf(Math.max(...probabilities))] ?? '',
  probabilities: byName(labels, probabilities),
});

/** Outputs of a network that was not made to give probabilities are brought to a sum of 1. */
const probabilitiesOf = (outputs: readonly number[]): number[] => {
  const kept = outputs.map((output) => Math.min(1, Math.max(0, output)));
  const [second = 0] = kept;
  if (kept.length === 1) return [1 - second, second];
  const sum = kept.reduce((total, output) => total + output, 0);
  return kept.map((output) => (sum === 0 ? 1 / kept.length : output / sum));
};

const rowsPredictor = async (
  task: Extract<Task, { kind: 'regression' | 'classification' | 'autoencoder' }>,
  { artifact, reading }: LearnedNetwork,
): Promise<TaskPredictor> => {
  const network = await loadRowsNetwork(artifact);
  const { features } = task;
  const read = (inputs: Float32Array, outputs: Float32Array): TaskPredictions => {
    if (task.kind === 'regression')
      return { kind: 'regression', predictions: Array.from(outputs, (value) => ({ value })) };
    if (task.kind === 'autoencoder') {
      const errors = reconstructionErrors(inputs, outputs, features.length, reading.usualErrors?.slice());
      return {
        kind: 'autoencoder',
        predictions: errors.map(({ error, shares }) => ({ error, shares: byName(features, shares) })),
      };
    }
    const { labels = [] } = reading;
    const width = (outputs.length * features.length) / inputs.length;
    const predictions = Array.from({ length: outputs.length / width }, (_, row) =>
      toLabelPrediction(labels, probabilitiesOf([...outputs.subarray(row * width, (row + 1) * width)])),
    );
    return { kind: 'classification', predictions };
  };
  return {
    predict: async (rows) => {
      const inputs = numbersOf(rows, features);
      return read(inputs, await network.predict(inputs));
    },
    dispose: network.dispose,
  };
};

/** Tells the steps after each history [steps × d], each [horizon × d] flat. */
export interface SeriesForecaster {
  readonly forecast: (histories: readonly Float32Array[]) => Promise<Float32Array[]>;
  readonly dispose: () => void;
}

export const loadSeriesForecaster = async (
  { window, horizon, features }: Extract<Task, { kind: 'forecast' }>,
  { artifact, config }: LearnedNetwork,
): Promise<SeriesForecaster> => {
  if (parseNetworkConfig(config).type === 'brain') {
    const forecast = loadTimeStepNetwork(artifact);
    return {
      forecast: async (histories) => histories.map((history) => forecast(history, horizon)),
      dispose: () => undefined,
    };
  }
  const network = await loadRowsNetwork(artifact);
  const [read, told] = [window * features.length, horizon * features.length];
  return {
    forecast: async (histories) => {
      const inputs = new Float32Array(histories.length * read);
      for (const [index, history] of histories.entries()) inputs.set(history.slice(-read), index * read);
      const outputs = await network.predict(inputs);
      return histories.map((_, index) => outputs.slice(index * told, (index + 1) * told));
    },
    dispose: network.dispose,
  };
};

const forecastPredictor = async (
  task: Extract<Task, { kind: 'forecast' }>,
  network: LearnedNetwork,
): Promise<TaskPredictor> => {
  const { features, window, horizon } = task;
  const forecaster = await loadSeriesForecaster(task, network);
  return {
    predict: async (rows) => {
      if (rows.length < window)
        throw new TrainingDataError([`rows: ${rows.length} are too few; the forecast reads the last ${window}`]);
      const [told = new Float32Array(0)] = await forecaster.forecast([numbersOf(rows.slice(-window), features)]);
      const steps = Array.from({ length: horizon }, (_, step) => byName(features, told, step * features.length));
      return { kind: 'forecast', predictions: steps };
    },
    dispose: forecaster.dispose,
  };
};

const sequencePredictor = (
  { sequence }: Extract<Task, { kind: 'sequence-classification' }>,
  { artifact }: LearnedNetwork,
): TaskPredictor => {
  const classify = loadSequenceClassifier(artifact);
  return {
    predict: async (rows) => ({
      kind: 'sequence-classification',
      predictions: sequencesOf(rows, sequence).map((symbols) => {
        const ranked = classify(symbols);
        return toLabelPrediction(
          ranked.map(({ label }) => label),
          ranked.map(({ probability }) => probability),
        );
      }),
    }),
    dispose: () => undefined,
  };
};

/**
 * A trained network that answers rows of a task's columns.
 *
 * @throws ArtifactError when the bytes are not whole or are of another kind
 */
export const loadTaskPredictor = async (task: Task, network: LearnedNetwork): Promise<TaskPredictor> => {
  if (task.kind === 'sequence-classification') return sequencePredictor(task, network);
  return task.kind === 'forecast' ? forecastPredictor(task, network) : rowsPredictor(task, network);
};
