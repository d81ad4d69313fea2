import { normalCdf, Z_95 } from './normal.ts';
import { quantile } from './quantile.ts';

/** Points beyond this are thinned evenly: the method looks at every pair. */
const MOST_POINTS = 400;

export interface Trend {
  /** Change of y per unit of x. */
  readonly slope: number;
  readonly intercept: number;
  /** Standard error of the slope, from Sen's interval. */
  readonly slopeError: number;
  /** Two-sided p-value of there being no monotone trend. */
  readonly pValue: number;
}

const thin = (values: readonly number[]): number[] => {
  const step = Math.max(1, Math.ceil(values.length / MOST_POINTS));
  return values.filter((_, index) => index % step === 0);
};

/** Variance of Kendall's S under no trend, corrected for ties in y. */
const varianceOfS = (y: readonly number[]): number => {
  const n = y.length;
  const counts = new Map<number, number>();
  for (const value of y) counts.set(value, (counts.get(value) ?? 0) + 1);
  let ties = 0;
  for (const size of counts.values()) ties += size * (size - 1) * (2 * size + 5);
  return (n * (n - 1) * (2 * n + 5) - ties) / 18;
};

/**
 * Robust line and the significance of its trend: Theil–Sen's median of pairwise slopes (P. K. Sen, "Estimates of the
 * regression coefficient based on Kendall's tau", JASA 63, 1968) with the Mann–Kendall test. Up to 29% of outliers
 * leave the slope unmoved. The test takes the points as independent; in strongly autocorrelated series its p-value
 * is too small.
 *
 * @param x [n] ascending, @param y [n]
 * @returns undefined with fewer than 3 points or no spread in x
 */
export const theilSenTrend = (x: readonly number[], y: readonly number[]): Trend | undefined => {
  const xs = thin(x);
  const ys = thin(y);
  const slopes = new Float64Array((xs.length * (xs.length - 1)) / 2);
  let count = 0;
  let s = 0;
  for (let i = 0; i < xs.length; i += 1) {
    const [xi, yi] = [xs[i] ?? 0, ys[i] ?? 0];
    for (let j = i + 1; j < xs.length; j += 1) {
      const dx = (xs[j] ?? 0) - xi;
      const dy = (ys[j] ?? 0) - yi;
      s += Math.sign(dy);
      if (dx > 0) slopes[count++] = dy / dx;
    }
  }
  if (xs.length < 3 || count === 0) return undefined;
  const sorted = slopes.subarray(0, count).sort();
  const slope = quantile(sorted, 0.5);
  const intercept = quantile(Float64Array.from(ys, (value, index) => value - slope * (xs[index] ?? 0)).sort(), 0.5);
  const variance = varianceOfS(ys);
  const z = variance > 0 ? (s - Math.sign(s)) / Math.sqrt(variance) : 0;
  const margin = Math.min(0.5, (Z_95 * Math.sqrt(variance)) / sorted.length / 2);
  const slopeError = (quantile(sorted, 0.5 + margin) - quantile(sorted, 0.5 - margin)) / (2 * Z_95);
  return { slope, intercept, slopeError, pValue: 2 * (1 - normalCdf(Math.abs(z))) };
};
