export interface RowReconstruction {
  /** Mean squared error of the row, in units of each feature's usual one: about 1 for a usual row. */
  readonly error: number;
  /** [features] share of each in the error, summing to 1; all alike when there is none. */
  readonly shares: readonly number[];
}

/** Median of the squared errors of each feature, never 0. */
const usualErrors = (squares: Float64Array, features: number): number[] =>
  Array.from({ length: features }, (_, feature) => {
    const ofFeature = squares.filter((_square, at) => at % features === feature).sort();
    return ofFeature[Math.floor(ofFeature.length / 2)] || Number.EPSILON;
  });

/**
 * How far an autoencoder's rows come back changed, and by which features. Each feature's error is measured by its own
 * median, so that one that is hard to tell does not stand for all.
 *
 * @param inputs [n × features] flat @param outputs what the autoencoder made of them, as flat
 */
export const reconstructionErrors = (
  inputs: Float32Array,
  outputs: Float32Array,
  features: number,
): RowReconstruction[] => {
  const squares = Float64Array.from(inputs, (input, at) => (input - (outputs[at] ?? 0)) ** 2);
  const usual = usualErrors(squares, features);
  return Array.from({ length: inputs.length / features }, (_, row) => {
    const relative = usual.map((error, feature) => (squares[row * features + feature] ?? 0) / error);
    const sum = relative.reduce((total, error) => total + error, 0);
    return { error: sum / features, shares: relative.map((error) => (sum === 0 ? 1 / features : error / sum)) };
  });
};
