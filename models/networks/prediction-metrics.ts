/** How well outputs tell targets, in the targets' own units. */
export type PredictionMetrics = Readonly<Record<string, number>>;

const largestAt = (values: Float32Array, from: number, width: number): number => {
  let best = 0;
  for (let k = 1; k < width; k += 1) if ((values[from + k] ?? 0) > (values[from + best] ?? 0)) best = k;
  return best;
};

/** Share of rows whose class is right: the likelier one, of one output that above a half. */
export const accuracyOf = (outputs: Float32Array, targets: Float32Array, width: number): number => {
  let right = 0;
  const rows = targets.length / width;
  for (let row = 0; row < rows; row += 1) {
    const at = row * width;
    const same =
      width === 1
        ? (outputs[at] ?? 0) > 0.5 === (targets[at] ?? 0) > 0.5
        : largestAt(outputs, at, width) === largestAt(targets, at, width);
    if (same) right += 1;
  }
  return right / rows;
};

/** Mean absolute and root mean squared error, and the share of the variance around `mean` that is explained. */
export const errorsOf = (outputs: Float32Array, targets: Float32Array, means: readonly number[]): PredictionMetrics => {
  let [absolute, squares, variance] = [0, 0, 0];
  for (let at = 0; at < targets.length; at += 1) {
    const target = targets[at] ?? 0;
    const error = (outputs[at] ?? 0) - target;
    absolute += Math.abs(error);
    squares += error * error;
    variance += (target - (means[at % means.length] ?? 0)) ** 2;
  }
  return {
    meanAbsoluteError: absolute / targets.length,
    rootMeanSquaredError: Math.sqrt(squares / targets.length),
    // Targets that do not vary leave nothing to explain.
    explainedVariance: variance === 0 ? 0 : 1 - squares / variance,
  };
};

/** Class of each row: the largest of its outputs, or whether the only one is above a half. */
export const classesOf = (targets: Float32Array, width: number): Int32Array =>
  Int32Array.from({ length: targets.length / width }, (_, row) =>
    width === 1 ? Number((targets[row] ?? 0) > 0.5) : largestAt(targets, row * width, width),
  );
