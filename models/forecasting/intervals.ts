import { quantile } from '../statistics/quantile.ts';
import { studentTPoint } from '../statistics/student-t.ts';
import type { Backtest } from './backtest.ts';

/** A central prediction interval of each step. */
export interface PredictionInterval {
  /** Share of values that should fall inside, 0 to 1. */
  readonly level: number;
  /** [horizon] */
  readonly lower: Float64Array;
  /** [horizon] */
  readonly upper: Float64Array;
}

/** How large the errors of a backtest were, and how they grew with the step. */
export interface ErrorScale {
  /** Absolute errors divided by `step ** growth`, ascending. */
  readonly sizes: Float64Array;
  readonly growth: number;
  /** Degrees of freedom with which the size is known. */
  readonly freedom: number;
  /** Errors are those of square roots, as for values that are never negative. */
  readonly squareRoots: boolean;
}

/**
 * Errors a horizon apart say something new, those between mostly the same again: each stretch of a horizon's length counts
 * for so many. Set with `LATER_ERRORS` by the coverage of the competitions' series, of all frequencies at once.
 */
const FREEDOM_A_HORIZON = 1.5;
/** The final forecast is estimated from all values, the backtest's from fewer: its errors are smaller by this factor. */
const LATER_ERRORS = 0.84;
/** Makes the mean absolute deviation of a normal sample its standard deviation, √(π/2). */
const MEAN_TO_DEVIATION = 1.2533141373155001;
const GROWTH_STEPS = 10;
/** Growth of a random walk's errors, which few data are pulled to. */
const USUAL_GROWTH = 0.5;
/** Weight of the usual growth, as a penalty on the log-likelihood. */
const USUAL_GROWTH_WEIGHT = 30;
const LEAST_ERROR = 1e-300;
/** Degrees of freedom at which Student's distribution is the normal one to six digits. */
const ALL_BUT_NORMAL = 1e6;

type Errors = readonly Float64Array[];

/** Exponent of the step with which the errors grow, 0 to 1: the likeliest when they are Laplace distributed. */
const errorGrowth = (errors: Errors): number => {
  let best = USUAL_GROWTH;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k <= GROWTH_STEPS; k += 1) {
    const growth = k / GROWTH_STEPS;
    let sum = 0;
    let logs = 0;
    let count = 0;
    for (const error of errors) {
      for (let h = 0; h < error.length; h += 1) {
        sum += Math.abs(error[h] ?? 0) / (h + 1) ** growth;
        logs += growth * Math.log(h + 1);
        count += 1;
      }
    }
    const cost =
      count * Math.log(sum / count + LEAST_ERROR) + logs + USUAL_GROWTH_WEIGHT * (growth - USUAL_GROWTH) ** 2;
    if (cost < least) [best, least] = [growth, cost];
  }
  return best;
};

const isNonNegative = (values: Float64Array): boolean => values.every((value) => value >= 0);

/** The same, but for errors made on square roots where no value and no forecast is below 0. */
const errorsOf = (y: Float64Array, { origins, forecasts }: Backtest, squareRoots: boolean): Errors =>
  forecasts.map((forecast, k) =>
    forecast.map((value, h) => {
      const actual = y[(origins[k] ?? 0) + h] ?? 0;
      return squareRoots ? Math.sqrt(actual) - Math.sqrt(value) : actual - value;
    }),
  );

const scaleOf = (errors: Errors, freedom: number, squareRoots: boolean): ErrorScale => {
  const growth = errorGrowth(errors);
  const sizes = Float64Array.from(
    errors.flatMap((error) => Array.from(error, (e, h) => Math.abs(e) / (h + 1) ** growth)),
  );
  return { sizes: sizes.sort(), growth, freedom, squareRoots };
};

/**
 * Learns from a backtest how wide prediction intervals must be.
 *
 * Errors are those of square roots when nothing is negative: their spread then grows with the level, but less than in
 * proportion, and intervals stay above 0.
 *
 * @param y [n]
 * @param horizon steps of the forecast
 * @param without index of an origin to leave out, to see how the others' intervals do there
 */
export const measureErrors = (y: Float64Array, tested: Backtest, horizon: number, without?: number): ErrorScale => {
  const squareRoots = isNonNegative(y) && tested.forecasts.every(isNonNegative);
  const errors = errorsOf(y, tested, squareRoots).filter((_, k) => k !== without);
  const stretches = Math.max(1, (y.length - (tested.origins[0] ?? y.length)) / horizon);
  return scaleOf(errors, FREEDOM_A_HORIZON * stretches, squareRoots);
};

/** Half the width of a first step's interval: the mean of what the errors' quantile and their mean size give. */
const halfWidth = ({ sizes, freedom }: ErrorScale, level: number): number => {
  const t = studentTPoint(1 - level, freedom);
  const normal = studentTPoint(1 - level, ALL_BUT_NORMAL);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const conformal = quantile(sizes, level) * (t / normal);
  return (LATER_ERRORS * (conformal + mean * MEAN_TO_DEVIATION * t)) / 2;
};

/**
 * Central prediction intervals from a backtest's errors, in the manner of split conformal prediction (V. Vovk, A. Gammerman
 * & G. Shafer, Algorithmic Learning in a Random World, 2005) with the step's scale taken out, widened by Student's t
 * for the few independent errors there are.
 *
 * @param forecast [horizon]
 */
export const predictionInterval = (forecast: Float64Array, scale: ErrorScale, level: number): PredictionInterval => {
  const half = halfWidth(scale, level);
  const squareRoots = scale.squareRoots && isNonNegative(forecast);
  const limit = (value: number, h: number, sign: number): number => {
    const distance = sign * half * (h + 1) ** scale.growth;
    return squareRoots ? Math.max(0, Math.sqrt(value) + distance) ** 2 : value + distance;
  };
  return {
    level,
    lower: forecast.map((value, h) => limit(value, h, -1)),
    upper: forecast.map((value, h) => limit(value, h, 1)),
  };
};
