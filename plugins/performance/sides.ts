import { rank } from '../../models/statistics/ranks.ts';
import { varianceInflation } from '../../models/statistics/variance-inflation.ts';

/**
 * How many times as large autocorrelation makes the variance of a comparison of two stretches of time by ranks: load
 * comes and goes, and slow requests with it.
 *
 * @param before [n] and @param after [m], in order of time
 */
export const inflationBetween = (before: readonly number[], after: readonly number[]): number => {
  const { ranks } = rank([...before, ...after]);
  for (const side of [ranks.subarray(0, before.length), ranks.subarray(before.length)]) {
    const mean = side.reduce((sum, place) => sum + place, 0) / side.length;
    for (let at = 0; at < side.length; at += 1) side[at] = (side[at] ?? 0) - mean;
  }
  return varianceInflation(ranks);
};
