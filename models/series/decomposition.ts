import { sortedCopy } from '../statistics/quantile.ts';
import { createLoess, type Loess } from './loess.ts';

/** A series as the sum of its parts, all of its length. */
export interface Decomposition {
  readonly trend: Float64Array;
  /** One for each period, in ascending order of the periods. */
  readonly seasonal: readonly Float64Array[];
  readonly remainder: Float64Array;
}

export interface StlOptions {
  /** Cycles the seasonal smoother looks at, odd, 7 at least; the fewer, the faster the season may change. */
  readonly seasonalWindow?: number;
  /** Down-weights outliers in fifteen passes instead of trusting every value. */
  readonly robust?: boolean;
}

interface StlWork {
  readonly period: number;
  readonly seasonal: Loess;
  readonly lowPass: Loess;
  readonly trend: Loess;
  readonly detrended: Float64Array;
  readonly subseries: Float64Array;
  readonly subweights: Float64Array;
  readonly smoothed: Float64Array;
  /** [n + 2 periods]: the smoothed cycles, one beyond each end. */
  readonly cycles: Float64Array;
  readonly averaged: Float64Array;
  readonly averagedTwice: Float64Array;
}

const ROBUST_PASSES = 15;
/** Passes over all periods; a third changes nothing that matters (Bandara et al. 2021). */
const MSTL_PASSES = 2;
const FIRST_SEASONAL_WINDOW = 11;
const SEASONAL_WINDOW_STEP = 4;
const SHORTEST_TREND_WINDOW = 7;

const nextOdd = (x: number): number => {
  const rounded = Math.ceil(x);
  return rounded % 2 === 1 ? rounded : rounded + 1;
};

const createWork = (n: number, period: number, seasonalWindow: number): StlWork => {
  const smoother = (longest: number, window: number, degree: 0 | 1): Loess =>
    createLoess(longest, { window, degree, jump: Math.ceil(window / 10) });
  const extended = n + 2 * period;
  const cyclesPerPhase = Math.ceil(n / period);
  return {
    period,
    seasonal: smoother(cyclesPerPhase, seasonalWindow, 0),
    lowPass: smoother(n, nextOdd(period), 1),
    trend: smoother(n, nextOdd((1.5 * period) / (1 - 1.5 / seasonalWindow)), 1),
    detrended: new Float64Array(n),
    subseries: new Float64Array(cyclesPerPhase),
    subweights: new Float64Array(cyclesPerPhase),
    smoothed: new Float64Array(cyclesPerPhase + 2),
    cycles: new Float64Array(extended),
    averaged: new Float64Array(extended),
    averagedTwice: new Float64Array(extended),
  };
};

/** Smooths the values of one phase over the cycles and continues them by one cycle to either side. */
const smoothPhase = (work: StlWork, phase: number, n: number, window: number, robustness?: Float64Array): void => {
  const { period, seasonal, subseries, subweights, smoothed, cycles, detrended } = work;
  const count = Math.floor((n - 1 - phase) / period) + 1;
  for (let cycle = 0; cycle < count; cycle += 1) {
    subseries[cycle] = detrended[cycle * period + phase] ?? 0;
    if (robustness !== undefined) subweights[cycle] = robustness[cycle * period + phase] ?? 0;
  }
  const weights = robustness && subweights;
  seasonal.smooth(subseries, count, smoothed, 1, weights);
  const before = seasonal.fitAt(subseries, count, -1, 0, Math.min(window, count) - 1, weights);
  smoothed[0] = Number.isNaN(before) ? (smoothed[1] ?? 0) : before;
  const after = seasonal.fitAt(subseries, count, count, Math.max(0, count - window), count - 1, weights);
  smoothed[count + 1] = Number.isNaN(after) ? (smoothed[count] ?? 0) : after;
  for (let cycle = 0; cycle < count + 2; cycle += 1) cycles[cycle * period + phase] = smoothed[cycle] ?? 0;
};

/** Moving average of the first n values over `length`, into n - length + 1. */
const movingAverage = (x: Float64Array, n: number, length: number, result: Float64Array): void => {
  let sum = 0;
  for (let i = 0; i < length; i += 1) sum += x[i] ?? 0;
  result[0] = sum / length;
  for (let i = length; i < n; i += 1) {
    sum += (x[i] ?? 0) - (x[i - length] ?? 0);
    result[i - length + 1] = sum / length;
  }
};

/** One pass of the inner loop: seasonal from the detrended series, trend from the deseasonalised. */
const updateComponents = (
  y: Float64Array,
  work: StlWork,
  window: number,
  trend: Float64Array,
  season: Float64Array,
  robustness?: Float64Array,
): void => {
  const n = y.length;
  const { period, detrended, cycles, averaged, averagedTwice } = work;
  for (let i = 0; i < n; i += 1) detrended[i] = (y[i] ?? 0) - (trend[i] ?? 0);
  for (let phase = 0; phase < period; phase += 1) smoothPhase(work, phase, n, window, robustness);
  movingAverage(cycles, n + 2 * period, period, averaged);
  movingAverage(averaged, n + period + 1, period, averagedTwice);
  movingAverage(averagedTwice, n + 2, 3, averaged);
  work.lowPass.smooth(averaged, n, season, 0);
  for (let i = 0; i < n; i += 1) {
    season[i] = (cycles[period + i] ?? 0) - (season[i] ?? 0);
    detrended[i] = (y[i] ?? 0) - (season[i] ?? 0);
  }
  work.trend.smooth(detrended, n, trend, 0, robustness);
};

/** Bisquare weights of residuals, zero beyond six times their median. */
const updateRobustness = (residuals: Float64Array, weights: Float64Array): void => {
  const n = residuals.length;
  const sorted = sortedCopy(residuals.map(Math.abs));
  const bound = 3 * ((sorted[Math.floor(n / 2)] ?? 0) + (sorted[n - Math.floor(n / 2) - 1] ?? 0));
  for (let i = 0; i < n; i += 1) {
    const distance = Math.abs(residuals[i] ?? 0);
    const ratio = distance / bound;
    weights[i] = distance <= 0.001 * bound ? 1 : distance <= 0.999 * bound ? (1 - ratio * ratio) ** 2 : 0;
  }
};

const subtract = (y: Float64Array, ...parts: readonly Float64Array[]): Float64Array => {
  const rest = y.slice();
  for (const part of parts) for (let i = 0; i < rest.length; i += 1) rest[i] = (rest[i] ?? 0) - (part[i] ?? 0);
  return rest;
};

/**
 * Seasonal-trend decomposition by loess, with the smoothers' degrees and jumps of R's `stl`. R. B. Cleveland,
 * W. S. Cleveland, J. E. McRae & I. Terpenning, "STL: A seasonal-trend decomposition procedure based on loess", Journal
 * of Official Statistics 6 (1990).
 *
 * @param values [n], equally spaced, at least two periods
 * @param period 2 or more values
 */
export const stl = (values: ArrayLike<number>, period: number, options: StlOptions = {}): Decomposition => {
  const y = Float64Array.from(values);
  if (period < 2 || y.length < 2 * period) throw new RangeError('STL wants two whole periods of at least two values');
  const window = options.seasonalWindow ?? FIRST_SEASONAL_WINDOW;
  const work = createWork(y.length, period, window);
  const trend = new Float64Array(y.length);
  const season = new Float64Array(y.length);
  const robustness = new Float64Array(y.length);
  const innerPasses = options.robust === true ? 1 : 2;
  const outerPasses = options.robust === true ? ROBUST_PASSES : 0;
  for (let outer = 0; outer <= outerPasses; outer += 1) {
    for (let inner = 0; inner < innerPasses; inner += 1)
      updateComponents(y, work, window, trend, season, outer > 0 ? robustness : undefined);
    if (outer < outerPasses) updateRobustness(subtract(y, trend, season), robustness);
  }
  return { trend, seasonal: [season], remainder: subtract(y, trend, season) };
};

/** Trend of a series without seasons: a robust loess over a fifth of it. */
const smoothTrend = (y: Float64Array, robust: boolean): Float64Array => {
  const window = nextOdd(Math.max(SHORTEST_TREND_WINDOW, y.length / 5));
  const loess = createLoess(y.length, { window, degree: 1, jump: Math.ceil(window / 10) });
  const trend = new Float64Array(y.length);
  const robustness = new Float64Array(y.length).fill(1);
  for (let pass = 0; pass <= (robust ? ROBUST_PASSES : 0); pass += 1) {
    loess.smooth(y, y.length, trend, 0, robustness);
    updateRobustness(subtract(y, trend), robustness);
  }
  return trend;
};

/**
 * Decomposition by several seasons: STL for each period in turn, on what the others leave. K. Bandara, R. J. Hyndman &
 * C. Bergmeir, "MSTL: a seasonal-trend decomposition algorithm for time series with multiple seasonal patterns" (2021).
 *
 * @param values [n], equally spaced
 * @param periods in values; those of which the series holds fewer than two are left out, none gives a trend alone
 */
export const mstl = (
  values: ArrayLike<number>,
  periods: readonly number[],
  options: { readonly robust?: boolean } = {},
): Decomposition => {
  const y = Float64Array.from(values);
  const robust = options.robust ?? true;
  const usable = [...new Set(periods)].filter((p) => p >= 2 && 2 * p <= y.length).sort((a, b) => a - b);
  const seasonal: Float64Array[] = usable.map(() => new Float64Array(y.length));
  let trend: Float64Array = usable.length === 0 ? smoothTrend(y, robust) : new Float64Array(y.length);
  for (let pass = 0; pass < (usable.length > 1 ? MSTL_PASSES : 1); pass += 1) {
    for (const [k, period] of usable.entries()) {
      const rest = subtract(y, ...seasonal.filter((_, other) => other !== k));
      const fit = stl(rest, period, { seasonalWindow: FIRST_SEASONAL_WINDOW + SEASONAL_WINDOW_STEP * k, robust });
      seasonal[k] = fit.seasonal[0] ?? new Float64Array(y.length);
      trend = fit.trend;
    }
  }
  return { trend, seasonal, remainder: subtract(y, trend, ...seasonal) };
};
