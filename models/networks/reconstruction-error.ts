export interface RowReconstruction {
  /** Mean squared error of the row, in units of each feature's usual one: about 1 for a usual row. */
  readonly error: number;
  /** [features] share of each in the error, summing to 1; all alike when there is none. */
  readonly shares: readonly number[];
}

/** Median of the squared errors of each feature, never 0. */
const medianErrors = (squares: Float64Array, features: number): number[] =>
  Array.from({ length: features }, (_, feature) => {
    const ofFeature = squares.filter((_square, at) => at % features === feature).sort();
    return ofFeature[Math.floor(ofFeature.length / 2)] || Number.EPSILON;
  });

const squaredErrors = (inputs: Float32Array, outputs: Float32Array): Float64Array =>
  Float64Array.from(inputs, (input, at) => (input - (outputs[at] ?? 0)) ** 2);

/** What errors of further rows are measured by: the median squared error of each feature, [features]. */
export const usualErrorsOf = (inputs: Float32Array, outputs: Float32Array, features: number): number[] =>
  medianErrors(squaredErrors(inputs, outputs), features);

/**
 * How far an autoencoder's rows come back changed, and by which features. Each feature's error is measured by its own
 * usual one, so that one that is hard to tell does not stand for all.
 *
 * @param inputs [n × features] flat @param outputs what the autoencoder made of them, as flat
 * @param usual [features] of `usualErrorsOf`; by default of these rows themselves
 */
export const reconstructionErrors = (
  inputs: Float32Array,
  outputs: Float32Array,
  features: number,
  usual = usualErrorsOf(inputs, outputs, features),
): RowReconstruction[] => {
  const squares = squaredErrors(inputs, outputs);
  return Array.from({ length: inputs.length / features }, (_, row) => {
    const relative = usual.map((error, feature) => (squares[row * features + feature] ?? 0) / error);
    const sum = relative.reduce((total, error) => total + error, 0);
    return { error: sum / features, shares: relative.map((error) => (sum === 0 ? 1 / features : error / sum)) };
  });
};
