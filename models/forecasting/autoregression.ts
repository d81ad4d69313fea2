import { solveRidge } from '../regression/ridge.ts';

/** Lags of every autoregression; each season adds its own and those beside it. */
const SHORT_LAGS = [1, 2, 3];
/** Values that a season must be seen in beyond three cycles. */
const VALUES_BEYOND_CYCLES = 20;
/** Values for each coefficient; with fewer the coefficients are mostly noise. */
const VALUES_A_COEFFICIENT = 12;
/** Keeps coefficients of lags that move together from growing against each other; in squared deviations. */
const RIDGE = 0.1;

/**
 * Lags at which a value depends on those before it: the last three, and for each season the cycle before, its neighbours
 * and the one before that; what a product of a short and a seasonal autoregression has lags at.
 *
 * @param n values
 * @returns ascending; empty when the values are too few
 */
export const autoregressionLags = (n: number, periods: readonly number[]): number[] => {
  const lags = new Set(SHORT_LAGS);
  for (const period of periods) {
    if (period < 2 || n <= 3 * period + VALUES_BEYOND_CYCLES) continue;
    for (const lag of [period - 1, period, period + 1, 2 * period]) if (lag < n / 3) lags.add(lag);
  }
  return n >= VALUES_A_COEFFICIENT * (lags.size + 1) ? [...lags].filter((lag) => lag > 0).sort((a, b) => a - b) : [];
};

/**
 * Continues a series by a linear regression of its values on earlier ones, estimated by ridge regression and applied
 * step by step.
 *
 * @param y [n], equally spaced
 * @param lags ascending, not empty, the last below n
 * @returns [horizon]
 */
export const forecastAutoregression = (y: Float64Array, lags: readonly number[], horizon: number): Float64Array => {
  const n = y.length;
  const longest = lags.at(-1) ?? 0;
  const mean = y.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n) || 1;
  const path = new Float64Array(n + horizon);
  for (let t = 0; t < n; t += 1) path[t] = ((y[t] ?? 0) - mean) / deviation;
  const width = lags.length + 1;
  const coefficients = solveRidge(n - longest, width, RIDGE, (row, features) => {
    const t = row + longest;
    for (let k = 0; k < width - 1; k += 1) features[k] = path[t - (lags[k] ?? 0)] ?? 0;
    features[width - 1] = 1;
    return path[t] ?? 0;
  });
  for (let t = n; t < n + horizon; t += 1) {
    let sum = coefficients[width - 1] ?? 0;
    for (let k = 0; k < width - 1; k += 1) sum += (coefficients[k] ?? 0) * (path[t - (lags[k] ?? 0)] ?? 0);
    path[t] = sum;
  }
  return path.slice(n).map((value) => value * deviation + mean);
};
