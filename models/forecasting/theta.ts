import { minimize } from '../optimization/nelder-mead.ts';

/** Parameters of the dynamic optimised Theta model. */
export interface ThetaParameters {
  readonly level: number;
  /** Smoothing, 0 to 1. */
  readonly alpha: number;
  /** Weight of the curvature, 1 or more; 2 is the classical method. */
  readonly theta: number;
}

const MOST_EVALUATIONS = 400;
const LEAST_ALPHA = 0.01;
const MOST_ALPHA = 0.999;
const MOST_THETA = 50;

/**
 * Runs the recursion of the dynamic optimised Theta model over the values and on into the future.
 *
 * @param forecast receives the continuation, [horizon]
 * @returns sum of squared one-step errors, without the first three, over which the line is not yet one
 */
const run = (y: Float64Array, { level, alpha, theta }: ThetaParameters, forecast?: Float64Array): number => {
  const n = y.length;
  const weight = 1 - 1 / theta;
  let l = level;
  let mean = y[0] ?? 0;
  let intercept = mean;
  let slope = 0;
  let discount = 1;
  let squares = 0;
  const end = n + (forecast?.length ?? 0);
  for (let t = 1; t <= end; t += 1) {
    // Expected: the level, and the share of the line through all values before that the level has not taken up.
    const expected = l + weight * (discount * intercept + ((1 - discount * (1 - alpha)) / alpha) * slope);
    const value = t <= n ? (y[t - 1] ?? 0) : expected;
    if (t > n && forecast !== undefined) forecast[t - n - 1] = expected;
    if (t > 3 && t <= n) squares += (value - expected) ** 2;
    l = alpha * value + (1 - alpha) * l;
    if (t === 1) {
      mean = value;
      slope = 0;
    } else {
      slope = ((t - 2) * slope + (6 / t) * (value - mean)) / (t + 1);
      mean += (value - mean) / t;
    }
    intercept = mean - ((t + 1) / 2) * slope;
    discount *= 1 - alpha;
  }
  return squares;
};

/**
 * Estimates the dynamic optimised Theta model, in which the line moves with each value. J. A. Fiorucci, T. R. Pellegrini,
 * F. Louzada, F. Petropoulos & A. B. Koehler, "Models for optimising the theta method and their relationship to state
 * space models", International Journal of Forecasting 32 (2016).
 *
 * @param y [n], 4 or more, seasons taken out
 */
export const estimateTheta = (y: Float64Array): ThetaParameters => {
  const scale = Math.max(...y.map(Math.abs), Number.MIN_VALUE);
  const scaled = y.map((value) => value / scale);
  const start = [(scaled[0] ?? 0) / 2, 0.5, Math.log(2)];
  const at = (point: Float64Array): ThetaParameters => ({
    level: point[0] ?? 0,
    alpha: point[1] ?? 0,
    theta: Math.exp(point[2] ?? 0),
  });
  const { point } = minimize(
    (candidate) => {
      const parameters = at(candidate);
      const { alpha, theta } = parameters;
      if (alpha < LEAST_ALPHA || alpha > MOST_ALPHA || theta < 1 || theta > MOST_THETA) return Number.POSITIVE_INFINITY;
      return run(scaled, parameters);
    },
    start,
    { steps: [0.1 * Math.abs(scaled[0] ?? 0) + 0.05, 0.2, 0.5], mostEvaluations: MOST_EVALUATIONS },
  );
  const { level, alpha, theta } = at(point);
  return { level: level * scale, alpha, theta };
};

/** @returns the continuation of y, [horizon] */
export const forecastTheta = (y: Float64Array, parameters: ThetaParameters, horizon: number): Float64Array => {
  const forecast = new Float64Array(horizon);
  run(y, parameters, forecast);
  return forecast;
};
