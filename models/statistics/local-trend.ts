import { studentCdf } from './student-t.ts';

/** What the noise of a series may be. */
interface Structure {
  /** Variance of the noise: 1, or 0 for a level that is seen as it is. */
  readonly noise: number;
  /** Share of the noise that is left at the next point. */
  readonly persistence: number;
  /** Variance that the level gains from one point to the next: above 0 it strays from the line. */
  readonly straying: number;
  /** Probability beforehand. */
  readonly prior: number;
}

/** A straight line is the simplest that can be, and one case of many: most series that look like one stray somewhat. */
const LINE_PRIOR = 0.25;
const PERSISTENCES = [0, 0.5, 0.8] as const;
const STRAYINGS = [0.01, 0.1, 1] as const;

const STRUCTURES: readonly Structure[] = [
  ...PERSISTENCES.map((persistence) => ({
    noise: 1,
    persistence,
    straying: 0,
    prior: LINE_PRIOR / PERSISTENCES.length,
  })),
  ...STRAYINGS.map((straying) => ({
    noise: 1,
    persistence: 0,
    straying,
    prior: (1 - LINE_PRIOR) / (STRAYINGS.length + 1),
  })),
  { noise: 0, persistence: 0, straying: 1, prior: (1 - LINE_PRIOR) / (STRAYINGS.length + 1) },
];

/** Variance, in those of the noise, of a level and a drift of which nothing is known. */
const UNKNOWN = 1e7;

/** What one structure makes of the series, at its last point. Variances in units of y², times in units of x. */
interface Reading {
  readonly weight: number;
  readonly level: number;
  readonly drift: number;
  readonly levelVariance: number;
  readonly covariance: number;
  readonly driftVariance: number;
  /** Variance that the level gains in a unit of x. */
  readonly straying: number;
}

/** A level that drifts, and may stray from the line, under noise that may last: what is known of it at the end. */
export interface LocalTrend {
  readonly level: number;
  readonly drift: number;
  /** P(the drift is below a value). */
  readonly driftBelow: (value: number) => number;
  /**
   * P(the level has reached `limit`, above it now, at most `ahead` units of x after the last point): between the share
   * of courses that are above it then and, for a level that strays, twice that (the reflection principle).
   */
  readonly reached: (limit: number, ahead: number) => { readonly least: number; readonly most: number };
}

/**
 * Kalman filter of level, drift and noise, time in steps: what is known at the end, the scale of the variances, and the
 * logarithm of the marginal likelihood.
 */
const filterSeries = (x: ArrayLike<number>, y: ArrayLike<number>, step: number, structure: Structure) => {
  const { noise, persistence, straying } = structure;
  let [level, drift, rest] = [y[0] ?? 0, 0, 0];
  // Covariances of level (l), drift (d) and noise (r), in units of the scale.
  let [ll, ld, lr, dd, dr, rr] = [UNKNOWN, 0, 0, UNKNOWN, 0, noise];
  let [squares, logarithms] = [0, 0];
  for (let at = 0; at < x.length; at += 1) {
    if (at > 0) {
      const apart = ((x[at] ?? 0) - (x[at - 1] ?? 0)) / step;
      const left = persistence === 0 ? 0 : persistence ** apart;
      level += drift * apart;
      rest *= left;
      ll += 2 * apart * ld + apart * apart * dd + straying * apart;
      ld += apart * dd;
      lr = left * (lr + apart * dr);
      dr *= left;
      rr = left * left * rr + noise * (1 - left * left);
    }
    const [gl, gd, gr] = [ll + lr, ld + dr, lr + rr];
    // Rounding must not make the variance of an exactly known level 0.
    const variance = Math.max(gl + gr, 1e-12);
    const surprise = (y[at] ?? 0) - level - rest;
    level += (gl / variance) * surprise;
    drift += (gd / variance) * surprise;
    rest += (gr / variance) * surprise;
    ll -= (gl * gl) / variance;
    ld -= (gl * gd) / variance;
    lr -= (gl * gr) / variance;
    dd -= (gd * gd) / variance;
    dr -= (gd * gr) / variance;
    rr -= (gr * gr) / variance;
    squares += (surprise * surprise) / variance;
    logarithms += Math.log(variance);
  }
  const freedom = x.length - 2;
  return { level, drift, ll, ld, dd, scale: squares / freedom, fit: -(logarithms + freedom * Math.log(squares)) / 2 };
};

/**
 * Reads the level and the drift of a noisy series without settling on what its noise is: a structural model (A. C.
 * Harvey, Forecasting, Structural Time Series Models and the Kalman Filter, 1989) of white or autocorrelated noise about
 * a straight line, of a random walk with drift, or of a level between the two, averaged by how likely each makes the
 * series (J. A. Hoeting et al., "Bayesian model averaging", Statistical Science 14, 1999). Level, drift and scale have
 * flat priors.
 *
 * @param x [n] ascending, n above 2, the last above the first; @param y [n], not on a line
 */
export const readLocalTrend = (x: ArrayLike<number>, y: ArrayLike<number>): LocalTrend => {
  const freedom = x.length - 2;
  const step = ((x[x.length - 1] ?? 0) - (x[0] ?? 0)) / (x.length - 1);
  const filtered = STRUCTURES.map((structure) => ({ structure, ...filterSeries(x, y, step, structure) }));
  const best = Math.max(...filtered.map(({ fit }) => fit));
  const weights = filtered.map(({ structure, fit }) => structure.prior * Math.exp(fit - best));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const readings = filtered.map(
    ({ structure, level, drift, ll, ld, dd, scale }, index): Reading => ({
      weight: (weights[index] ?? 0) / total,
      level,
      drift: drift / step,
      levelVariance: Math.max(0, ll * scale),
      covariance: (ld * scale) / step,
      driftVariance: Math.max(0, dd * scale) / step ** 2,
      straying: (structure.straying * scale) / step,
    }),
  );
  const mean = (of: (reading: Reading) => number): number =>
    readings.reduce((sum, reading) => sum + reading.weight * of(reading), 0);
  const above = (limit: number, ahead: number, reading: Reading): number => {
    const { level, drift, levelVariance, covariance, driftVariance, straying } = reading;
    const variance = levelVariance + 2 * ahead * covariance + ahead ** 2 * driftVariance + ahead * straying;
    return studentCdf((level + drift * ahead - limit) / Math.sqrt(Math.max(variance, Number.MIN_VALUE)), freedom);
  };
  return {
    level: mean(({ level }) => level),
    drift: mean(({ drift }) => drift),
    driftBelow: (value) =>
      mean(({ drift, driftVariance }) =>
        studentCdf((value - drift) / Math.sqrt(Math.max(driftVariance, Number.MIN_VALUE)), freedom),
      ),
    reached: (limit, ahead) => ({
      least: mean((reading) => above(limit, ahead, reading)),
      most: mean((reading) => Math.min(1, (reading.straying > 0 ? 2 : 1) * above(limit, ahead, reading))),
    }),
  };
};
