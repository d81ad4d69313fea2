import { normalCdf } from './normal.ts';
import { type Interval, wilsonInterval } from './proportion.ts';

export interface TwoProportionTest {
  /** First rate minus second. */
  readonly difference: number;
  /** 95% interval of the difference. */
  readonly interval: Interval;
  /** Two-sided p-value of the rates being equal. */
  readonly pValue: number;
  /** Cohen's h: 0.2 is small, 0.5 medium, 0.8 large. */
  readonly cohenH: number;
  /** Smallest expected count of the 2 × 2 table; below 5 the p-value is not to be relied on. */
  readonly smallestExpected: number;
}

const arcsine = (rate: number): number => 2 * Math.asin(Math.sqrt(rate));

/** Newcombe's interval from two Wilson intervals: method 10 of Statistics in Medicine 17 (1998), 873–890. */
const newcombeInterval = (x1: number, n1: number, x2: number, n2: number): Interval => {
  const [p1, p2] = [x1 / n1, x2 / n2];
  const [first, second] = [wilsonInterval(x1, n1), wilsonInterval(x2, n2)];
  return {
    lower: p1 - p2 - Math.hypot(p1 - first.lower, second.upper - p2),
    upper: p1 - p2 + Math.hypot(first.upper - p1, p2 - second.lower),
  };
};

/**
 * Compares two independent proportions by the N − 1 chi-squared test (I. Campbell, "Chi-squared and Fisher–Irwin tests
 * of two-by-two tables with small sample recommendations", Statistics in Medicine 26, 2007), with Newcombe's interval
 * and Cohen's effect size h.
 *
 * @param x1 successes of @param n1 trials, n1 above 0; @param x2 of @param n2 likewise
 */
export const twoProportionTest = (x1: number, n1: number, x2: number, n2: number): TwoProportionTest => {
  const total = n1 + n2;
  const pooled = (x1 + x2) / total;
  const difference = x1 / n1 - x2 / n2;
  const variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2) * (total / (total - 1));
  const z = variance > 0 ? Math.abs(difference) / Math.sqrt(variance) : 0;
  return {
    difference,
    interval: newcombeInterval(x1, n1, x2, n2),
    pValue: 2 * (1 - normalCdf(z)),
    cohenH: arcsine(x1 / n1) - arcsine(x2 / n2),
    smallestExpected: Math.min(n1, n2) * Math.min(pooled, 1 - pooled),
  };
};
