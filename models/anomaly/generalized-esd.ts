import { stl } from '../series/decomposition.ts';
import { MAD_TO_DEVIATION, robustScale } from '../series/outliers.ts';
import { median, quantile } from '../statistics/quantile.ts';
import { studentTPoint } from '../statistics/student-t.ts';
import { lowerBound } from './sorted-window.ts';

export interface EsdOptions {
  /** Most outliers that are looked for; a mean can hide fewer than half of the values, a median up to half. */
  readonly most: number;
  /** Chance that a normal sample is said to have any outlier; above 1, how many one is expected to have. */
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

interface Scale {
  readonly centre: number;
  readonly deviation: number;
}

const meanScale = (sorted: Float64Array): Scale => {
  const centre = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const squares = sorted.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { centre, deviation: Math.sqrt(squares / (sorted.length - 1)) };
};

/** Median and median absolute deviation without sorting again: distances grow from the middle to either end. */
const medianScale = (sorted: Float64Array): Scale => {
  const centre = quantile(sorted, 0.5);
  const half = (sorted.length - 1) / 2;
  let above = lowerBound(sorted, sorted.length, centre);
  let below = above - 1;
  let [last, before] = [0, 0];
  for (let taken = 0; taken <= Math.ceil(half); taken += 1) {
    const down = below >= 0 ? centre - (sorted[below] ?? 0) : Number.POSITIVE_INFINITY;
    const up = above < sorted.length ? (sorted[above] ?? 0) - centre : Number.POSITIVE_INFINITY;
    [last, before] = [Math.min(down, up), last];
    if (down < up) below -= 1;
    else above += 1;
  }
  const deviation = MAD_TO_DEVIATION * (Number.isInteger(half) ? last : (last + before) / 2);
  return deviation > 0 ? { centre, deviation } : robustScale(sorted);
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
  const order = Uint32Array.from({ length: values.length }, (_, index) => index).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0),
  );
  const sorted = Float64Array.from(order, (index) => values[index] ?? 0);
  const steps: ExtremeDeviate[] = [];
  let outliers = 0;
  // What is farthest from any centre is the first or the last of what is left.
  let [from, to] = [0, sorted.length];
  while (to - from > Math.max(2, sorted.length - most)) {
    const rest = sorted.subarray(from, to);
    const { centre, deviation } = robust ? medianScale(rest) : meanScale(rest);
    if (!(deviation > 0)) break;
    const [down, up] = [centre - (sorted[from] ?? 0), (sorted[to - 1] ?? 0) - centre];
    const statistic = Math.max(down, up) / deviation;
    const critical = criticalValue(to - from, significance);
    steps.push({ index: order[down > up ? from : to - 1] ?? 0, statistic, critical });
    if (statistic > critical) outliers = steps.length;
    if (down > up) from += 1;
    else to -= 1;
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
    result.fill(median(values.subarray(start, end)), start, end);
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
