const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;
const EPSILON = 1e-15;
const TINY = 1e-300;
const MOST_TERMS = 10_000;

/** Natural logarithm of the gamma function for x > 0, by C. Lanczos's series (SIAM J. Numerical Analysis 1, 1964). */
export const logGamma = (x: number): number => {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  let series: number = LANCZOS[0];
  for (let k = 1; k < LANCZOS.length; k += 1) series += (LANCZOS[k] ?? 0) / (x - 1 + k);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
};

const lowerSeries = (a: number, x: number): number => {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < MOST_TERMS && term > sum * EPSILON; k += 1) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
};

/** Lentz's evaluation of the continued fraction for the upper tail. */
const upperFraction = (a: number, x: number): number => {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let product = d;
  for (let k = 1; k < MOST_TERMS; k += 1) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / (numerator * d + b || TINY);
    c = b + numerator / c || TINY;
    product *= d * c;
    if (Math.abs(d * c - 1) < EPSILON) break;
  }
  return product;
};

/**
 * Regularised upper incomplete gamma function Q(a, x). Abramowitz & Stegun, Handbook of Mathematical Functions (1964),
 * 6.5.29 below a + 1, the continued fraction 6.5.31 above.
 *
 * @param a above 0, @param x from 0
 */
const upperIncompleteGamma = (a: number, x: number): number => {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x);
};

/** Probability that a chi-squared variable of that many degrees of freedom exceeds x. */
export const chiSquaredUpperTail = (x: number, degreesOfFreedom: number): number =>
  upperIncompleteGamma(degreesOfFreedom / 2, x / 2);
