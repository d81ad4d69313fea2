/** Share of the squares that the limits of a double leave. */
const ROUNDING = 1e-24;

/** Means over a whole cycle around each value; an even cycle counts its two ends half. Ends take the nearest mean. */
const centredAverage = (y: Float64Array, period: number): Float64Array => {
  const half = Math.floor(period / 2);
  const result = new Float64Array(y.length);
  for (let i = half; i < y.length - half; i += 1) {
    let sum = 0;
    for (let j = i - half; j <= i + half; j += 1) sum += y[j] ?? 0;
    const ends = period % 2 === 0 ? ((y[i - half] ?? 0) + (y[i + half] ?? 0)) / 2 : 0;
    result[i] = (sum - ends) / period;
  }
  result.fill(result[half] ?? 0, 0, half);
  result.fill(result[y.length - half - 1] ?? 0, y.length - half);
  return result;
};

const profileOf = (detrended: Float64Array, period: number): Float64Array => {
  const profile = new Float64Array(period);
  const counts = new Float64Array(period);
  for (let i = 0; i < detrended.length; i += 1) {
    profile[i % period] = (profile[i % period] ?? 0) + (detrended[i] ?? 0);
    counts[i % period] = (counts[i % period] ?? 0) + 1;
  }
  return profile.map((sum, phase) => sum / (counts[phase] ?? 1));
};

const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

/**
 * How much of the variance around the moving average repeats with each period, corrected for what the profile of noise
 * would explain. The measure is that of X. Wang, K. Smith & R. J. Hyndman, "Characteristic-based clustering for time
 * series data", Data Mining and Knowledge Discovery 13 (2006).
 *
 * @param values [n], @param periods ascending; each is measured on what the shorter ones leave
 * @returns 0 to 1 for each period
 */
export const seasonalStrengths = (values: ArrayLike<number>, periods: readonly number[]): number[] => {
  const rest = Float64Array.from(values);
  return periods.map((period) => {
    const level = centredAverage(rest, period);
    const detrended = rest.map((value, i) => value - (level[i] ?? 0));
    const profile = profileOf(detrended, period);
    const remainder = detrended.map((value, i) => value - (profile[i % period] ?? 0));
    for (let i = 0; i < rest.length; i += 1) rest[i] = (rest[i] ?? 0) - (profile[i % period] ?? 0);
    // Nothing varies but by rounding, so nothing repeats.
    if (squares(detrended) <= ROUNDING * squares(rest)) return 0;
    const unexplained = squares(remainder) / (rest.length - period) / (squares(detrended) / (rest.length - 1));
    return Math.max(0, Math.min(1, 1 - unexplained));
  });
};
