import type { Forecaster } from './methods.ts';

/** Forecasts made from several points of the past, as they would have been made then. */
export interface Backtest {
  /** Number of values known at each origin, ascending. */
  readonly origins: readonly number[];
  /** For each origin the forecasts of the values that followed, fewer than the horizon near the end. */
  readonly forecasts: readonly Float64Array[];
}

const MOST_ORIGINS = 16;
/** Horizons that the origins spread over at most: what was long ago says little of today's errors. */
const MOST_HORIZONS = 8;
/** Values without which no method can be estimated. */
const FEWEST_VALUES = 5;

/**
 * Origins of a rolling backtest: evenly spaced over the recent past, at most half of the series, up to the last value but
 * one. L. J. Tashman, "Out-of-sample tests of forecasting accuracy: an analysis and review", IJF 16 (2000).
 *
 * @param n values
 * @param period shortest season, 1 without: the first origin knows two of them where it can
 * @returns ascending; empty for a series too short to hold anything back
 */
export const rollingOrigins = (n: number, horizon: number, period: number): number[] => {
  const half = Math.ceil(n / 2);
  const wanted = Math.max(FEWEST_VALUES, half, 2 * period + FEWEST_VALUES - 2);
  const first = Math.max(wanted < n ? wanted : half, FEWEST_VALUES, n - MOST_HORIZONS * horizon);
  const step = Math.max(1, Math.ceil((n - first) / MOST_ORIGINS));
  const origins: number[] = [];
  for (let origin = first; origin < n; origin += step) origins.push(origin);
  return origins;
};

/** Forecasts from each origin, up to the horizon or the series' end. */
export const backtest = (
  y: Float64Array,
  forecaster: Forecaster,
  origins: readonly number[],
  horizon: number,
): Backtest => ({
  origins,
  forecasts: origins.map((origin) => forecaster(y.subarray(0, origin), Math.min(horizon, y.length - origin))),
});

/** Mean absolute error over all origins and steps; infinite when a forecast is not a number. */
export const backtestError = (y: Float64Array, { origins, forecasts }: Backtest): number => {
  let sum = 0;
  let count = 0;
  for (const [k, forecast] of forecasts.entries()) {
    for (let h = 0; h < forecast.length; h += 1) {
      sum += Math.abs((y[(origins[k] ?? 0) + h] ?? 0) - (forecast[h] ?? 0));
      count += 1;
    }
  }
  return Number.isFinite(sum) ? sum / count : Number.POSITIVE_INFINITY;
};
