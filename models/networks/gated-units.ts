import type { StoredMatrix, StoredNetwork } from 'brain.js/dist/recurrent/gru.js';

/** A trained layer of gated recurrent units and what it remembers. */
export interface GatedUnits {
  /** Forgets everything. */
  readonly reset: () => void;
  /** Takes in a token; gives the probabilities of the next, [tokens], in the same array each time. */
  readonly step: (token: number) => Float64Array;
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Row `row` of a matrix times a vector. */
const rowTimes = ({ columns, weights }: StoredMatrix, row: number, vector: Float64Array): number => {
  let sum = 0;
  const from = row * columns;
  for (let column = 0; column < columns; column += 1) sum += (weights[from + column] ?? 0) * (vector[column] ?? 0);
  return sum;
};

/** Turns the logarithms of weights into probabilities, in place. */
const softmax = (values: Float64Array): void => {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) largest = Math.max(largest, value);
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) {
    values[at] = Math.exp((values[at] ?? 0) - largest);
    sum += values[at] ?? 0;
  }
  for (let at = 0; at < values.length; at += 1) values[at] = (values[at] ?? 0) / sum;
};

/**
 * The forward pass of a stored network of one layer whose input is the identity and whose units have no biases, in
 * brain.js's form of the equations: h′ = (1 − z)·c + z·h. K. Cho et al., "Learning phrase representations using RNN
 * encoder–decoder for statistical machine translation", EMNLP 2014.
 */
export const readGatedUnits = ({ hiddenLayers: [layer], outputConnector, output }: StoredNetwork): GatedUnits => {
  if (layer === undefined) throw new Error('a network of gated units must have a layer');
  const units = outputConnector.columns;
  const hidden = new Float64Array(units);
  const kept = new Float64Array(units);
  const update = new Float64Array(units);
  const probabilities = new Float64Array(output.rows);
  const fromToken = ({ columns, weights }: StoredMatrix, unit: number, token: number): number =>
    weights[unit * columns + token] ?? 0;
  return {
    reset: () => {
      hidden.fill(0);
    },
    step: (token) => {
      for (let unit = 0; unit < units; unit += 1) {
        const [ofUpdate, ofReset] = [layer.updateGateInputMatrix, layer.resetGateInputMatrix];
        update[unit] = sigmoid(fromToken(ofUpdate, unit, token) + rowTimes(layer.updateGateHiddenMatrix, unit, hidden));
        const reset = sigmoid(fromToken(ofReset, unit, token) + rowTimes(layer.resetGateHiddenMatrix, unit, hidden));
        kept[unit] = reset * (hidden[unit] ?? 0);
      }
      for (let unit = 0; unit < units; unit += 1) {
        const cell = Math.tanh(
          fromToken(layer.cellWriteInputMatrix, unit, token) + rowTimes(layer.cellWriteHiddenMatrix, unit, kept),
        );
        const gate = update[unit] ?? 0;
        hidden[unit] = (1 - gate) * cell + gate * (hidden[unit] ?? 0);
      }
      for (let next = 0; next < probabilities.length; next += 1) {
        probabilities[next] = rowTimes(outputConnector, next, hidden) + (output.weights[next] ?? 0);
      }
      softmax(probabilities);
      return probabilities;
    },
  };
};
