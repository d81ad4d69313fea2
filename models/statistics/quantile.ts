/** Sorts a copy, ascending. Typed arrays sort by number and without a comparison function. */
export const sortedCopy = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort();

/**
 * Sample quantile by linear interpolation between order statistics: definition 7 of Hyndman & Fan, "Sample Quantiles
 * in Statistical Packages", The American Statistician 50 (1996), which R and NumPy use by default.
 *
 * @param sorted values in ascending order, [n]
 * @param probability 0 to 1
 * @returns NaN for an empty sample
 */
export const quantile = (sorted: Float64Array, probability: number): number => {
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const lower = sorted[below] ?? Number.NaN;
  const upper = sorted[below + 1] ?? lower;
  return lower + (position - below) * (upper - lower);
};

/** Sample median. @param values [n], in any order */
export const median = (values: ArrayLike<number>): number => quantile(sortedCopy(values), 0.5);
