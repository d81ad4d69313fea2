import { quantile } from './quantile.ts';

/** Interquartile range of a standard normal variable. */
const NORMAL_IQR = 1.349;

/** Root of the mean squared distance from the mean. @param values [n], 1 or more */
export const standardDeviation = (values: Float64Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

/** Interquartile range, as a standard deviation of normal values; 0 when half of them are equal. @param sorted [n] */
export const quartileDeviation = (sorted: Float64Array): number =>
  (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / NORMAL_IQR;
