import { expect, test } from 'vitest';
import { createRecurrent, drawWeights, type Recurrent, stepAt } from '../../../../models/networks/brain-recurrent.ts';
import { createRandom } from '../../../../models/statistics/random.ts';

const SYMBOLS = [2, 0, 1, 2, 1];
const STEP = 1e-3;

/** Loss of a sequence of symbols or numbers: half the squared outputs of the last step. */
const lossOf = (recurrent: Recurrent, ofNumbers: boolean): number => {
  let loss = 0;
  for (const [step, symbol] of SYMBOLS.entries()) {
    const equation = stepAt(recurrent, step);
    const output = ofNumbers ? equation.runInput(Float32Array.of(symbol, 1)) : equation.runIndex(symbol);
    if (step < SYMBOLS.length - 1) continue;
    output.deltas.set(output.weights);
    for (const value of output.weights) loss += (value * value) / 2;
  }
  return loss;
};

const gradients = (recurrent: Recurrent, ofNumbers: boolean): number[] => {
  for (const { matrix } of recurrent.matrices) matrix.deltas.fill(0);
  lossOf(recurrent, ofNumbers);
  for (let step = SYMBOLS.length - 1; step >= 0; step -= 1) {
    if (ofNumbers) stepAt(recurrent, step).backpropagate();
    else stepAt(recurrent, step).backpropagateIndex(SYMBOLS[step] ?? 0);
  }
  return recurrent.matrices.flatMap(({ matrix }) => Array.from(matrix.deltas));
};

/** Slopes of the loss by moving each weight a little to both sides. */
const differences = (recurrent: Recurrent, ofNumbers: boolean): number[] =>
  recurrent.matrices.flatMap(({ matrix }) =>
    Array.from(matrix.weights, (weight, at) => {
      const [above = 0, below = 0] = [STEP, -STEP].map((step) => {
        matrix.weights[at] = weight + step;
        return lossOf(recurrent, ofNumbers);
      });
      matrix.weights[at] = weight;
      return (above - below) / (2 * STEP);
    }),
  );

test.each(['RNN', 'LSTM', 'GRU', 'LSTMTimeStep'] as const)(
  'gradients of %s are the slopes of the loss',
  (networkType) => {
    const ofNumbers = networkType === 'LSTMTimeStep';
    const options = { hiddenLayers: [4, 3], learningRate: 0.01, errorThresh: 0 };
    const recurrent = createRecurrent(
      { type: 'brain', networkType, options },
      { inputSize: 2, symbols: 3, outputs: 2 },
    );
    drawWeights(recurrent, createRandom(1));
    for (const { matrix } of recurrent.matrices) matrix.weights.set(matrix.weights.map((weight) => 2 * weight + 0.1));
    const expected = differences(recurrent, ofNumbers);
    const largest = Math.max(...expected.map(Math.abs));

    // What a sequence leaves behind must not be added to the next one's.
    gradients(recurrent, ofNumbers);
    for (const [index, gradient] of gradients(recurrent, ofNumbers).entries())
      expect(Math.abs(gradient - (expected[index] ?? 0))).toBeLessThan(5e-3 * largest);
  },
);
