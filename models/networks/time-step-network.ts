import * as z from 'zod';
import { decodeArtifact, encodeArtifact } from './artifact.ts';
import { BRAIN_LIBRARY } from './brain-recurrent.ts';
import { createTimeStepPredictor, createTimeStepTraining } from './brain-sequences.ts';
import { parseBrainConfig, type RecurrentConfig } from './config/brain-config.ts';
import { NetworkConfigError } from './config/problems.ts';
import { checkTrainingData, TrainingDataError } from './data-quality.ts';
import { errorsOf } from './prediction-metrics.ts';
import type { TrainedNetwork } from './rows-network.ts';
import { type Scaling, scaleValues, standardScaling, unscaleValues } from './scaling.ts';
import type { Series } from './series-windows.ts';
import { type TrainingHooks, trainNetwork } from './training-loop.ts';
import { parseTrainingOptions, type TrainingOptions } from './training-options.ts';
import { workFingerprint } from './work-fingerprint.ts';

const KIND = 'time-step-network';
/** Steps that gradients go back, and that are read before a forecast. */
const WINDOW = 32;
/** Steps, the last ones, whose errors are measured. */
const MOST_MEASURED = 500;
const DEFAULT_EPOCHS = 50;

const timeStepConfigOf = (config: unknown): RecurrentConfig => {
  const parsed = parseBrainConfig(config);
  if (parsed.networkType === 'LSTMTimeStep') return parsed;
  throw new NetworkConfigError([`networkType: ${parsed.networkType} does not learn series; use LSTMTimeStep`]);
};

/** Steps from `from` to `to` in windows that begin half a window apart, so that each step is told with a past. */
const windowsOf = (values: Float32Array, width: number, from: number, to: number): Float32Array[] => {
  const windows: Float32Array[] = [];
  for (let start = from; start < to - 1; start += WINDOW / 2)
    windows.push(values.subarray(start * width, Math.min(to, start + WINDOW) * width));
  return windows;
};

const seriesParts = ({ values, features }: Series, { validation: { split, share } }: TrainingOptions) => {
  const steps = values.length / features;
  if (split === 'random' || split === 'stratified')
    throw new NetworkConfigError([`training.validation.split: must be time or none for a series, whose order counts`]);
  return { steps, first: split === 'none' ? steps : steps - Math.round(share * steps) };
};

type Forecast = (history: Float32Array, horizon: number) => Float32Array;

/** Errors of one step ahead over the steps from `from` on, in the units of the series. */
const oneStepErrors = (forecast: Forecast, { values, features }: Series, from: number, means: readonly number[]) => {
  const told = values.subarray(from * features);
  const outputs = new Float32Array(told.length);
  for (let at = from * features; at < values.length; at += features)
    outputs.set(forecast(values.subarray(0, at), 1), at - from * features);
  return errorsOf(outputs, told, means);
};

const forecastOf = (
  predict: Forecast,
  { features, scaling }: { readonly features: number; readonly scaling: Scaling },
): Forecast => {
  return (history, horizon) => {
    if (history.length < features || history.length % features !== 0)
      throw new TrainingDataError([`${history.length} values are not steps of ${features} features`]);
    const read = history.slice(-WINDOW * features);
    return unscaleValues(predict(scaleValues(read, scaling), horizon), scaling);
  };
};

/**
 * Trains brain.js's LSTMTimeStep to tell each next step of a series [n × d]. The held-out steps are the last ones; their
 * errors are of one step ahead.
 *
 * @throws NetworkConfigError, TrainingDataError or DivergedError with the reason; the signal's reason when aborted
 */
export const trainTimeStepNetwork = async (
  config: unknown,
  series: Series,
  training: unknown = {},
  hooks: TrainingHooks = {},
): Promise<TrainedNetwork> => {
  const options = parseTrainingOptions(training);
  const parsed = timeStepConfigOf(config);
  const { values, features } = series;
  const { steps, first } = seriesParts(series, options);
  const names = Array.from({ length: features }, (_, index) => `values[${index}]`);
  checkTrainingData(steps, { values, names }, { values, names }, false);
  const scaling = standardScaling(values.subarray(0, first * features), features);
  const scaled = scaleValues(values, scaling);
  const data = {
    training: windowsOf(scaled, features, 0, first),
    validation: windowsOf(scaled, features, first, steps),
  };
  const network = createTimeStepTraining(parsed, features, data, options.seed);
  const outcome = await trainNetwork(
    network,
    {
      epochs: options.epochs ?? parsed.options.iterations ?? DEFAULT_EPOCHS,
      patience: options.patience,
      lossThreshold: parsed.options.errorThresh,
      fingerprint: workFingerprint([parsed, options, features], values),
    },
    hooks,
  );
  const weights = await network.weights();
  const held = first < steps;
  const forecast = forecastOf(createTimeStepPredictor(parsed, features, weights), { features, scaling });
  return {
    ...outcome,
    library: network.library,
    artifact: encodeArtifact({
      kind: KIND,
      library: BRAIN_LIBRARY,
      details: { config: parsed, features, scaling },
      weights,
    }),
    metrics: oneStepErrors(forecast, series, Math.max(held ? first : 1, steps - MOST_MEASURED), scaling.offset),
    measuredOn: held ? 'validation' : 'training',
    rows: { training: first, validation: steps - first },
    backend: 'javascript',
  };
};

const detailsSchema = z.object({
  config: z.unknown(),
  features: z.int(),
  scaling: z.object({ offset: z.array(z.number()), scale: z.array(z.number()) }),
});

/**
 * A network of time steps from its artifact: `horizon` steps after a history [m × d], [horizon × d] flat, each told from
 * those before it. The last 32 steps of the history are read.
 *
 * @throws ArtifactError when the bytes are not whole or of another kind
 */
export const loadTimeStepNetwork = (artifact: Uint8Array): Forecast => {
  const { details, weights } = decodeArtifact(artifact, KIND);
  const { config, features, scaling } = detailsSchema.parse(details);
  return forecastOf(createTimeStepPredictor(timeStepConfigOf(config), features, weights), { features, scaling });
};
