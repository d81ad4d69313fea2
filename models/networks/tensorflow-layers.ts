import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { createRandom, nextNormal, type Random } from '../statistics/random.ts';
import type { LayerConfig } from './config/layers.ts';
import type { TensorFlowConfig } from './config/tensorflow-config.ts';

/** A layer of TensorFlow.js; the library does not export its type. */
type Layer = Sequential['layers'][number];

const SEED_STEP = 1_009;

type DenseConfig = Omit<Extract<LayerConfig, { type: 'dense' }>, 'inputShape'>;

const createDense = ({ units, activation, useBias }: DenseConfig, shape: { inputShape?: number[] }, seed: number) =>
  layers.dense({ ...shape, units, activation, useBias, kernelInitializer: initializers.glorotUniform({ seed }) });

const createLayer = (config: LayerConfig, seed: number): Layer => {
  const shape = config.inputShape === undefined ? {} : { inputShape: config.inputShape };
  const kernelInitializer = initializers.glorotUniform({ seed });
  switch (config.type) {
    case 'dense':
      return createDense(config, shape, seed);
    case 'lstm':
    case 'gru': {
      const { units, returnSequences } = config;
      // The usual one, orthogonal, needs parts of TensorFlow.js that are not there; `startRecurrent` draws it.
      const recurrentInitializer = 'zeros';
      const given = { ...shape, units, returnSequences, kernelInitializer, recurrentInitializer } as const;
      return config.type === 'lstm' ? layers.lstm(given) : layers.gru(given);
    }
    case 'conv1d': {
      const { filters, kernelSize, padding, activation } = config;
      return layers.conv1d({ ...shape, filters, kernelSize, padding, activation, kernelInitializer });
    }
    case 'dropout':
      return layers.dropout({ ...shape, rate: config.rate });
    case 'batchNormalization':
      return layers.batchNormalization({ ...shape, momentum: config.momentum, epsilon: config.epsilon });
    case 'layerNormalization':
      return layers.layerNormalization({ ...shape, epsilon: config.epsilon });
    case 'timeDistributed':
      return layers.timeDistributed({ ...shape, layer: createDense(config.layer, {}, seed) });
    case 'flatten':
      return layers.flatten(shape);
    case 'reshape':
      return layers.reshape({ ...shape, targetShape: [...config.targetShape] });
    case 'repeatVector':
      return layers.repeatVector({ ...shape, n: config.n });
  }
};

/**
 * Rows [rows × columns], flat, of length 1 and at right angles, for as many columns as rows at least: A. Saxe, J.
 * McClelland & S. Ganguli, "Exact solutions to the nonlinear dynamics of learning", ICLR 2014.
 */
const orthogonalRows = (rows: number, columns: number, random: Random): Float32Array => {
  const drawn = Float32Array.from({ length: rows * columns }, () => nextNormal(random));
  const row = (index: number) => drawn.subarray(index * columns, (index + 1) * columns);
  const dot = (a: Float32Array, b: Float32Array): number => {
    let sum = 0;
    for (let k = 0; k < columns; k += 1) sum += (a[k] ?? 0) * (b[k] ?? 0);
    return sum;
  };
  for (let index = 0; index < rows; index += 1) {
    const current = row(index);
    for (let before = 0; before < index; before += 1) {
      const share = dot(current, row(before));
      for (let k = 0; k < columns; k += 1) current[k] = (current[k] ?? 0) - share * (row(before)[k] ?? 0);
    }
    const length = Math.sqrt(dot(current, current));
    for (let k = 0; k < columns; k += 1) current[k] = (current[k] ?? 0) / length;
  }
  return drawn;
};

const startRecurrent = (layer: Layer, random: Random): void => {
  const weights = layer.getWeights();
  const [kernel, recurrent, bias] = weights;
  if (kernel === undefined || recurrent === undefined || bias === undefined) return;
  const [units = 0, gates = 0] = recurrent.shape;
  const drawn = tf.tensor2d(orthogonalRows(units, gates, random), [units, gates]);
  layer.setWeights([kernel, drawn, bias]);
  drawn.dispose();
};

/** The network of a configuration before training; the same seed gives the same weights. */
export const createLayers = ({ layers: configs }: Pick<TensorFlowConfig, 'layers'>, seed: number): Sequential => {
  const network = sequential({ layers: configs.map((config, index) => createLayer(config, seed + SEED_STEP * index)) });
  for (const [index, { type }] of configs.entries()) {
    const layer = network.layers[index];
    if (layer === undefined || (type !== 'lstm' && type !== 'gru')) continue;
    startRecurrent(layer, createRandom(seed + SEED_STEP * index + 1));
  }
  return network;
};

/**
 * Gives each dropout layer a seed for the next step. The library draws its masks from a seed that stays, which drops the
 * same units each time, or from none, which no second training repeats.
 */
export const seedDropout = (network: Sequential, seed: number): void => {
  for (const [index, layer] of network.layers.entries()) {
    if (layer.getClassName() === 'Dropout') Reflect.set(layer, 'seed', seed + index);
  }
};
