import { Z_95 } from './normal.ts';

const HIGHEST_LAGS = 40;

const autocorrelation = (centred: Float64Array, lag: number, energy: number): number => {
  let product = 0;
  for (let at = lag; at < centred.length; at += 1) product += (centred[at] ?? 0) * (centred[at - lag] ?? 0);
  return product / energy;
};

/**
 * How many times as large autocorrelation makes the variance of a mean, so that n values tell as much as n / inflation
 * independent ones: (1 + φ) / (1 − φ) of a first-order process, φ freed of its bias (F. H. C. Marriott & J. A. Pope,
 * Biometrika 41, 1954), or, when memory is longer, the sum over the lags that stand out (G. V. Bayley & J. M.
 * Hammersley, JRSS Supplement 8, 1946).
 *
 * @param residuals [n] in order of time, what is left when the means are taken out
 * @returns 1 to n
 */
export const varianceInflation = (residuals: Float64Array): number => {
  const n = residuals.length;
  const mean = residuals.reduce((sum, value) => sum + value, 0) / n;
  const centred = residuals.map((value) => value - mean);
  const energy = centred.reduce((sum, value) => sum + value * value, 0);
  if (n < 4 || energy === 0) return 1;
  const first = (autocorrelation(centred, 1, energy) + 1 / n) / (1 - 3 / n);
  const ofFirstOrder = first >= 1 ? n : (1 + first) / (1 - first);
  // A correlation that chance explains widens nothing.
  const standsOut = Math.abs(first) > Z_95 / Math.sqrt(n);
  let sum = 0;
  for (let lag = 1; lag <= Math.min(HIGHEST_LAGS, n - 1); lag += 1) {
    const correlation = autocorrelation(centred, lag, energy);
    if (Math.abs(correlation) > Z_95 / Math.sqrt(n)) sum += (1 - lag / n) * correlation;
  }
  return Math.min(n, Math.max(1, standsOut ? ofFirstOrder : 1, 1 + 2 * sum));
};
