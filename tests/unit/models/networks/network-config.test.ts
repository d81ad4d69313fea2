import { describe, expect, test } from 'vitest';
import { parseNetworkConfig } from '../../../../models/networks/config/network-config.ts';
import { NetworkConfigError } from '../../../../models/networks/config/problems.ts';

const dense = { type: 'dense', units: 4, inputShape: [3] };
const network = (layers: unknown[], more: object = {}) => ({
  type: 'tensorflow',
  layers,
  optimizer: 'adam',
  loss: 'meanSquaredError',
  ...more,
});

const problemsOf = (config: unknown): readonly string[] => {
  try {
    parseNetworkConfig(config);
  } catch (error) {
    if (error instanceof NetworkConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('configurations that are accepted', () => {
  test('a network of TensorFlow.js, with its shapes and number of weights', () => {
    const config = parseNetworkConfig(
      network([
        { type: 'dense', units: 64, activation: 'relu', inputShape: [10] },
        { type: 'dropout', rate: 0.2 },
        { type: 'dense', units: 1, activation: 'linear' },
      ]),
    );

    expect(config).toMatchObject({
      optimizer: { name: 'adam', learningRate: 0.001 },
      shapes: { input: [10], output: [1], weights: 10 * 64 + 64 + 64 + 1 },
    });
  });

  test('a network of brain.js, with the defaults of the library', () => {
    const options = { hiddenLayers: [10, 10], activation: 'sigmoid' };

    expect(parseNetworkConfig({ type: 'brain', networkType: 'NeuralNetwork', options })).toEqual({
      type: 'brain',
      networkType: 'NeuralNetwork',
      options: { ...options, learningRate: 0.3, momentum: 0.1, errorThresh: 0 },
    });
  });

  test('a sequence autoencoder, and recurrent weights counted as Keras counts them', () => {
    const config = parseNetworkConfig(
      network(
        [
          { type: 'lstm', units: 8, inputShape: [24, 3] },
          { type: 'repeatVector', n: 24 },
          { type: 'gru', units: 8, returnSequences: true },
          { type: 'timeDistributed', layer: { type: 'dense', units: 3 } },
        ],
        { optimizer: { name: 'sgd', learningRate: 0.1 } },
      ),
    );

    expect(config).toMatchObject({
      optimizer: { name: 'sgd', learningRate: 0.1 },
      shapes: { input: [24, 3], output: [24, 3], weights: 4 * 8 * 12 + 3 * 8 * 17 + 27 },
    });
  });
});

const lstm = { type: 'lstm', units: 4, inputShape: [5, 2] };
const cases: [string, unknown, string[]][] = [
  ['no object', 'tensorflow', ['must be an object with a type']],
  [
    'a type of no library',
    { type: 'tensorflw' },
    ['type: must be one of tensorflow, brain (did you mean "tensorflow"?)'],
  ],
  [
    'a layer of no type',
    network([{ units: 3 }]),
    [
      'layers[0].type: must be one of dense, lstm, gru, conv1d, dropout, batchNormalization, layerNormalization, timeDistributed, flatten, reshape, repeatVector',
    ],
  ],
  [
    'a mistyped layer',
    network([dense, { type: 'dens', units: 1 }]),
    [
      'layers[1].type: must be one of dense, lstm, gru, conv1d, dropout, batchNormalization, layerNormalization, timeDistributed, flatten, reshape, repeatVector (did you mean "dense"?)',
    ],
  ],
  [
    'units that are none',
    network([dense, dense, { type: 'dense', units: -1 }]),
    ['layers[2].units: must be a whole number of units from 1 to 4,096'],
  ],
  [
    'a mistyped key',
    network([dense, { type: 'dense', unit: 3 }]),
    [
      'layers[1].units: must be a whole number of units from 1 to 4,096',
      'layers[1].unit: is not known here (did you mean "units"?)',
    ],
  ],
  [
    'a key of other libraries',
    network([{ ...dense, kernel: 1 }]),
    ['layers[0].kernel: is not known here (known: type, units, activation, useBias, inputShape)'],
  ],
  [
    'a key within a wrapped layer',
    network([{ type: 'timeDistributed', inputShape: [2, 2], layer: { type: 'dense', units: 2, activaton: 'relu' } }]),
    ['layers[0].layer.activaton: is not known here (did you mean "activation"?)'],
  ],
  [
    'an activation',
    network([{ ...dense, activation: 'rellu' }]),
    [
      'layers[0].activation: must be one of linear, relu, sigmoid, tanh, softmax, elu, selu, softplus, swish (did you mean "relu"?)',
    ],
  ],
  [
    'a rate of dropout',
    network([dense, { type: 'dropout', rate: 1 }, { type: 'dense', units: 1 }]),
    ['layers[1].rate: must be a share from 0 to below 1'],
  ],
  [
    'an optimizer',
    network([dense], { optimizer: 'adaam' }),
    ['optimizer: must be one of adam, sgd, rmsprop, adagrad, adadelta (did you mean "adam"?)'],
  ],
  [
    'a learning rate',
    network([dense], { optimizer: { name: 'adam', learningRate: 0 } }),
    ['optimizer.learningRate: must be a number above 0 and at most 1'],
  ],
  [
    'a loss',
    network([dense], { loss: 'mse' }),
    ['loss: must be one of meanSquaredError, meanAbsoluteError, binaryCrossentropy, categoricalCrossentropy'],
  ],
  [
    'several at once',
    network([{ ...dense, units: 0 }], { optimizer: 'x' }),
    [
      'layers[0].units: must be a whole number of units from 1 to 4,096',
      'optimizer: must be one of adam, sgd, rmsprop, adagrad, adadelta',
    ],
  ],
  [
    'no input shape',
    network([{ type: 'dense', units: 1 }]),
    ['layers[0].inputShape: must be given: the shape of one row, such as [10], or [24, 3] for 24 steps of 3 features'],
  ],
  [
    'a second input shape',
    network([dense, dense]),
    ['layers[1].inputShape: belongs to the first layer alone; the others follow from it'],
  ],
  [
    'steps that a layer does not get',
    network([lstm, { type: 'gru', units: 2 }]),
    ['layers[1]: gru needs [steps, features] and receives [4]; set returnSequences on the lstm before it'],
  ],
  [
    'steps that a layer gets',
    network([
      { ...lstm, returnSequences: true },
      { type: 'dense', units: 1 },
    ]),
    [
      'layers[1]: dense receives every step, [5, 4], since the lstm before it has returnSequences; leave that out, or wrap dense in timeDistributed for a value at each step',
    ],
  ],
  [
    'a reshape to another size',
    network([dense, { type: 'reshape', targetShape: [3] }]),
    ['layers[1]: reshape to [3] holds 3 values and receives 4'],
  ],
  [
    'a kernel longer than its steps',
    network([{ type: 'conv1d', filters: 1, kernelSize: 9, inputShape: [5, 1] }]),
    ['layers[0]: conv1d has a kernelSize of 9 and receives 5 steps only'],
  ],
  [
    'dropout of the answers',
    network([dense, { type: 'dropout', rate: 0.5 }]),
    ["layers[1]: dropout as the last layer would drop the network's answers"],
  ],
  [
    'a loss that needs probabilities',
    network([dense], { loss: 'binaryCrossentropy' }),
    ['layers[0].activation: must be sigmoid for the loss binaryCrossentropy, which needs probabilities'],
  ],
  [
    'a loss that needs shares',
    network([dense], { loss: 'categoricalCrossentropy' }),
    [
      'layers[0].activation: must be softmax for the loss categoricalCrossentropy, which needs probabilities that sum to 1',
    ],
  ],
  [
    'softmax of one',
    network([{ ...dense, units: 1, activation: 'softmax' }], { loss: 'categoricalCrossentropy' }),
    ['layers[0]: softmax over one unit is always 1; use sigmoid'],
  ],
  [
    'softmax with another loss',
    network([{ ...dense, activation: 'softmax' }]),
    ['loss: must be categoricalCrossentropy when the last layer is softmax'],
  ],
  [
    'accuracy of numbers',
    network([dense], { metrics: ['accuracy'] }),
    ['metrics: accuracy needs classes, that is the loss binaryCrossentropy or categoricalCrossentropy'],
  ],
  [
    'nothing to train',
    network([{ type: 'flatten', inputShape: [3] }]),
    ['layers: none has weights, so that there is nothing to train'],
  ],
  [
    'too large a network',
    network([{ type: 'dense', units: 4096, inputShape: [4096] }]),
    ['layers: have 16,781,312 weights together; at most 2,000,000 are allowed'],
  ],
  [
    'a network type',
    { type: 'brain', networkType: 'LTSM' },
    ['networkType: must be one of NeuralNetwork, LSTMTimeStep, RNN, LSTM, GRU'],
  ],
  [
    'an option',
    { type: 'brain', networkType: 'NeuralNetwork', options: { hiddenLayer: [3] } },
    ['options.hiddenLayer: is not known here (did you mean "hiddenLayers"?)'],
  ],
  [
    'an option of another network type',
    { type: 'brain', networkType: 'GRU', options: { activation: 'relu' } },
    ['options.activation: is not known here (known: hiddenLayers, learningRate, iterations, errorThresh)'],
  ],
  [
    'a layer without units',
    { type: 'brain', networkType: 'LSTM', options: { hiddenLayers: [0] } },
    ['options.hiddenLayers[0]: must be a whole number of units from 1 to 512'],
  ],
  [
    'leaky-relu',
    { type: 'brain', networkType: 'NeuralNetwork', options: { activation: 'leaky-relu' } },
    [
      'options.activation: leaky-relu of brain.js is 0 below 0 and 0.01·x above it, which is not what the name says; use relu',
    ],
  ],
];

test.each(cases)('refused with the place and what was expected: %s', (_, config, problems) => {
  expect(problemsOf(config)).toEqual(problems);
});
