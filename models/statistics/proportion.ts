import { Z_95 } from './normal.ts';

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Wilson's score interval for a proportion: honest for small samples and for rates near 0 or 1, where the usual
 * normal interval is not. E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
 * JASA 22 (1927).
 *
 * @param successes 0 to n
 * @param z standard normal point, 1.96 for 95%
 */
export const wilsonInterval = (successes: number, n: number, z = Z_95): Interval => {
  if (n === 0) return { lower: 0, upper: 1 };
  const rate = successes / n;
  const shrink = 1 + (z * z) / n;
  const centre = (rate + (z * z) / (2 * n)) / shrink;
  const margin = (z / shrink) * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  return { lower: Math.max(0, centre - margin), upper: Math.min(1, centre + margin) };
};

/** P(X ≥ successes) for a binomial of n trials, summed from the likelier end of the tail. */
const upperTail = (successes: number, n: number, rate: number): number => {
  if (successes <= 0) return 1;
  const upwards = successes > n * rate;
  const start = upwards ? successes : successes - 1;
  let logarithm = start * Math.log(rate) + (n - start) * Math.log1p(-rate);
  for (let at = 1; at <= start; at += 1) logarithm += Math.log((n - start + at) / at);
  let [term, sum] = [Math.exp(logarithm), 0];
  const odds = rate / (1 - rate);
  for (let at = start; at >= 0 && at <= n && term > 1e-17 * sum; at += upwards ? 1 : -1) {
    sum += term;
    term *= upwards ? (odds * (n - at)) / (at + 1) : at / (odds * (n - at + 1));
  }
  return upwards ? sum : 1 - sum;
};

/**
 * How sure a sample makes one that a rate exceeds `threshold`: one minus the one-sided p-value of the exact binomial test
 * (C. J. Clopper & E. S. Pearson, Biometrika 26, 1934), which does not mistake two failures of fifty for many.
 *
 * @param threshold 0 to 1, exclusive
 */
export const confidenceAbove = (successes: number, n: number, threshold: number): number =>
  1 - Math.min(1, upperTail(successes, n, threshold));
