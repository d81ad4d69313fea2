/** Persistence of the noise's slow part: 0 is white noise, 1 a random walk. */
const PERSISTENCE = [-0.5, 0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.87, 0.92, 0.96, 0.98, 0.99, 1] as const;
/** Moving-average parameter: near the persistence, white noise drowns the slow part; below zero, noise is smooth. */
const MOVING_AVERAGE = [-0.6, -0.3, 0, 0.3, 0.5, 0.7, 0.8, 0.87, 0.93, 0.97] as const;

/** An ARMA(1,1): white noise, first-order autoregressions, random walks and their sums with white noise are among them. */
export interface NoiseFit {
  readonly persistence: number;
  readonly average: number;
  /** Twice the negative logarithm of the conditional likelihood, up to a constant: the smaller, the better. */
  readonly deviance: number;
}

/** The first value comes from the stationary distribution; a random walk starts anywhere. */
const firstInnovation = (value: number, persistence: number, average: number): number =>
  persistence === 1 ? 0 : value * Math.sqrt((1 - persistence ** 2) / (1 + average ** 2 - 2 * persistence * average));

const innovationSquares = (residuals: Float64Array, persistence: number, average: number): number => {
  let previous = residuals[0] ?? 0;
  let innovation = firstInnovation(previous, persistence, average);
  let sum = innovation * innovation;
  for (let i = 1; i < residuals.length; i += 1) {
    const value = residuals[i] ?? 0;
    innovation = value - persistence * previous + average * innovation;
    previous = value;
    sum += innovation * innovation;
  }
  return sum;
};

/**
 * The noise, white to a random walk, that describes residuals best, by conditional likelihood on a grid. G. E. P. Box &
 * G. M. Jenkins, Time Series Analysis (1970), 7.1.
 *
 * @param residuals [n]
 * @param floor least mean square that counts, so that a perfect fit is finite
 */
export const fitNoise = (residuals: Float64Array, floor: number): NoiseFit => {
  let least = Number.POSITIVE_INFINITY;
  let best = { persistence: 0, average: 0 };
  for (const persistence of PERSISTENCE) {
    for (const average of MOVING_AVERAGE) {
      // Equal parameters cancel: white noise, which the pair of zeros already is.
      if (persistence === average && persistence !== 0) continue;
      const squares = innovationSquares(residuals, persistence, average);
      if (squares < least) [least, best] = [squares, { persistence, average }];
    }
  }
  const n = residuals.length;
  return { ...best, deviance: n * Math.log(Math.max(least / n, floor)) };
};

/** What the noise's past did not foretell, [n]. */
export const innovationsOf = (residuals: Float64Array, { persistence, average }: NoiseFit): Float64Array => {
  const innovations = new Float64Array(residuals.length);
  innovations[0] = firstInnovation(residuals[0] ?? 0, persistence, average);
  for (let i = 1; i < residuals.length; i += 1)
    innovations[i] = (residuals[i] ?? 0) - persistence * (residuals[i - 1] ?? 0) + average * (innovations[i - 1] ?? 0);
  return innovations;
};
