import { logGamma } from './incomplete-gamma.ts';

const EPSILON = 1e-15;
const TINY = 1e-300;
const MOST_TERMS = 1_000;

/**
 * Continued fraction of the incomplete beta function, by Lentz's method: 26.5.8 of Abramowitz & Stegun, Handbook of
 * Mathematical Functions (1964).
 */
const betaFraction = (x: number, a: number, b: number): number => {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || TINY);
  let product = d;
  for (let m = 1; m < MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || TINY);
    c = 1 + even / c || TINY;
    product *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || TINY);
    c = 1 + odd / c || TINY;
    product *= d * c;
    if (Math.abs(d * c - 1) < EPSILON) break;
  }
  return product;
};

/** Regularised incomplete beta function for x from 0 to 1. */
const incompleteBeta = (x: number, a: number, b: number): number => {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
};

/** Chance that Student's t exceeds `t` in absolute value. */
const twoSidedTail = (t: number, freedom: number): number =>
  incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);

/** Distribution function of Student's t. */
export const studentCdf = (t: number, freedom: number): number => {
  const upper = twoSidedTail(t, freedom) / 2;
  return t > 0 ? 1 - upper : upper;
};

/**
 * The point that Student's t exceeds in absolute value with a probability, by bisection.
 *
 * @param probability above 0, below 1
 * @param freedom degrees of freedom, 1 at least
 */
export const studentTPoint = (probability: number, freedom: number): number => {
  let high = 1;
  while (twoSidedTail(high, freedom) > probability) high *= 2;
  let low = 0;
  while (high - low > 1e-10 * high) {
    const middle = (low + high) / 2;
    if (twoSidedTail(middle, freedom) > probability) low = middle;
    else high = middle;
  }
  return high;
};
