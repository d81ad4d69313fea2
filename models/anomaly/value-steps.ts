/** Differences smaller than this part of a value are rounding of the machine. */
const ROUNDING = 1e-9;
/** Multiples of its fraction fill any interval evenly, also every k-th of them: R. Kronecker's sequence. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/** Distance of two values, 0 when it is only rounding. */
export const stepBetween = (a: number, b: number): number => {
  const step = Math.abs(a - b);
  return step > ROUNDING * Math.max(Math.abs(a), Math.abs(b)) ? step : 0;
};

/**
 * The step in which counts and rounded values come: the lower quartile of the distances between neighbouring distinct
 * values, so that a few values between the steps do not hide it. Of a continuous sample it is tiny.
 *
 * @param values [n]
 * @returns in the unit of the values; 0 when all are equal
 */
export const stepOf = (values: ArrayLike<number>): number => {
  const sorted = Float64Array.from(values).sort();
  const steps = sorted.map((value, k) => stepBetween(value, sorted[k - 1] ?? value)).filter((step) => step > 0);
  return steps.sort()[Math.floor((steps.length - 1) / 4)] ?? 0;
};

/**
 * Where within its step, −½ to ½, the value with a number is put, so that tied values have a continuous distribution:
 * randomised as in A. Brockwell, "Universal residuals: a multivariate transformation", Statistics & Probability
 * Letters 77 (2007), but by a sequence that fills the step evenly.
 */
export const placeInStep = (index: number): number => ((index * GOLDEN_RATIO) % 1) - 0.5;
