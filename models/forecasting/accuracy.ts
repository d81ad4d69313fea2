/**
 * Symmetric mean absolute percentage error, in percent, 0 to 200. S. Makridakis, "Accuracy measures: theoretical and
 * practical concerns", IJF 9 (1993), as the M4 competition uses it. Steps at which both are 0 count as exact.
 *
 * @param actual [h], @param forecast [h]
 */
export const smape = (actual: ArrayLike<number>, forecast: ArrayLike<number>): number => {
  let sum = 0;
  for (let h = 0; h < actual.length; h += 1) {
    const [a, f] = [actual[h] ?? 0, forecast[h] ?? 0];
    const scale = Math.abs(a) + Math.abs(f);
    if (scale > 0) sum += Math.abs(a - f) / scale;
  }
  return (200 * sum) / actual.length;
};

/** Mean absolute error, in the values' unit. */
export const meanAbsoluteError = (actual: ArrayLike<number>, forecast: ArrayLike<number>): number => {
  let sum = 0;
  for (let h = 0; h < actual.length; h += 1) sum += Math.abs((actual[h] ?? 0) - (forecast[h] ?? 0));
  return sum / actual.length;
};

/**
 * Mean absolute error of the seasonal naive forecast within the values: the scale of the mean absolute scaled error
 * (MASE). R. J. Hyndman & A. B. Koehler, "Another look at measures of forecast accuracy", IJF 22 (2006).
 *
 * @param values [n], @param period 1 for the naive forecast
 * @returns 0 when no value differs from the one a period before, NaN with no more than a period
 */
export const seasonalNaiveError = (values: ArrayLike<number>, period: number): number => {
  let sum = 0;
  for (let t = period; t < values.length; t += 1) sum += Math.abs((values[t] ?? 0) - (values[t - period] ?? 0));
  return sum / (values.length - period);
};
