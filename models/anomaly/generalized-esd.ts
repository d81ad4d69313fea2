import { stl } from '../series/decomposition.ts';
import { robustScale } from '../series/outliers.ts';
import { quantile, sortedCopy } from '../statistics/quantile.ts';
import { studentTPoint } from '../statistics/student-t.ts';

export interface EsdOptions {
  /** Most outliers that are looked for; a mean can hide fewer than half of the values, a median up to half. */
  readonly most: number;
  /** Chance that a normal sample is said to have any outlier. */
  readonly significance: number;
  /** Median and median absolute deviation in place of mean and deviation, so that many outliers cannot hide. */
  readonly robust?: boolean;
}

export interface ExtremeDeviate {
  readonly index: number;
  /** Deviations from the centre of what was left when it was the most extreme. */
  readonly statistic: number;
  /** What the statistic would have to exceed alone. */
  readonly critical: number;
}

const meanScale = (values: Float64Array): { centre: number; deviation: number } => {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { centre, deviation: Math.sqrt(squares / (values.length - 1)) };
};

const criticalValue = (left: number, significance: number): number => {
  const t = studentTPoint(significance / left, left - 2);
  return (t * (left - 1)) / Math.sqrt((left - 2 + t * t) * left);
};

/**
 * Outliers of a normal sample by the generalized extreme studentized deviate: B. Rosner, "Percentage points for a
 * generalized ESD many-outlier procedure", Technometrics 25 (1983).
 *
 * @param values [n]
 * @returns every step of the search, the outliers first: as many as `outliers` says
 */
export const generalizedEsd = (
  values: ArrayLike<number>,
  { most, significance, robust = false }: EsdOptions,
): { readonly outliers: number; readonly steps: readonly ExtremeDeviate[] } => {
  const left = Float64Array.from(values);
  const indices = Int32Array.from(left, (_, index) => index);
  const steps: ExtremeDeviate[] = [];
  let outliers = 0;
  for (let n = left.length; n > Math.max(2, left.length - most); n -= 1) {
    const rest = left.subarray(0, n);
    const { centre, deviation } = robust ? robustScale(rest) : meanScale(rest);
    if (!(deviation > 0)) break;
    let farthest = 0;
    for (let i = 1; i < n; i += 1)
      if (Math.abs((left[i] ?? 0) - centre) > Math.abs((left[farthest] ?? 0) - centre)) farthest = i;
    const statistic = Math.abs((left[farthest] ?? 0) - centre) / deviation;
    const critical = criticalValue(n, significance);
    steps.push({ index: indices[farthest] ?? 0, statistic, critical });
    if (statistic > critical) outliers = steps.length;
    left[farthest] = left[n - 1] ?? 0;
    indices[farthest] = indices[n - 1] ?? 0;
  }
  return { outliers, steps };
};

/** Cycles over which a level is taken to hold. */
const CYCLES_PER_LEVEL = 10;
const SHORTEST_LEVEL = 200;

/** Medians of consecutive stretches, so that a level that drifts over months is none of the anomalies. */
const piecewiseMedian = (values: Float64Array, length: number): Float64Array => {
  const pieces = Math.max(1, Math.floor(values.length / length));
  const result = new Float64Array(values.length);
  for (let piece = 0; piece < pieces; piece += 1) {
    const start = Math.floor((piece * values.length) / pieces);
    const end = Math.floor(((piece + 1) * values.length) / pieces);
    result.fill(quantile(sortedCopy(values.subarray(start, end)), 0.5), start, end);
  }
  return result;
};

/** The seasons of a series, each the same in all of its cycles, the shorter ones taken out before the longer. */
const fixedSeasons = (values: Float64Array, periods: readonly number[]): Float64Array => {
  const total = new Float64Array(values.length);
  for (const period of periods) {
    const rest = values.map((value, i) => value - (total[i] ?? 0));
    // A window over all cycles: a season that may change would follow the anomalies and make the rest look too quiet.
    const seasonalWindow = 10 * Math.ceil(values.length / period) + 1;
    const [season] = stl(rest, period, { seasonalWindow, robust: true }).seasonal;
    for (let i = 0; i < total.length; i += 1) total[i] = (total[i] ?? 0) + (season?.[i] ?? 0);
  }
  return total;
};

/**
 * What seasonal-hybrid ESD expects of a series: its season by STL and its level as a piecewise median, which unlike a
 * trend does not follow the anomalies. O. Vallis, J. Hochenbaum & A. Kejariwal, "A novel technique for long-term anomaly
 * detection in the cloud", HotCloud (2014); the same, "Automatic anomaly detection in the cloud via statistical
 * learning", arXiv 1704.07706 (2017). Its remainder goes to `generalizedEsd` with `robust`.
 *
 * @param values [n], equally spaced
 * @param periods in values, ascending; those of which the series holds fewer than two cycles are left out
 * @returns [n]
 */
export const seasonalLevel = (values: Float64Array, periods: readonly number[]): Float64Array => {
  const usable = periods.filter((period) => period >= 2 && values.length >= 2 * period);
  const season = fixedSeasons(values, usable);
  const longest = Math.max(SHORTEST_LEVEL, CYCLES_PER_LEVEL * Math.max(1, ...usable));
  const deseasonalized = values.map((value, i) => value - (season[i] ?? 0));
  return piecewiseMedian(deseasonalized, longest).map((value, i) => value + (season[i] ?? 0));
};
