import networkModule from 'brain.js/dist/neural-network.js';
import { createRandom, type Random } from '../statistics/random.ts';
import { shuffle } from '../tabular/cross-validation.ts';
import type { NamedWeights } from './artifact.ts';
import { BRAIN_LIBRARY } from './brain-recurrent.ts';
import type { FeedForwardConfig } from './config/brain-config.ts';
import { createTurns } from './event-loop-turn.ts';
import type { NetworkRows } from './tensorflow-network.ts';
import type { TrainableNetwork } from './training-loop.ts';

const NeuralNetwork = 'default' in networkModule ? networkModule.default : networkModule;
type Network = InstanceType<typeof NeuralNetwork>;

/** Values under names, which are those of the library. */
type Group = 'weights' | 'biases' | 'changes';

const create = ({ options }: FeedForwardConfig, inputs: number, outputs: number): Network => {
  const { activation, learningRate, momentum } = options;
  const network = new NeuralNetwork({ activation, learningRate, momentum });
  network.sizes = [inputs, ...options.hiddenLayers, outputs];
  network.initialize();
  return network;
};

/** Uniform weights of a variance that keeps signals: X. Glorot & Y. Bengio, AISTATS 2010. Biases start at 0. */
const drawWeights = (network: Network, random: Random): void => {
  for (const [layer, nodes] of network.weights.entries()) {
    const bound = Math.sqrt(6 / ((network.sizes[layer - 1] ?? 0) + (network.sizes[layer] ?? 0)));
    for (const weights of nodes ?? []) for (const k of weights.keys()) weights[k] = bound * (2 * random() - 1);
    network.biases[layer]?.fill(0);
  }
};

/** One layer's numbers as one array, whose rows are the library's own. */
const rowsOf = (network: Network, group: Group, layer: number): readonly Float32Array[] => {
  if (group !== 'biases') return network[group][layer] ?? [];
  const biases = network.biases[layer];
  return biases === undefined ? [] : [biases];
};

const read = (network: Network, groups: readonly Group[]): NamedWeights[] =>
  groups.flatMap((group) =>
    network.sizes.slice(1).map((_, index) => {
      const rows = rowsOf(network, group, index + 1);
      const columns = rows[0]?.length ?? 0;
      const values = new Float32Array(rows.length * columns);
      for (const [row, numbers] of rows.entries()) values.set(numbers, row * columns);
      return { name: `${group}/${index + 1}`, shape: [rows.length, columns], values };
    }),
  );

const write = (network: Network, groups: readonly Group[], stored: readonly NamedWeights[]): void => {
  for (const group of groups) {
    for (const [index] of network.sizes.slice(1).entries()) {
      const values = stored.find(({ name }) => name === `${group}/${index + 1}`)?.values;
      for (const [row, numbers] of rowsOf(network, group, index + 1).entries())
        numbers.set(values?.subarray(row * numbers.length, (row + 1) * numbers.length) ?? []);
    }
  }
};

const rowOf = (values: Float32Array, row: number, width: number): Float32Array =>
  values.subarray(row * width, (row + 1) * width);

const meanSquaredError = (network: Network, { rows, inputs, targets }: NetworkRows): number => {
  const [width = 0, outputs = 0] = [network.sizes[0], network.sizes.at(-1)];
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const output = network.runInput(rowOf(inputs, row, width));
    for (let k = 0; k < outputs; k += 1) sum += ((output[k] ?? 0) - (targets[row * outputs + k] ?? 0)) ** 2;
  }
  return sum / (rows * outputs);
};

/** A network of brain.js that learns, a row at a time, by gradient descent with momentum. */
export const createFeedForwardTraining = (
  config: FeedForwardConfig,
  { training, validation, seed }: { training: NetworkRows; validation: NetworkRows; seed: number },
): TrainableNetwork => {
  const [width, outputs] = [training.inputs.length / training.rows, training.targets.length / training.rows];
  const network = create(config, width, outputs);
  drawWeights(network, createRandom(seed));
  return {
    library: BRAIN_LIBRARY,
    trainEpoch: async (epoch, signal) => {
      const random = createRandom(Math.imul(seed, 0x9e3779b1) + epoch);
      const giveTurn = createTurns();
      let sum = 0;
      for (const row of shuffle(
        Int32Array.from({ length: training.rows }, (_, index) => index),
        random,
      )) {
        await giveTurn();
        signal?.throwIfAborted();
        const value = {
          input: rowOf(training.inputs, row, width),
          output: rowOf(training.targets, row, outputs),
        };
        sum += network.trainPattern(value, true) ?? 0;
      }
      return sum / training.rows;
    },
    validationLoss: async () => (validation.rows === 0 ? undefined : meanSquaredError(network, validation)),
    weights: async () => read(network, ['weights', 'biases']),
    setWeights: (weights) => {
      write(network, ['weights', 'biases'], weights);
    },
    optimizerState: async () => read(network, ['changes']),
    setOptimizerState: async (state) => {
      write(network, ['changes'], state);
    },
  };
};

/** Outputs of a trained network of brain.js for rows, [n × outputs] flat. */
export const createFeedForwardPredictor = (
  config: FeedForwardConfig,
  inputs: number,
  outputs: number,
  weights: readonly NamedWeights[],
): ((rows: Float32Array) => Float32Array) => {
  const network = create(config, inputs, outputs);
  write(network, ['weights', 'biases'], weights);
  return (rows) => {
    const count = rows.length / inputs;
    const predicted = new Float32Array(count * outputs);
    for (let row = 0; row < count; row += 1) predicted.set(network.runInput(rowOf(rows, row, inputs)), row * outputs);
    return predicted;
  };
};
