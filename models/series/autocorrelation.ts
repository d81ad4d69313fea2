import { chiSquaredUpperTail } from '../statistics/incomplete-gamma.ts';

/**
 * Sample autocorrelation, the biased estimator that keeps the sequence positive definite. Box, Jenkins & Reinsel,
 * Time Series Analysis, 2.1.5.
 *
 * @param values [n], equally spaced
 * @param maxLag below n
 * @returns [maxLag + 1], lag 0 first; zeros beyond lag 0 for a constant series
 */
export const autocorrelation = (values: ArrayLike<number>, maxLag: number): Float64Array => {
  const centred = Float64Array.from(values);
  const n = centred.length;
  const mean = centred.reduce((sum, value) => sum + value, 0) / n;
  for (let i = 0; i < n; i += 1) centred[i] = (centred[i] ?? 0) - mean;
  const result = new Float64Array(maxLag + 1);
  let variance = 0;
  for (let lag = 0; lag <= maxLag; lag += 1) {
    let sum = 0;
    for (let i = lag; i < n; i += 1) sum += (centred[i] ?? 0) * (centred[i - lag] ?? 0);
    if (lag === 0) variance = sum;
    result[lag] = variance > 0 ? sum / variance : 0;
  }
  result[0] = 1;
  return result;
};

/**
 * Partial autocorrelation from the autocorrelation, by the recursion of J. Durbin, "The fitting of time-series models",
 * Review of the International Statistical Institute 28 (1960), and N. Levinson.
 *
 * @param acf [m + 1], lag 0 first
 * @returns [m + 1], lag 0 (which is 1) first
 */
export const partialAutocorrelation = (acf: Float64Array): Float64Array => {
  const maxLag = acf.length - 1;
  const result = new Float64Array(maxLag + 1);
  let previous = new Float64Array(maxLag + 1);
  let current = new Float64Array(maxLag + 1);
  result[0] = 1;
  let error = 1;
  for (let lag = 1; lag <= maxLag && error > 0; lag += 1) {
    let numerator = acf[lag] ?? 0;
    for (let j = 1; j < lag; j += 1) numerator -= (previous[j] ?? 0) * (acf[lag - j] ?? 0);
    const reflection = numerator / error;
    for (let j = 1; j < lag; j += 1) current[j] = (previous[j] ?? 0) - reflection * (previous[lag - j] ?? 0);
    current[lag] = reflection;
    result[lag] = reflection;
    error *= 1 - reflection * reflection;
    [previous, current] = [current, previous];
  }
  return result;
};

/**
 * Portmanteau test of whether the first autocorrelations are all zero. G. M. Ljung & G. E. P. Box, "On a measure of
 * lack of fit in time series models", Biometrika 65 (1978).
 *
 * @param acf [more than lags], lag 0 first
 * @param n length of the series
 */
export const ljungBox = (acf: Float64Array, n: number, lags: number): { statistic: number; pValue: number } => {
  let sum = 0;
  for (let lag = 1; lag <= lags; lag += 1) sum += (acf[lag] ?? 0) ** 2 / (n - lag);
  const statistic = n * (n + 2) * sum;
  return { statistic, pValue: chiSquaredUpperTail(statistic, lags) };
};
