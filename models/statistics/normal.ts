/** Two-sided 95% point of the standard normal distribution. */
export const Z_95 = 1.959963984540054;

const P = 0.3275911;
const A = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429] as const;

/**
 * Standard normal distribution function, by the error function's approximation 7.1.26 of Abramowitz & Stegun,
 * Handbook of Mathematical Functions (1964); absolute error below 1e-7.
 */
export const normalCdf = (z: number): number => {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + P * x);
  const series = A.reduceRight((sum, coefficient) => (sum + coefficient) * t, 0);
  const upperTail = (series * Math.exp(-x * x)) / 2;
  return z >= 0 ? 1 - upperTail : upperTail;
};
