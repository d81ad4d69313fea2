import { Z_95 } from './normal.ts';
import { sortedCopy } from './quantile.ts';

/** Pairs whose difference second − first is at most `limit`, by one pass over both sorted samples. */
const countUpTo = (first: Float64Array, second: Float64Array, limit: number): number => {
  let pairs = 0;
  let below = 0;
  for (const value of first) {
    while (below < second.length && (second[below] ?? 0) - value <= limit) below += 1;
    pairs += below;
  }
  return pairs;
};

/** The difference of rank `rank` (from 1) among all n·m, by bisection: no pair is ever stored. */
const differenceOfRank = (first: Float64Array, second: Float64Array, rank: number): number => {
  let low = (second[0] ?? 0) - (first.at(-1) ?? 0);
  let high = (second.at(-1) ?? 0) - (first[0] ?? 0);
  if (countUpTo(first, second, low) >= rank) return low;
  const precision = 1e-12 * Math.max(1, Math.abs(low), Math.abs(high));
  while (high - low > precision) {
    const middle = (low + high) / 2;
    if (countUpTo(first, second, middle) >= rank) high = middle;
    else low = middle;
  }
  return high;
};

/**
 * How far `second` is shifted against `first`: the median of all pairwise differences with its 95% interval from the
 * Mann–Whitney test. J. L. Hodges & E. L. Lehmann, Annals of Mathematical Statistics 34 (1963); interval as in
 * M. Hollander & D. A. Wolfe, Nonparametric Statistical Methods (1999), large-sample approximation.
 *
 * @param first [n] and @param second [m], in any order, neither empty
 * @param inflation how many times as large dependence makes the variance
 */
export const hodgesLehmannShift = (
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  inflation = 1,
): { shift: number; interval: readonly [number, number] } => {
  const [a, b] = [sortedCopy(first), sortedCopy(second)];
  const pairs = a.length * b.length;
  const margin = Z_95 * Math.sqrt((inflation * pairs * (a.length + b.length + 1)) / 12);
  const rank = Math.max(1, Math.floor(pairs / 2 - margin));
  const at = (position: number): number => differenceOfRank(a, b, position);
  return {
    shift: (at(Math.floor((pairs + 1) / 2)) + at(Math.ceil((pairs + 1) / 2))) / 2,
    interval: [at(rank), at(pairs + 1 - rank)],
  };
};
