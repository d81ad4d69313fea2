import { rank } from './ranks.ts';

/**
 * Where the level of a series changed most plainly, by ranks, so that outliers do not sway it. A. N. Pettitt, "A
 * non-parametric approach to the change-point problem", Applied Statistics 28 (1979).
 *
 * @param values [n] in order of time, independent of each other but for the change
 * @returns `index` of the first value after the change, and the approximate two-sided p-value of there being none
 */
export const findLevelChange = (values: ArrayLike<number>): { index: number; pValue: number } => {
  const n = values.length;
  let [sum, largest, index] = [0, 0, 0];
  for (const [at, place] of rank(values).ranks.entries()) {
    sum += 2 * place - (n + 1);
    if (Math.abs(sum) > largest && at < n - 1) {
      largest = Math.abs(sum);
      index = at + 1;
    }
  }
  return { index, pValue: Math.min(1, 2 * Math.exp((-6 * largest ** 2) / (n ** 3 + n ** 2))) };
};
