import { normalCdf, Z_95 } from './normal.ts';

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

/**
 * How sure a sample makes one that a rate exceeds `threshold`: one minus the one-sided p-value of the score test.
 *
 * @param threshold 0 to 1, exclusive
 * @returns 0 to 1; 0.5 when the observed rate is the threshold itself
 */
export const confidenceAbove = (successes: number, n: number, threshold: number): number =>
  n === 0 ? 0 : normalCdf((successes / n - threshold) / Math.sqrt((threshold * (1 - threshold)) / n));
