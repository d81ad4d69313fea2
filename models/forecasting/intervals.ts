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

/**
 * Degrees of freedom of a stretch of values whose errors say mostly the same: a whole horizon's where errors grow as those
 * of a random walk do, the horizon's root where they do not grow. Set with `GAIN_OF_VALUES` by the coverage of generated
 * series and of the competitions' of all frequencies.
 */
const FREEDOM_A_STRETCH = 1.8;
/**
 * The final forecast is estimated from all values, the backtest's from those before its first origin. Errors are smaller
 * by this factor times the share of the values that those lack.
 */
const GAIN_OF_VALUES = 0.15;
/** Makes the mean absolute deviation of a normal sample its standard deviation, √(π/2). */
const MEAN_TO_DEVIATION = 1.2533141373155001;
const GROWTH_STEPS = 10;
/** Growth of a random walk's errors, which few data are pulled to. */
const USUAL_GROWTH = 0.5;
/** Weight of the usual growth, as a penalty on the log-likelihood. */
const USUAL_GROWTH_WEIGHT = 8;
const LEAST_ERROR = 1e-300;
/** Degrees of freedom at which Student's distribution is the normal one to six digits. */
const ALL_BUT_NORMAL = 1e6;

/** Errors of each origin's forecast, of square roots where nothing is negative. */
interface TestedErrors {
  readonly errors: readonly Float64Array[];
  readonly squareRoots: boolean;
  /** Values that were held back. */
  readonly held: number;
  /** Size of the errors to come, relative to these. */
  readonly later: number;
}

/** A level with Student's point and how it compares with the normal one. */
interface Level {
  readonly level: number;
  readonly t: number;
  readonly widening: number;
}

/** How large errors were, and how they grow with the step. */
interface ErrorScale {
  /** Absolute errors divided by `step ** growth`, ascending. */
  readonly sizes: Float64Array;
  readonly mean: number;
  readonly growth: number;
}

const isNonNegative = (values: Float64Array): boolean => values.every((value) => value >= 0);

/**
 * Errors are those of square roots when nothing is negative: their spread then grows with the level, but less than in
 * proportion, and intervals stay above 0.
 */
const errorsOf = (y: Float64Array, { origins, forecasts }: Backtest): TestedErrors => {
  const squareRoots = isNonNegative(y) && forecasts.every(isNonNegative);
  const errors = forecasts.map((forecast, k) =>
    forecast.map((value, h) => {
      const actual = y[(origins[k] ?? 0) + h] ?? 0;
      return squareRoots ? Math.sqrt(actual) - Math.sqrt(value) : actual - value;
    }),
  );
  const held = y.length - (origins[0] ?? y.length);
  return {
    errors,
    squareRoots,
    held,
    later: 1 - GAIN_OF_VALUES * (held / y.length),
  };
};

/** Exponent of the step with which errors grow, 0 to 1: the likeliest when they are Laplace distributed. */
const errorGrowth = (errors: readonly Float64Array[]): number => {
  const steps = Math.max(...errors.map(({ length }) => length));
  const sums = new Float64Array(steps);
  const counts = new Float64Array(steps);
  for (const error of errors) {
    for (let h = 0; h < error.length; h += 1) {
      sums[h] = (sums[h] ?? 0) + Math.abs(error[h] ?? 0);
      counts[h] = (counts[h] ?? 0) + 1;
    }
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const logs = counts.reduce((sum, count, h) => sum + count * Math.log(h + 1), 0);
  let best = USUAL_GROWTH;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k <= GROWTH_STEPS; k += 1) {
    const growth = k / GROWTH_STEPS;
    const mean = sums.reduce((sum, size, h) => sum + size / (h + 1) ** growth, 0) / total;
    const penalty = USUAL_GROWTH_WEIGHT * (growth - USUAL_GROWTH) ** 2;
    const cost = total * Math.log(mean + LEAST_ERROR) + growth * logs + penalty;
    if (cost < least) [best, least] = [growth, cost];
  }
  return best;
};

const scaleOf = (errors: readonly Float64Array[]): ErrorScale => {
  const growth = errorGrowth(errors);
  const sizes = new Float64Array(errors.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const error of errors) for (const [h, e] of error.entries()) sizes[next++] = Math.abs(e) / (h + 1) ** growth;
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return { sizes: sizes.sort(), mean, growth };
};

/** Degrees of freedom with which the size of the errors is known. */
const freedomOf = ({ held }: TestedErrors, growth: number, horizon: number): number =>
  FREEDOM_A_STRETCH * Math.max(1, held / horizon ** Math.min(1, 0.65 + growth));

const levelAt = (level: number, freedom: number): Level => {
  const t = studentTPoint(1 - level, freedom);
  return { level, t, widening: t / studentTPoint(1 - level, ALL_BUT_NORMAL) };
};

/** Limits at a distance that is the mean of what the errors' quantile and their mean size give. */
const intervalAround = (
  forecast: Float64Array,
  { sizes, mean, growth }: ErrorScale,
  { level, t, widening }: Level,
  { squareRoots, later }: TestedErrors,
): PredictionInterval => {
  const half = (later * (quantile(sizes, level) * widening + mean * MEAN_TO_DEVIATION * t)) / 2;
  const rooted = squareRoots && isNonNegative(forecast);
  const limit = (value: number, h: number, sign: number): number => {
    const distance = sign * half * (h + 1) ** growth;
    return rooted ? Math.max(0, Math.sqrt(value) + distance) ** 2 : value + distance;
  };
  return {
    level,
    lower: forecast.map((value, h) => limit(value, h, -1)),
    upper: forecast.map((value, h) => limit(value, h, 1)),
  };
};

/**
 * Central prediction intervals from a backtest's errors, in the manner of split conformal prediction (V. Vovk, A. Gammerman
 * & G. Shafer, Algorithmic Learning in a Random World, 2005) with the step's scale taken out, widened by Student's t
 * for the few independent errors there are.
 *
 * @param y [n], @param tested of the method that made the forecast, @param forecast [horizon]
 */
export const predictionIntervals = (
  y: Float64Array,
  tested: Backtest,
  forecast: Float64Array,
  levels: readonly number[],
): PredictionInterval[] => {
  const known = errorsOf(y, tested);
  const scale = scaleOf(known.errors);
  const freedom = freedomOf(known, scale.growth, forecast.length);
  return levels.map((level) => intervalAround(forecast, scale, levelAt(level, freedom), known));
};

/**
 * Share of a backtest's values that fall inside intervals made without their own origin's errors.
 *
 * @returns for each level; null with a single origin
 */
export const backtestCoverage = (
  y: Float64Array,
  tested: Backtest,
  horizon: number,
  levels: readonly number[],
): { level: number; share: number | null }[] => {
  const { origins, forecasts } = tested;
  if (origins.length < 2) return levels.map((level) => ({ level, share: null }));
  // The forecasts tested are those of the backtest itself, for which nothing is gained.
  const known = { ...errorsOf(y, tested), later: 1 };
  const freedom = freedomOf(known, errorGrowth(known.errors), horizon);
  const scales = known.errors.map((_, k) => scaleOf(known.errors.filter((_, other) => other !== k)));
  const count = forecasts.reduce((sum, { length }) => sum + length, 0);
  return levels.map((level) => {
    const at = levelAt(level, freedom);
    let inside = 0;
    for (const [k, scale] of scales.entries()) {
      const { lower, upper } = intervalAround(forecasts[k] ?? new Float64Array(0), scale, at, known);
      for (let h = 0; h < lower.length; h += 1) {
        const actual = y[(origins[k] ?? 0) + h] ?? 0;
        if (actual >= (lower[h] ?? 0) && actual <= (upper[h] ?? 0)) inside += 1;
      }
    }
    return { level, share: inside / count };
  });
};
