import gruModule from 'brain.js/dist/recurrent/gru.js';
import lstmModule from 'brain.js/dist/recurrent/lstm.js';
import timeStepModule from 'brain.js/dist/recurrent/lstm-time-step.js';
import rnnModule, { type Equation, type Matrix, type RecurrentNetwork } from 'brain.js/dist/recurrent/rnn.js';
import type { Random } from '../statistics/random.ts';
import type { NamedWeights } from './artifact.ts';
import type { RecurrentConfig } from './config/brain-config.ts';
import { correctGradients } from './recurrent-gradients.ts';

export const BRAIN_LIBRARY = 'brain.js 1.6.1';

const CONSTRUCTORS = {
  RNN: 'default' in rnnModule ? rnnModule.default : rnnModule,
  LSTM: 'default' in lstmModule ? lstmModule.default : lstmModule,
  GRU: 'default' in gruModule ? gruModule.default : gruModule,
  LSTMTimeStep: 'default' in timeStepModule ? timeStepModule.default : timeStepModule,
};

/** Memory of RMSprop, the library's own: a shorter one makes every step as long as the learning rate. */
const DECAY_RATE = 0.999;

interface NamedMatrix {
  readonly name: string;
  readonly matrix: Matrix;
}

/** A recurrent network of brain.js and its matrices, in the library's order. */
export interface Recurrent {
  readonly network: RecurrentNetwork;
  readonly matrices: readonly NamedMatrix[];
  readonly learningRate: number;
}

/** Inputs: symbols that each have a row of `inputSize` numbers, or, of LSTMTimeStep, `inputSize` numbers a step. */
interface RecurrentSizes {
  readonly inputSize: number;
  readonly symbols: number;
  readonly outputs: number;
}

const matricesOf = ({ model }: RecurrentNetwork): NamedMatrix[] => [
  ...(model.input === null ? [] : [{ name: 'input', matrix: model.input }]),
  ...model.hiddenLayers.flatMap((layer, index) =>
    Object.entries(layer).map(([name, matrix]) => ({ name: `layer${index}/${name}`, matrix })),
  ),
  { name: 'outputConnector', matrix: model.outputConnector },
  { name: 'outputBias', matrix: model.output },
];

export const createRecurrent = (
  { networkType, options }: RecurrentConfig,
  { inputSize, symbols, outputs }: RecurrentSizes,
): Recurrent => {
  // Networks of symbols have one more row and output than they are told, for the beginning and the end of texts.
  const spare = networkType === 'LSTMTimeStep' ? 0 : 1;
  const network: RecurrentNetwork = new CONSTRUCTORS[networkType]({
    inputSize,
    inputRange: symbols - spare,
    outputSize: outputs - spare,
    hiddenLayers: options.hiddenLayers,
    learningRate: options.learningRate,
    decayRate: DECAY_RATE,
  });
  network.initialize();
  return { network, matrices: matricesOf(network), learningRate: options.learningRate };
};

/** Uniform weights of a variance that keeps signals: X. Glorot & Y. Bengio, AISTATS 2010. Biases start at 0. */
export const drawWeights = ({ matrices }: Recurrent, random: Random): void => {
  for (const { name, matrix } of matrices) {
    const bound = /bias$/i.test(name) ? 0 : Math.sqrt(6 / (matrix.rows + matrix.columns));
    for (let k = 0; k < matrix.weights.length; k += 1) matrix.weights[k] = bound * (2 * random() - 1);
  }
};

/** The operations of one time step, made when first needed. */
export const stepAt = ({ network }: Recurrent, step: number): Equation => {
  const { equations } = network.model;
  for (;;) {
    const equation = equations[step];
    if (equation !== undefined) return equation;
    network.bindEquation();
    const added = equations.at(-1);
    if (added !== undefined) correctGradients(added);
  }
};

/**
 * A step of gradient descent from the gradients that `backpropagate` gathers. Before mean squares are of many steps they
 * are too small and steps too long; the rate makes up for it: D. Kingma & J. Ba, "Adam", ICLR 2015.
 *
 * @param step counts from 1
 */
export const descend = (
  { network, matrices, learningRate }: Recurrent,
  step: number,
  backpropagate: () => void,
): void => {
  for (const { matrix } of matrices) matrix.deltas.fill(0);
  backpropagate();
  network.trainOpts.learningRate = learningRate * Math.sqrt(1 - DECAY_RATE ** step);
  network.adjustWeights();
};

export const readRecurrent = ({ matrices }: Recurrent): NamedWeights[] =>
  matrices.map(({ name, matrix: { rows, columns, weights } }) => ({
    name,
    shape: [rows, columns],
    values: Float32Array.from(weights),
  }));

export const writeRecurrent = ({ matrices }: Recurrent, stored: readonly NamedWeights[]): void => {
  for (const [index, { matrix }] of matrices.entries()) matrix.weights.set(stored[index]?.values ?? []);
};

/** What RMSprop remembers of each matrix. */
export const readMeanSquares = ({ network, matrices }: Recurrent): NamedWeights[] =>
  matrices.map(({ name, matrix: { rows, columns } }, index) => ({
    name,
    shape: [rows, columns],
    values: Float32Array.from(network.stepCache[index] ?? new Float32Array(rows * columns)),
  }));

export const writeMeanSquares = ({ network }: Recurrent, stored: readonly NamedWeights[]): void => {
  for (const [index, { values }] of stored.entries()) network.stepCache[index] = values.slice();
};
