/** Keeps the terms of the sum within the range of a double. */
const RESCALE = 1e200;

/**
 * Logarithm of the chance that the sum of `count` spectral ordinates of noise, relative to a background that is itself
 * estimated, reaches `sum`: the upper tail of Snedecor's F with 2 count and 2 degrees degrees of freedom, as a finite sum
 * (Abramowitz & Stegun, Handbook of Mathematical Functions, 26.6.4).
 *
 * @param sum of ordinates whose mean is 1 each
 * @param degrees pairs of degrees of freedom that the background's level has
 */
export const harmonicTail = (sum: number, count: number, degrees: number): number => {
  const share = degrees / (degrees + sum);
  let term = 1;
  let total = 1;
  let logScale = 0;
  for (let j = 1; j < count; j += 1) {
    term *= ((degrees + j - 1) / j) * (1 - share);
    total += term;
    if (total < RESCALE) continue;
    term /= RESCALE;
    total /= RESCALE;
    logScale += Math.log(RESCALE);
  }
  return Math.min(0, degrees * Math.log(share) + Math.log(total) + logScale);
};
