import { quantile } from '../statistics/quantile.ts';
import { robustScale } from './outliers.ts';

/** Robust deviations from the running median up to which a value is left as it is. */
const FARTHEST = 3;

/** Median of the values within `half` of each, in a window that stays whole at the ends. */
const runningMedian = (y: Float64Array, half: number): Float64Array => {
  const width = Math.min(y.length, 2 * half + 1);
  const window = new Float64Array(width);
  return y.map((_, i) => {
    const start = Math.max(0, Math.min(i - half, y.length - width));
    window.set(y.subarray(start, start + width));
    return quantile(window.sort(), 0.5);
  });
};

/** How far each value is from the median of those within `longest` of it, [n]: jumps of level and trends leave nothing. */
export const distancesFromNeighbours = (values: Float64Array, longest: number): Float64Array => {
  const medians = runningMedian(values, longest);
  return values.map((value, i) => value - (medians[i] ?? 0));
};

/**
 * The series with its spikes pulled in to three robust deviations from the running median, which keeps jumps of level
 * where they are. After F. R. Hampel, "The influence curve and its role in robust estimation", JASA 69 (1974).
 *
 * @param values [n]
 * @param longest excursions of up to so many values are spikes
 */
export const pullInSpikes = (values: Float64Array, longest: number): Float64Array => {
  const medians = runningMedian(values, longest);
  const distances = values.map((value, i) => value - (medians[i] ?? 0));
  const { deviation } = robustScale(distances);
  const reach = FARTHEST * deviation;
  return medians.map((median, i) => median + Math.max(-reach, Math.min(reach, distances[i] ?? 0)));
};
