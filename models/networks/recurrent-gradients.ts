import addModule from 'brain.js/dist/recurrent/matrix/add.js';
import cloneNegativeModule from 'brain.js/dist/recurrent/matrix/clone-negative.js';
import multiplyModule from 'brain.js/dist/recurrent/matrix/multiply.js';
import multiplyElementModule from 'brain.js/dist/recurrent/matrix/multiply-element.js';
import rowPluckModule from 'brain.js/dist/recurrent/matrix/row-pluck.js';
import type { Equation, Gradient } from 'brain.js/dist/recurrent/rnn.js';

const functionOf = (module: object): unknown => ('default' in module ? module.default : module);

const addTo = (deltas: Float32Array, at: number, delta: number): void => {
  deltas[at] = (deltas[at] ?? 0) + delta;
};

/** Gradients by the operation whose they are. */
const GRADIENTS = new Map<unknown, Gradient>([
  [
    functionOf(addModule),
    (product, left, right) => {
      for (const [at, delta] of product.deltas.entries()) {
        addTo(left.deltas, at, delta);
        addTo(right.deltas, at, delta);
      }
    },
  ],
  [
    functionOf(multiplyElementModule),
    (product, left, right) => {
      for (const [at, delta] of product.deltas.entries()) {
        addTo(left.deltas, at, delta * (right.weights[at] ?? 0));
        addTo(right.deltas, at, delta * (left.weights[at] ?? 0));
      }
    },
  ],
  [
    functionOf(rowPluckModule),
    (product, left, row) => {
      for (const [column, delta] of product.deltas.entries()) addTo(left.deltas, row * left.columns + column, delta);
    },
  ],
  [
    functionOf(cloneNegativeModule),
    (product, left) => {
      for (const [at, delta] of product.deltas.entries()) addTo(left.deltas, at, -delta);
    },
  ],
]);

const MULTIPLY = functionOf(multiplyModule);

/** A product of matrices is the one value whose gradient no operation clears before the next sequence. */
const clearedAfter =
  (gradient: Gradient): Gradient =>
  (product, left, right) => {
    gradient(product, left, right);
    product.deltas.fill(0);
  };

/**
 * Makes the gradients of a time step right. Where brain.js 1.6.1 should add the gradients of all uses of a value, it
 * keeps that of one use: of a bias or an input row its first step's, of a state that two operations read the later
 * one's; and a negated value hands nothing back. So biases, input rows and the gates of GRU would learn something else
 * than the loss.
 */
export const correctGradients = ({ states }: Equation): void => {
  for (const state of states) {
    const gradient = GRADIENTS.get(state.forwardFn);
    if (gradient !== undefined) state.backpropagationFn = gradient;
    else if (state.forwardFn === MULTIPLY && state.backpropagationFn !== undefined)
      state.backpropagationFn = clearedAfter(state.backpropagationFn);
  }
};
