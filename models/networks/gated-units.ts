import type { StoredMatrix, StoredNetwork } from 'brain.js/dist/recurrent/gru.js';

/** A trained layer of gated recurrent units and what it remembers. */
export interface GatedUnits {
  /** Forgets everything. */
  readonly reset: () => void;
  /** Takes in a token; gives the probabilities of the next, [tokens], in the same array each time. */
  readonly step: (token: number) => Float64Array;
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Weights by row, in an array of one kind: the innermost loops are over them. */
const weightsOf = ({ weights }: StoredMatrix): Float64Array => Float64Array.from(weights);

/** Row `row` of a matrix [… × vector's length] times a vector. */
const rowTimes = (weights: Float64Array, row: number, vector: Float64Array): number => {
  let sum = 0;
  const from = row * vector.length;
  for (let column = 0; column < vector.length; column += 1) {
    sum += (weights[from + column] ?? 0) * (vector[column] ?? 0);
  }
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
  const tokens = output.rows;
  const [fromUpdate, fromReset, fromCell] = [
    weightsOf(layer.updateGateInputMatrix),
    weightsOf(layer.resetGateInputMatrix),
    weightsOf(layer.cellWriteInputMatrix),
  ];
  const [toUpdate, toReset, toCell] = [
    weightsOf(layer.updateGateHiddenMatrix),
    weightsOf(layer.resetGateHiddenMatrix),
    weightsOf(layer.cellWriteHiddenMatrix),
  ];
  const [toOutput, bias] = [weightsOf(outputConnector), weightsOf(output)];
  const [hidden, kept, update] = [new Float64Array(units), new Float64Array(units), new Float64Array(units)];
  const probabilities = new Float64Array(tokens);
  return {
    reset: () => {
      hidden.fill(0);
    },
    step: (token) => {
      for (let unit = 0; unit < units; unit += 1) {
        const input = unit * tokens + token;
        update[unit] = sigmoid((fromUpdate[input] ?? 0) + rowTimes(toUpdate, unit, hidden));
        const reset = sigmoid((fromReset[input] ?? 0) + rowTimes(toReset, unit, hidden));
        kept[unit] = reset * (hidden[unit] ?? 0);
      }
      for (let unit = 0; unit < units; unit += 1) {
        const cell = Math.tanh((fromCell[unit * tokens + token] ?? 0) + rowTimes(toCell, unit, kept));
        const gate = update[unit] ?? 0;
        hidden[unit] = (1 - gate) * cell + gate * (hidden[unit] ?? 0);
      }
      for (let next = 0; next < tokens; next += 1) {
        probabilities[next] = rowTimes(toOutput, next, hidden) + (bias[next] ?? 0);
      }
      softmax(probabilities);
      return probabilities;
    },
  };
};
