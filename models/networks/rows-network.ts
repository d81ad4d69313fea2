import { encodeArtifact, type NamedWeights } from './artifact.ts';
import { createFeedForwardTraining } from './brain-feed-forward.ts';
import { sizeOf } from './config/shapes.ts';
import {
  type Layout,
  layoutOf,
  type PreparedRows,
  prepareRows,
  type RowsData,
  scaledRows,
  widthOf,
} from './network-rows.ts';
import { accuracyOf, errorsOf, type PredictionMetrics } from './prediction-metrics.ts';
import { type Engine, loadRowsNetwork, ROWS_NETWORK } from './rows-predictor.ts';
import { standardScaling } from './scaling.ts';
import { createTensorFlowTraining } from './tensorflow-network.ts';
import { type TrainableNetwork, type TrainingHooks, type TrainingOutcome, trainNetwork } from './training-loop.ts';
import { parseTrainingOptions, type TrainingOptions } from './training-options.ts';
import { workFingerprint } from './work-fingerprint.ts';

const DEFAULT_EPOCHS = 50;

export interface TrainedNetwork extends TrainingOutcome {
  /** What `load…` reads: configuration, scaling and weights. */
  readonly artifact: Uint8Array;
  /** Name and version of what trained it. */
  readonly library: string;
  /** Of the held-out rows, or of all when none are held out, in the targets' units. */
  readonly metrics: PredictionMetrics;
  readonly measuredOn: 'validation' | 'training';
  readonly rows: { readonly training: number; readonly validation: number };
  readonly backend: Engine;
}

interface Training {
  readonly network: TrainableNetwork;
  readonly backend: Engine;
  readonly dispose: () => void;
}

const createTraining = async (prepared: PreparedRows, { batchSize, seed }: TrainingOptions): Promise<Training> => {
  const { layout } = prepared;
  const [training, validation] = [scaledRows(prepared.training, prepared), scaledRows(prepared.validation, prepared)];
  if (layout.config.type === 'brain') {
    const network = createFeedForwardTraining(layout.config, { training, validation, seed });
    return { network, backend: 'javascript', dispose: () => undefined };
  }
  const { config, input, output } = layout;
  const network = await createTensorFlowTraining({ config, input, output }, { training, validation, batchSize, seed });
  return { network, backend: network.backend, dispose: network.dispose };
};

const measure = async (artifact: Uint8Array, { layout, classes, training, validation }: PreparedRows) => {
  const measured = validation.rows > 0 ? validation : training;
  const network = await loadRowsNetwork(artifact);
  try {
    const outputs = await network.predict(measured.inputs);
    const width = widthOf(layout.output);
    if (classes) return { accuracy: accuracyOf(outputs, measured.targets, sizeOf(layout.output)) };
    return errorsOf(outputs, measured.targets, standardScaling(training.targets, width).offset);
  } finally {
    network.dispose();
  }
};

const chosenMetrics = ({ config }: Layout, metrics: PredictionMetrics): PredictionMetrics => {
  if (config.type === 'brain' || config.metrics.length === 0) return metrics;
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => config.metrics.some((asked) => asked === name)));
};

const epochsOf = ({ config }: Layout, { epochs }: TrainingOptions): number =>
  epochs ?? (config.type === 'brain' ? config.options.iterations : undefined) ?? DEFAULT_EPOCHS;

/**
 * Trains a network of either library on rows: a classifier, a regressor, or an autoencoder when the targets are the
 * inputs. Inputs are standardised and targets brought to the last layer's range; both by the training rows alone.
 *
 * @param config as `parseNetworkConfig` takes it @param training as `parseTrainingOptions` takes it
 * @throws NetworkConfigError, TrainingDataError or DivergedError with the reason; the signal's reason when aborted
 */
export const trainRowsNetwork = async (
  config: unknown,
  data: RowsData,
  training: unknown = {},
  hooks: TrainingHooks = {},
): Promise<TrainedNetwork> => {
  const options = parseTrainingOptions(training);
  const layout = layoutOf(config, data);
  const prepared = prepareRows(layout, data, options);
  const { network, backend, dispose } = await createTraining(prepared, options);
  try {
    const loop = {
      epochs: epochsOf(layout, options),
      patience: options.patience,
      lossThreshold: layout.config.type === 'brain' ? layout.config.options.errorThresh : 0,
      fingerprint: workFingerprint([layout, options], data.inputs, data.targets),
    };
    const outcome = await trainNetwork(network, loop, hooks);
    const artifact = artifactOf(prepared, network.library, await network.weights());
    return {
      ...outcome,
      artifact,
      library: network.library,
      metrics: chosenMetrics(layout, await measure(artifact, prepared)),
      measuredOn: prepared.validation.rows > 0 ? 'validation' : 'training',
      rows: { training: prepared.training.rows, validation: prepared.validation.rows },
      backend,
    };
  } finally {
    dispose();
  }
};

const artifactOf = (
  { layout, scaling, classes }: PreparedRows,
  library: string,
  weights: readonly NamedWeights[],
): Uint8Array =>
  encodeArtifact({
    kind: ROWS_NETWORK,
    library,
    details: { ...layout, classes, scaling },
    weights,
  });
