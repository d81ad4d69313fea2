import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { createRandom, type Random } from '../statistics/random.ts';
import { autoencoderSizes } from './autoencoder-sizes.ts';
import { startTensorFlow } from './tensorflow.ts';

/** Steps of gradient descent, whatever the number of rows: they bound the time a training takes. */
const STEPS = 150;
const SMALLEST_BATCH = 64;
const LARGEST_BATCH = 256;
const LEARNING_RATE = 0.02;

export interface TrainedAutoencoder {
  /** Layer sizes from input to output. */
  readonly sizes: readonly number[];
  /** `wasm` or `cpu`. */
  readonly backend: string;
  /** Times each row was seen in training. */
  readonly epochs: number;
  readonly batchSize: number;
  /** What the network makes of each row, [n × d] flat. */
  readonly reconstruction: Float32Array;
}

const createNetwork = ([inputs = 1, ...rest]: readonly number[], seed: number): Sequential =>
  sequential({
    layers: rest.map((units, k) =>
      layers.dense({
        units,
        ...(k === 0 ? { inputShape: [inputs] } : {}),
        activation: k < rest.length - 1 ? 'tanh' : 'linear',
        kernelInitializer: initializers.glorotUniform({ seed: seed + k }),
      }),
    ),
  });

/** Batches of row numbers, every row once before any a second time. */
function* batches(rows: number, size: number, random: Random): Generator<Int32Array, never> {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  for (let at = rows; ; at += size) {
    if (at + size > rows) {
      for (let i = rows - 1; i > 0; i -= 1) {
        const j = Math.floor(random() * (i + 1));
        [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
      }
      at = 0;
    }
    yield order.slice(at, at + size);
  }
}

const outputOf = (network: Sequential, rows: tf.Tensor2D): tf.Tensor => {
  const output = network.apply(rows, { training: true });
  if (output instanceof tf.Tensor) return output;
  throw new TypeError('A network of one output was expected');
};

const train = (network: Sequential, data: tf.Tensor2D, batchSize: number, random: Random): void => {
  const optimizer = tf.train.adam(LEARNING_RATE);
  const batch = batches(data.shape[0], batchSize, random);
  for (let step = 0; step < STEPS; step += 1) {
    tf.tidy(() => {
      const rows = tf.gather(data, tf.tensor1d(batch.next().value, 'int32'));
      optimizer.minimize(() => {
        const error = tf.mean(tf.squaredDifference(rows, outputOf(network, rows)));
        return tf.reshape(error, []);
      });
    });
  }
  optimizer.dispose();
};

/**
 * Trains a small autoencoder on rows and has it reconstruct them: G. E. Hinton & R. R. Salakhutdinov, "Reducing the
 * dimensionality of data with neural networks", Science 313 (2006). A row that does not follow what the metrics have in
 * common comes back changed. Many rows make larger batches and fewer epochs, so that the time is bounded.
 *
 * @param rows [n × d] flat, of about unit scale and without values that are far off: they would be what is learned
 * @param seed of the first weights and of the order of the rows: the same seed gives the same network
 */
export const trainAutoencoder = async (rows: Float32Array, d: number, seed: number): Promise<TrainedAutoencoder> => {
  const backend = await startTensorFlow();
  const n = rows.length / d;
  const sizes = autoencoderSizes(d);
  const batchSize = Math.min(n, Math.max(SMALLEST_BATCH, Math.min(LARGEST_BATCH, Math.ceil(n / 16))));
  const network = createNetwork(sizes, seed);
  const data = tf.tensor2d(rows, [n, d]);
  try {
    train(network, data, batchSize, createRandom(seed));
    const output = tf.tidy(() => outputOf(network, data));
    const reconstruction = Float32Array.from(await output.data());
    output.dispose();
    return { sizes, backend, epochs: Math.round((STEPS * batchSize) / n), batchSize, reconstruction };
  } finally {
    data.dispose();
    network.dispose();
  }
};
