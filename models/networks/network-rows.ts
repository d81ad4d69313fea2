import type { FeedForwardConfig } from './config/brain-config.ts';
import { parseNetworkConfig } from './config/network-config.ts';
import { NetworkConfigError } from './config/problems.ts';
import { type Shape, sizeOf } from './config/shapes.ts';
import type { TensorFlowConfig } from './config/tensorflow-config.ts';
import { checkTrainingData, TrainingDataError } from './data-quality.ts';
import { classesOf } from './prediction-metrics.ts';
import { rangeScaling, type Scaling, scaleValues, standardScaling, unscaled } from './scaling.ts';
import type { NetworkRows } from './tensorflow-network.ts';
import type { TrainingOptions } from './training-options.ts';
import { splitRows } from './validation-split.ts';

export interface RowsData {
  readonly rows: number;
  /** [n × input] flat, in the units of the data */
  readonly inputs: Float32Array;
  /** [n × output] flat; classes as 0 and 1. The same array as `inputs` makes an autoencoder. */
  readonly targets: Float32Array;
  /** Names of the features and targets, for errors and explanations; numbers by default. */
  readonly inputNames?: readonly string[];
  readonly targetNames?: readonly string[];
  /** Rows before the first held-out one that know what follows, when rows are windows over time. */
  readonly gap?: number;
}

/** A network's configuration, and the shapes of its rows. */
export interface Layout {
  readonly config: TensorFlowConfig | FeedForwardConfig;
  readonly input: Shape;
  readonly output: Shape;
}

/** Numbers of the last axis: what is scaled alike at every step. */
export const widthOf = (shape: Shape): number => shape.at(-1) ?? 1;

const numbered = (word: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${word}[${index}]`);

/**
 * The configuration of a network of rows; one of brain.js takes its shapes from the data.
 *
 * @throws NetworkConfigError when it is none, or is of a network of sequences
 */
export const layoutOf = (config: unknown, { rows, inputs, targets }: RowsData): Layout => {
  const parsed = parseNetworkConfig(config);
  if (parsed.type === 'tensorflow') {
    const { shapes, ...rest } = parsed;
    return { config: rest, input: shapes.input, output: shapes.output };
  }
  if (parsed.networkType !== 'NeuralNetwork')
    throw new NetworkConfigError([`networkType: ${parsed.networkType} learns sequences; rows need NeuralNetwork`]);
  return { config: parsed, input: [inputs.length / rows], output: [targets.length / rows] };
};

const checkSizes = ({ input, output }: Layout, data: RowsData): void => {
  const { rows, inputs, targets, inputNames, targetNames } = data;
  if (rows * sizeOf(input) !== inputs.length || rows * sizeOf(output) !== targets.length) {
    const given = `${inputs.length} inputs and ${targets.length} targets`;
    throw new TrainingDataError([`${given} are not ${rows} rows of ${sizeOf(input)} and ${sizeOf(output)}`]);
  }
  for (const [word, names, shape] of [
    ['inputNames', inputNames, input],
    ['targetNames', targetNames, output],
  ] as const) {
    if (names === undefined || names.length === widthOf(shape)) continue;
    throw new TrainingDataError([`${word}: ${names.length} names are given for ${widthOf(shape)} columns`]);
  }
};

const hasClasses = ({ config }: Layout, targets: Float32Array): boolean =>
  config.type === 'tensorflow'
    ? config.loss.endsWith('Crossentropy')
    : targets.every((target) => target === 0 || target === 1);

const lastActivation = (config: Layout['config']): string => {
  if (config.type === 'brain') return config.options.activation;
  const outermost = config.layers.at(-1);
  const last = outermost?.type === 'timeDistributed' ? outermost.layer : outermost;
  if (last !== undefined && 'activation' in last) return last.activation;
  return last?.type === 'lstm' || last?.type === 'gru' ? 'tanh' : 'linear';
};

/** Numbers are brought to where the last layer can reach them. */
const targetScaling = (activation: string, targets: Float32Array, width: number): Scaling => {
  if (activation === 'tanh') return rangeScaling(targets, width, -0.8, 0.8);
  if (activation === 'linear' || activation === 'elu' || activation === 'selu') return standardScaling(targets, width);
  return rangeScaling(targets, width, 0.1, 0.9);
};

const select = (values: Float32Array, rows: Int32Array, width: number): Float32Array => {
  const selected = new Float32Array(rows.length * width);
  for (const [place, row] of rows.entries())
    selected.set(values.subarray(row * width, (row + 1) * width), place * width);
  return selected;
};

/** Rows to learn from and rows held out, and how they are scaled. */
export interface PreparedRows {
  readonly layout: Layout;
  readonly classes: boolean;
  readonly scaling: { readonly input: Scaling; readonly target: Scaling };
  /** Unscaled. */
  readonly training: NetworkRows;
  readonly validation: NetworkRows;
}

const classNeeds = (targets: Float32Array, output: Shape): void => {
  if (targets.every((target) => target === 0 || target === 1)) return;
  throw new TrainingDataError([
    `targets: must be 0 or 1 for classes, ${sizeOf(output) === 1 ? 'of one output' : 'one output a class'}`,
  ]);
};

/**
 * Checks, splits and measures rows for a training.
 *
 * @throws TrainingDataError with the reasons why nothing can be learned from them
 */
export const prepareRows = (layout: Layout, data: RowsData, options: TrainingOptions): PreparedRows => {
  const { input, output, config } = layout;
  checkSizes(layout, data);
  const inputs = { values: data.inputs, names: data.inputNames ?? numbered('inputs', widthOf(input)) };
  const targets = { values: data.targets, names: data.targetNames ?? numbered('targets', widthOf(output)) };
  const oneRow = input.length === 1 && output.length === 1 && data.inputs !== data.targets;
  checkTrainingData(data.rows, inputs, targets, oneRow && options.leakage === 'refuse');
  const classes = hasClasses(layout, data.targets);
  if (classes) classNeeds(data.targets, output);
  const classOf = classes ? classesOf(data.targets, sizeOf(output)) : undefined;
  const split = splitRows(data.rows, options, classOf, data.gap);
  const part = (chosen: Int32Array): NetworkRows => ({
    rows: chosen.length,
    inputs: select(data.inputs, chosen, sizeOf(input)),
    targets: select(data.targets, chosen, sizeOf(output)),
  });
  const training = part(split.training);
  // What is held out tells nothing, not even its mean.
  const target = classes
    ? unscaled(widthOf(output))
    : targetScaling(lastActivation(config), training.targets, widthOf(output));
  const scaling = { input: standardScaling(training.inputs, widthOf(input)), target };
  return { layout, classes, scaling, training, validation: part(split.validation) };
};

/** Rows as the network sees them. */
export const scaledRows = ({ rows, inputs, targets }: NetworkRows, { scaling }: PreparedRows): NetworkRows => ({
  rows,
  inputs: scaleValues(inputs, scaling.input),
  targets: scaleValues(targets, scaling.target),
});
