import { createRandom } from '../statistics/random.ts';
import { shuffle } from '../tabular/cross-validation.ts';
import type { NamedWeights } from './artifact.ts';
import {
  BRAIN_LIBRARY,
  createRecurrent,
  descend,
  drawWeights,
  type Recurrent,
  readMeanSquares,
  readRecurrent,
  stepAt,
  writeMeanSquares,
  writeRecurrent,
} from './brain-recurrent.ts';
import type { RecurrentConfig } from './config/brain-config.ts';
import { createTurns } from './event-loop-turn.ts';
import type { TrainableNetwork } from './training-loop.ts';

/** Numbers that stand for a symbol among the inputs. */
const WIDEST_SYMBOL = 32;

/** How one example is learned from and judged. */
interface Lesson {
  /** Gives the loss and leaves the gradients of the outputs in the last steps. */
  readonly forward: (recurrent: Recurrent) => number;
  readonly backward: (recurrent: Recurrent) => void;
}

const createTraining = (
  recurrent: Recurrent,
  training: readonly Lesson[],
  validation: readonly Lesson[],
  seed: number,
): TrainableNetwork => ({
  library: BRAIN_LIBRARY,
  trainEpoch: async (epoch, signal) => {
    const random = createRandom(Math.imul(seed, 0x9e3779b1) + epoch);
    const order = shuffle(
      Int32Array.from(training, (_, index) => index),
      random,
    );
    const giveTurn = createTurns();
    let sum = 0;
    for (const [place, index] of order.entries()) {
      await giveTurn();
      signal?.throwIfAborted();
      const lesson = training[index];
      if (lesson === undefined) continue;
      descend(recurrent, epoch * order.length + place + 1, () => {
        sum += lesson.forward(recurrent);
        lesson.backward(recurrent);
      });
    }
    return sum / training.length;
  },
  validationLoss: async () =>
    validation.length === 0
      ? undefined
      : validation.reduce((sum, lesson) => sum + lesson.forward(recurrent), 0) / validation.length,
  weights: async () => readRecurrent(recurrent),
  setWeights: (weights) => {
    writeRecurrent(recurrent, weights);
  },
  optimizerState: async () => readMeanSquares(recurrent),
  setOptimizerState: async (state) => {
    writeMeanSquares(recurrent, state);
  },
});

/** Probabilities of the classes after a sequence of symbols. */
const classify = (recurrent: Recurrent, symbols: Int32Array): Float64Array => {
  let scores = new Float64Array(0);
  for (const [step, symbol] of symbols.entries())
    scores = Float64Array.from(stepAt(recurrent, step).runIndex(symbol).weights);
  const largest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
};

const classLesson = (symbols: Int32Array, label: number): Lesson => ({
  forward: (recurrent) => {
    const probabilities = classify(recurrent, symbols);
    const { states } = stepAt(recurrent, symbols.length - 1);
    // Softmax and cross-entropy together: the gradient of a score is its probability, less 1 for the right class.
    states.at(-1)?.product.deltas.set(probabilities.map((share, index) => share - (index === label ? 1 : 0)));
    return -Math.log(probabilities[label] ?? 0);
  },
  backward: (recurrent) => {
    for (let step = symbols.length - 1; step >= 0; step -= 1)
      stepAt(recurrent, step).backpropagateIndex(symbols[step] ?? 0);
  },
});

/** A sequence of symbols, each from 0 to symbols − 1, and its class. */
export interface LabelledSequence {
  readonly symbols: Int32Array;
  readonly label: number;
}

export interface ClassifierSizes {
  readonly symbols: number;
  readonly classes: number;
}

const createClassifier = (config: RecurrentConfig, { symbols, classes }: ClassifierSizes): Recurrent =>
  createRecurrent(config, { inputSize: Math.min(symbols, WIDEST_SYMBOL), symbols, outputs: classes });

/** RNN, LSTM or GRU of brain.js that learns the class of sequences, one at a time, by cross-entropy after the last symbol. */
export const createClassifierTraining = (
  config: RecurrentConfig,
  sizes: ClassifierSizes,
  data: { readonly training: readonly LabelledSequence[]; readonly validation: readonly LabelledSequence[] },
  seed: number,
): TrainableNetwork => {
  const recurrent = createClassifier(config, sizes);
  drawWeights(recurrent, createRandom(seed));
  const lessons = (sequences: readonly LabelledSequence[]) =>
    sequences.map(({ symbols, label }) => classLesson(symbols, label));
  return createTraining(recurrent, lessons(data.training), lessons(data.validation), seed);
};

/** Probabilities of the classes of a sequence, [classes], by a trained network. */
export const createClassifierPredictor = (
  config: RecurrentConfig,
  sizes: ClassifierSizes,
  weights: readonly NamedWeights[],
): ((symbols: Int32Array) => Float64Array) => {
  const recurrent = createClassifier(config, sizes);
  writeRecurrent(recurrent, weights);
  return (symbols) => classify(recurrent, symbols);
};

/** Each step of a window [steps × width] shall tell the next; half the mean squared error. */
const windowLesson = (window: Float32Array, width: number): Lesson => {
  const last = window.length / width - 1;
  const at = (step: number) => window.subarray(step * width, (step + 1) * width);
  return {
    forward: (recurrent) => {
      let sum = 0;
      for (let step = 0; step < last; step += 1) {
        const output = stepAt(recurrent, step).runInput(at(step));
        for (const [k, value] of at(step + 1).entries()) {
          const error = (output.weights[k] ?? 0) - value;
          output.deltas[k] = error / last;
          sum += error * error;
        }
      }
      return sum / (last * width);
    },
    backward: (recurrent) => {
      for (let step = last - 1; step >= 0; step -= 1) stepAt(recurrent, step).backpropagate();
    },
  };
};

const createTimeSteps = (config: RecurrentConfig, width: number): Recurrent =>
  createRecurrent(config, { inputSize: width, symbols: 0, outputs: width });

/** LSTMTimeStep of brain.js that learns each next value of windows [steps × width], two steps at least. */
export const createTimeStepTraining = (
  config: RecurrentConfig,
  width: number,
  data: { readonly training: readonly Float32Array[]; readonly validation: readonly Float32Array[] },
  seed: number,
): TrainableNetwork => {
  const recurrent = createTimeSteps(config, width);
  drawWeights(recurrent, createRandom(seed));
  const lessons = (windows: readonly Float32Array[]) => windows.map((window) => windowLesson(window, width));
  return createTraining(recurrent, lessons(data.training), lessons(data.validation), seed);
};

/** What comes after [steps × width] values, [horizon × width], each step told from those before it. */
export const createTimeStepPredictor = (
  config: RecurrentConfig,
  width: number,
  weights: readonly NamedWeights[],
): ((history: Float32Array, horizon: number) => Float32Array) => {
  const recurrent = createTimeSteps(config, width);
  writeRecurrent(recurrent, weights);
  return (history, horizon) => {
    const steps = history.length / width;
    const known = new Float32Array((steps + horizon) * width);
    known.set(history);
    for (let step = 0; step < steps + horizon - 1; step += 1) {
      const output = stepAt(recurrent, step).runInput(known.slice(step * width, (step + 1) * width));
      if (step + 1 >= steps) known.set(output.weights, (step + 1) * width);
    }
    return known.slice(steps * width);
  };
};
