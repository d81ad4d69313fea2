import * as tf from '@tensorflow/tfjs-core';
import { type Sequential, version_layers } from '@tensorflow/tfjs-layers';
import { createRandom } from '../statistics/random.ts';
import { shuffle } from '../tabular/cross-validation.ts';
import type { NamedWeights } from './artifact.ts';
import { type Shape, sizeOf } from './config/shapes.ts';
import type { TensorFlowConfig } from './config/tensorflow-config.ts';
import { createTurns } from './event-loop-turn.ts';
import { type Backend, onBackend, startTensorFlow } from './tensorflow.ts';
import { createLayers, seedDropout } from './tensorflow-layers.ts';
import type { TrainableNetwork } from './training-loop.ts';

/** Rows that are predicted at once. */
const PREDICTED_AT_ONCE = 256;
const STEP_STRIDE = 64;

/** Rows of inputs and targets side by side, flat. */
export interface NetworkRows {
  readonly rows: number;
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

export interface NetworkLayout {
  readonly config: TensorFlowConfig;
  readonly input: Shape;
  readonly output: Shape;
}

const TENSORFLOW_LIBRARY = `tensorflow.js ${version_layers}`;

const optimizerOf = ({ name, learningRate }: TensorFlowConfig['optimizer']): tf.Optimizer =>
  tf.train[name](learningRate);

const oneTensor = (value: unknown): tf.Tensor => {
  if (value instanceof tf.Tensor) return value;
  throw new TypeError('a network of one output was expected');
};

const readWeights = (named: readonly { name: string; tensor: tf.Tensor }[]): Promise<NamedWeights[]> =>
  Promise.all(
    named.map(async ({ name, tensor }) => ({
      name,
      shape: tensor.shape,
      values: Float32Array.from(await tensor.data()),
    })),
  );

const tensorOf = ({ values, shape }: NamedWeights): tf.Tensor => tf.tensor(values, [...shape]);

/** Names by place: the library numbers layers through the whole process. */
const weightsOf = (network: Sequential): Promise<NamedWeights[]> =>
  readWeights(network.getWeights().map((tensor, index) => ({ name: `${index}`, tensor })));

const setWeights = (network: Sequential, weights: readonly NamedWeights[]): void => {
  const tensors = weights.map(tensorOf);
  network.setWeights(tensors);
  tf.dispose(tensors);
};

const predictWith = async (network: Sequential, inputs: Float32Array, shape: Shape): Promise<Float32Array> => {
  const rows = inputs.length / sizeOf(shape);
  const output = tf.tidy(() =>
    oneTensor(network.predict(tf.tensor(inputs, [rows, ...shape]), { batchSize: PREDICTED_AT_ONCE })),
  );
  const values = Float32Array.from(await output.data());
  output.dispose();
  return values;
};

export interface TensorFlowPredictor {
  readonly backend: Backend;
  /** Outputs of rows, [n × output] flat. */
  readonly predict: (inputs: Float32Array) => Promise<Float32Array>;
  /** Of one output's sum over a row, the slope in each input, [n × input] flat. */
  readonly slopes: (inputs: Float32Array, output: number) => Promise<Float32Array>;
  readonly dispose: () => void;
}

const slopesOf = async (network: Sequential, inputs: Float32Array, shape: Shape, output: number) => {
  const rows = inputs.length / sizeOf(shape);
  const slopes = tf.tidy(() => {
    const sumOfOutput = (given: tf.Tensor): tf.Tensor => {
      const outputs = tf.reshape(oneTensor(network.apply(given)), [rows, -1]);
      // WebAssembly lacks the gradient of taking a column out.
      const chosen = tf.tensor1d(Array.from({ length: outputs.shape[1] ?? 0 }, (_, at) => (at === output ? 1 : 0)));
      return tf.sum(tf.mul(outputs, chosen));
    };
    return tf.grad(sumOfOutput)(tf.tensor(inputs, [rows, ...shape]));
  });
  const values = Float32Array.from(await slopes.data());
  slopes.dispose();
  return values;
};

/** Tries a piece of work on WebAssembly; on the CPU when that lacks an operation. */
const chooseBackend = async (attempt: () => Promise<unknown>): Promise<Backend> => {
  if ((await startTensorFlow()) === 'cpu') return 'cpu';
  try {
    await onBackend('wasm', attempt);
    return 'wasm';
  } catch (error) {
    if (error instanceof Error && error.message.includes('not registered for')) return 'cpu';
    throw error;
  }
};

/** A network of given weights, ready to predict, on the backend that is wanted or else the best that can. */
export const createTensorFlowPredictor = async (
  { config, input }: NetworkLayout,
  weights: readonly NamedWeights[],
  wanted?: Backend,
): Promise<TensorFlowPredictor> => {
  await startTensorFlow();
  const network = createLayers(config, 0);
  setWeights(network, weights);
  const probe = new Float32Array(sizeOf(input));
  const backend = wanted ?? (await chooseBackend(() => predictWith(network, probe, input)));
  let ofSlopes: Promise<Backend> | undefined;
  return {
    backend,
    predict: (inputs) => onBackend(backend, () => predictWith(network, inputs, input)),
    slopes: async (inputs, output) => {
      ofSlopes ??= chooseBackend(() => slopesOf(network, probe, input, output));
      return onBackend(await ofSlopes, () => slopesOf(network, inputs, input, output));
    },
    dispose: () => {
      network.dispose();
    },
  };
};

/** A step of training on one row of zeros, by a network that is thrown away. */
const tryTraining = async ({ config, input, output }: NetworkLayout): Promise<void> => {
  const network = createLayers(config, 0);
  const optimizer = optimizerOf(config.optimizer);
  network.compile({ optimizer, loss: config.loss });
  const [x, y] = [tf.zeros([1, ...input]), tf.zeros([1, ...output])];
  try {
    await network.trainOnBatch(x, y);
  } finally {
    tf.dispose([x, y]);
    optimizer.dispose();
    network.dispose();
  }
};

const lossOf = (values: number | readonly number[]): number =>
  typeof values === 'number' ? values : (values[0] ?? Number.NaN);

export interface TensorFlowTraining extends TrainableNetwork {
  readonly backend: Backend;
  readonly dispose: () => void;
}

interface TrainingData {
  readonly training: NetworkRows;
  /** No rows when nothing is held out. */
  readonly validation: NetworkRows;
  readonly batchSize: number;
  readonly seed: number;
  /** By default WebAssembly, or plain JavaScript where that lacks an operation of the network. */
  readonly backend?: Backend;
}

/**
 * A network of TensorFlow.js that learns: the same seed gives the same network on the same backend.
 */
export const createTensorFlowTraining = async (
  layout: NetworkLayout,
  { training, validation, batchSize, seed, backend: wanted }: TrainingData,
): Promise<TensorFlowTraining> => {
  const { config, input, output } = layout;
  await startTensorFlow();
  const backend = wanted ?? (await chooseBackend(() => tryTraining(layout)));
  const network = createLayers(config, seed);
  const optimizer = optimizerOf(config.optimizer);
  network.compile({ optimizer, loss: config.loss });
  const tensors = [training, validation].map(({ rows, inputs, targets }) => ({
    x: tf.tensor(inputs, [rows, ...input]),
    y: tf.tensor(targets, [rows, ...output]),
  }));
  const [learnt, heldOut] = tensors;
  if (learnt === undefined || heldOut === undefined) throw new TypeError('rows to learn from were expected');

  const trainBatch = async (rows: Int32Array): Promise<number> => {
    const chosen = tf.tensor1d(rows, 'int32');
    const [x, y] = [tf.gather(learnt.x, chosen), tf.gather(learnt.y, chosen)];
    try {
      return lossOf(await network.trainOnBatch(x, y));
    } finally {
      tf.dispose([chosen, x, y]);
    }
  };

  return {
    library: TENSORFLOW_LIBRARY,
    backend,
    trainEpoch: async (epoch, signal) => {
      const random = createRandom(Math.imul(seed, 0x9e3779b1) + epoch);
      const order = shuffle(
        Int32Array.from({ length: training.rows }, (_, row) => row),
        random,
      );
      const giveTurn = createTurns();
      let sum = 0;
      for (let at = 0; at < order.length; at += batchSize) {
        await giveTurn();
        signal?.throwIfAborted();
        const rows = order.slice(at, at + batchSize);
        seedDropout(network, (epoch * order.length + at) * STEP_STRIDE + seed);
        sum += rows.length * (await onBackend(backend, () => trainBatch(rows)));
      }
      return sum / order.length;
    },
    validationLoss: async () => {
      if (validation.rows === 0) return undefined;
      return onBackend(backend, async () => {
        const evaluated = network.evaluate(heldOut.x, heldOut.y, { batchSize: PREDICTED_AT_ONCE });
        const loss = oneTensor(Array.isArray(evaluated) ? (evaluated[0] ?? tf.scalar(Number.NaN)) : evaluated);
        const [value = Number.NaN] = await loss.data();
        tf.dispose(evaluated);
        return value;
      });
    },
    weights: () => weightsOf(network),
    setWeights: (weights) => {
      setWeights(network, weights);
    },
    optimizerState: async () => {
      const state = await optimizer.getWeights();
      const read = await readWeights(state.map(({ tensor }, index) => ({ name: `${index}`, tensor })));
      // The count of steps was made for the asking; the rest is the optimizer's own.
      state[0]?.tensor.dispose();
      return read;
    },
    setOptimizerState: async (state) => {
      const given = state.map((weight) => ({ name: weight.name, tensor: tensorOf(weight) }));
      await optimizer.setWeights(given);
      tf.dispose(given.map(({ tensor }) => tensor));
    },
    dispose: () => {
      for (const { x, y } of tensors) tf.dispose([x, y]);
      optimizer.dispose();
      network.dispose();
    },
  };
};
