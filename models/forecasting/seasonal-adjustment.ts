import { autocorrelation } from '../series/autocorrelation.ts';

export type SeasonalForm = 'additive' | 'multiplicative';

/** Factors or summands of a season's phases; the first belongs to the series' first value. */
export interface SeasonalIndices {
  readonly form: SeasonalForm;
  /** [period]; factors average 1, summands 0. */
  readonly indices: Float64Array;
}

/** Two-sided 90% point of the standard normal distribution, the usual strictness of this test. */
const Z_90 = 1.6448536269514722;
/** Smallest factor: a phase that is all but zero would blow up what it divides. */
const LEAST_FACTOR = 1e-2;

/**
 * Whether a series repeats with the period: the autocorrelation at that lag is beyond what the shorter lags' would give by
 * chance (Bartlett's variance). The test of V. Assimakopoulos & K. Nikolopoulos, "The theta model", IJF 16 (2000).
 *
 * @param values [n], equally spaced
 */
export const isSeasonal = (values: Float64Array, period: number): boolean => {
  if (period < 2 || values.length < 3 * period) return false;
  const acf = autocorrelation(values, period);
  let sum = 0;
  for (let lag = 1; lag < period; lag += 1) sum += (acf[lag] ?? 0) ** 2;
  return Math.abs(acf[period] ?? 0) > Z_90 * Math.sqrt((1 + 2 * sum) / values.length);
};

/** Centred means over a period; NaN at the ends, where there is none. */
const centredMeans = (values: Float64Array, period: number): Float64Array => {
  const n = values.length;
  const half = Math.floor(period / 2);
  const even = period % 2 === 0;
  const means = new Float64Array(n).fill(Number.NaN);
  for (let t = half; t < n - half; t += 1) {
    let sum = 0;
    for (let i = t - half; i <= t + half; i += 1) sum += values[i] ?? 0;
    if (even) sum -= ((values[t - half] ?? 0) + (values[t + half] ?? 0)) / 2;
    means[t] = sum / period;
  }
  return means;
};

/**
 * Classical decomposition: means of each phase's ratios to, or distances from, the centred means.
 *
 * @param values [n], at least two periods; all above 0 for factors
 */
export const seasonalIndices = (values: Float64Array, period: number, form: SeasonalForm): SeasonalIndices => {
  const level = centredMeans(values, period);
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  for (let t = 0; t < values.length; t += 1) {
    const mean = level[t] ?? Number.NaN;
    if (Number.isNaN(mean)) continue;
    const phase = t % period;
    sums[phase] = (sums[phase] ?? 0) + (form === 'additive' ? (values[t] ?? 0) - mean : (values[t] ?? 0) / mean);
    counts[phase] = (counts[phase] ?? 0) + 1;
  }
  const neutral = form === 'additive' ? 0 : 1;
  const means = sums.map((sum, phase) => ((counts[phase] ?? 0) > 0 ? sum / (counts[phase] ?? 1) : neutral));
  const average = means.reduce((sum, mean) => sum + mean, 0) / period;
  return {
    form,
    indices: means.map((mean) => (form === 'additive' ? mean - average : Math.max(LEAST_FACTOR, mean / average))),
  };
};

/** Takes the season out of `values`, whose first value has phase `offset`. */
export const removeSeason = (values: Float64Array, { form, indices }: SeasonalIndices, offset = 0): Float64Array =>
  values.map((value, t) => {
    const index = indices[(t + offset) % indices.length] ?? 0;
    return form === 'additive' ? value - index : value / index;
  });

/** Puts the season back, in place; the first value has phase `offset`. */
export const restoreSeason = (
  values: Float64Array,
  { form, indices }: SeasonalIndices,
  offset: number,
): Float64Array => {
  for (let t = 0; t < values.length; t += 1) {
    const index = indices[(t + offset) % indices.length] ?? 0;
    values[t] = form === 'additive' ? (values[t] ?? 0) + index : (values[t] ?? 0) * index;
  }
  return values;
};
