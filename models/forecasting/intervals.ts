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

/** Recent values by which a series is known to be mostly one and the same, and by whose steps it then may move. */
const RECENT_VALUES = 200;
const MOSTLY = 0.5;
/** The level whose interval holds a surprise that has just been. */
const SURPRISED_LEVEL = 0.95;
/** Times the distance of that interval's limits beyond which an error is a surprise: less is what noise does. */
const SURPRISING = 2;

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

const normalPoint = (level: number): number => studentTPoint(1 - level, ALL_BUT_NORMAL);

const levelAt = (level: number, freedom: number): Level => {
  const t = studentTPoint(1 - level, freedom);
  return { level, t, widening: t / normalPoint(level) };
};

/** Distance of the limits at the first step: the mean of what the errors' quantile and their mean size give. */
const distanceAt = ({ sizes, mean }: ErrorScale, { level, t, widening }: Level, { later }: TestedErrors): number =>
  (later * (quantile(sizes, level) * widening + mean * MEAN_TO_DEVIATION * t)) / 2;

/** An interval whose limits are at a distance that grows with the step. */
const intervalAround = (
  forecast: Float64Array,
  half: number,
  { growth }: ErrorScale,
  { level }: Level,
  { squareRoots }: TestedErrors,
): PredictionInterval => {
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
 * Error of the last value, as it was forecast last, where it is far beyond the limits: it may be the beginning of another
 * level, of which the errors before know nothing. Else 0.
 */
const surpriseAtEnd = (known: TestedErrors, scale: ErrorScale, freedom: number): number => {
  const last = known.errors.at(-1) ?? new Float64Array(0);
  const error = Math.abs(last.at(-1) ?? 0);
  const limit = distanceAt(scale, levelAt(SURPRISED_LEVEL, freedom), known) * last.length ** scale.growth;
  return error > SURPRISING * limit ? error : 0;
};

/** Recent steps of a series that is mostly one and the same value, ascending; undefined for any other. */
const stepsOfSparse = (y: Float64Array, period: number): Float64Array | undefined => {
  const recent = y.subarray(-RECENT_VALUES - period);
  const counts = new Map<number, number>();
  for (const value of recent) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (Math.max(...counts.values()) < MOSTLY * recent.length) return undefined;
  return Float64Array.from(
    { length: recent.length - period },
    (_, t) => (recent[t + period] ?? 0) - (recent[t] ?? 0),
  ).sort();
};

/**
 * Widens an interval to hold what a series does that is mostly one and the same value. Nearly all of its errors are near
 * zero and the others go one way, so that central intervals miss by twice as much above as they should: each limit is at
 * least at the step that is exceeded as often, with the rank of conformal prediction. Limits of whole numbers that come
 * near one include it.
 */
const widenedBy = (
  steps: Float64Array,
  { level, lower, upper }: PredictionInterval,
  forecast: Float64Array,
  y: Float64Array,
): PredictionInterval => {
  const n = steps.length;
  const rank = Math.min(n, Math.ceil(((n + 1) * (1 + level)) / 2));
  const [down, up] = [Math.min(0, steps[n - rank] ?? 0), Math.max(0, steps[rank - 1] ?? 0)];
  const floor = isNonNegative(y) ? 0 : Number.NEGATIVE_INFINITY;
  const whole = y.every(Number.isInteger);
  return {
    level,
    lower: lower.map((value, h) => {
      const limit = Math.max(Math.min(floor, value), Math.min(value, (forecast[h] ?? 0) + down));
      return whole ? Math.min(limit, Math.round(limit)) : limit;
    }),
    upper: upper.map((value, h) => {
      const limit = Math.max(value, (forecast[h] ?? 0) + up);
      return whole ? Math.max(limit, Math.round(limit)) : limit;
    }),
  };
};

/**
 * Central prediction intervals from a backtest's errors, in the manner of split conformal prediction (V. Vovk, A. Gammerman
 * & G. Shafer, Algorithmic Learning in a Random World, 2005) with the step's scale taken out, widened by Student's t
 * for the few independent errors there are. An error of the last value far beyond the limits widens them, and so do the steps
 * of a series that is mostly one and the same value.
 *
 * @param y [n], @param tested of the method that made the forecast, @param forecast [horizon]
 * @param period shortest season, 1 without
 */
export const predictionIntervals = (
  y: Float64Array,
  tested: Backtest,
  forecast: Float64Array,
  { levels, period }: { readonly levels: readonly number[]; readonly period: number },
): PredictionInterval[] => {
  const known = errorsOf(y, tested);
  const scale = scaleOf(known.errors);
  const freedom = freedomOf(known, scale.growth, forecast.length);
  const surprise = surpriseAtEnd(known, scale, freedom) / normalPoint(SURPRISED_LEVEL);
  const steps = stepsOfSparse(y, period);
  return levels.map((level) => {
    const at = levelAt(level, freedom);
    const half = Math.max(distanceAt(scale, at, known), surprise * normalPoint(level));
    const interval = intervalAround(forecast, half, scale, at, known);
    return steps === undefined ? interval : widenedBy(steps, interval, forecast, y);
  });
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
      const half = distanceAt(scale, at, known);
      const { lower, upper } = intervalAround(forecasts[k] ?? new Float64Array(0), half, scale, at, known);
      for (let h = 0; h < lower.length; h += 1) {
        const actual = y[(origins[k] ?? 0) + h] ?? 0;
        if (actual >= (lower[h] ?? 0) && actual <= (upper[h] ?? 0)) inside += 1;
      }
    }
    return { level, share: inside / count };
  });
};
