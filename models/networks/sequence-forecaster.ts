import { TrainingDataError } from './data-quality.ts';
import type { RowsData } from './network-rows.ts';
import { forecasterConfig } from './ready-made.ts';
import { type TrainedNetwork, trainRowsNetwork } from './rows-network.ts';
import { loadRowsNetwork } from './rows-predictor.ts';
import { type Series, windowsOf } from './series-windows.ts';
import type { TrainingHooks } from './training-loop.ts';

interface ForecasterOptions {
  readonly cell?: 'lstm' | 'gru';
  /** Steps that are looked back on. */
  readonly window: number;
  /** Steps that are told. */
  readonly horizon: number;
  readonly units?: number;
}

export interface TrainedForecaster extends TrainedNetwork {
  /** Mean absolute error of the last value, repeated, on the same rows: a forecaster must be better to be of use. */
  readonly naiveError: number;
}

const naiveErrorOf = ({ rows, inputs, targets }: RowsData, features: number, measured: number): number => {
  const [width, told] = [inputs.length / rows, targets.length / rows];
  let sum = 0;
  for (let row = rows - measured; row < rows; row += 1) {
    const last = (row + 1) * width - features;
    for (let k = 0; k < told; k += 1)
      sum += Math.abs((targets[row * told + k] ?? 0) - (inputs[last + (k % features)] ?? 0));
  }
  return sum / (measured * told);
};

/**
 * Trains an LSTM or GRU that tells the next steps of a series from a window of it. The held-out rows are the last ones.
 *
 * @throws TrainingDataError when the series is too short for its windows, not finite or constant
 */
export const trainForecaster = async (
  series: Series,
  { cell = 'lstm', window, horizon, units = 32 }: ForecasterOptions,
  training: object = {},
  hooks: TrainingHooks = {},
): Promise<TrainedForecaster> => {
  const data = windowsOf(series, { window, horizon });
  if (data.rows === 0) {
    const steps = series.values.length / series.features;
    throw new TrainingDataError([`${steps} steps are too few for windows of ${window} and a horizon of ${horizon}`]);
  }
  const config = forecasterConfig({ cell, window, features: series.features, horizon, units });
  const trained = await trainRowsNetwork(config, data, training, hooks);
  const measured = trained.rows.validation || data.rows;
  return { ...trained, naiveError: naiveErrorOf(data, series.features, measured) };
};

/** What a forecaster of `trainForecaster` tells after the last steps of a series, [horizon × d] flat. */
export const forecastFrom = async (artifact: Uint8Array, series: Series): Promise<Float32Array> => {
  const network = await loadRowsNetwork(artifact);
  try {
    const [window = 0] = network.input;
    return await network.predict(series.values.slice(-window * series.features));
  } finally {
    network.dispose();
  }
};
