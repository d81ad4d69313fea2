import { median } from '../statistics/quantile.ts';
import { seasonalNaiveError, smape } from './accuracy.ts';
import { type Backtest, backtest, backtestError, rollingOrigins } from './backtest.ts';
import { backtestCoverage, type PredictionInterval, predictionIntervals } from './intervals.ts';
import {
  arima,
  autoregression,
  decomposed,
  exponentialSmoothing,
  type Forecaster,
  logarithmic,
  type Method,
  naive,
  seasonalNaive,
  theta,
} from './methods.ts';

export interface ForecastOptions {
  /** Steps to forecast, 1 or more. */
  readonly horizon: number;
  /** Seasons that the series may have, in values: for hourly ones 24 and 168. */
  readonly periods: readonly number[];
  /** Levels of the prediction intervals, 0 to 1. */
  readonly levels?: readonly number[];
  /** `quick` leaves out ARIMA, which takes most of the time. */
  readonly effort?: 'quick' | 'thorough';
  /**
   * Methods from outside, a trained network for example, backtested from the same origins. They are no part of the
   * combination: one is taken when it is clearly better alone.
   */
  readonly others?: readonly Method[];
}

/** How a method did in the backtest. */
export interface CandidateScore {
  readonly method: string;
  /** Mean absolute scaled error; null when the series repeats itself exactly and there is no scale. */
  readonly mase: number | null;
  /** Percent, 0 to 200. */
  readonly smape: number;
}

export interface BacktestReport {
  /** How often the forecast was made from the past. */
  readonly origins: number;
  /** Steps of each, fewer near the end. */
  readonly horizon: number;
  readonly mase: number | null;
  readonly smape: number;
  /** Share of values inside the intervals that the other origins' errors give; null with a single origin. */
  readonly coverage: readonly { readonly level: number; readonly share: number | null }[];
}

export interface SeriesForecast {
  readonly method: string;
  /** In words, why that method. */
  readonly reason: string;
  /** Central forecast, [horizon]. */
  readonly mean: Float64Array;
  readonly intervals: readonly PredictionInterval[];
  /** Null for a constant series. */
  readonly backtest: BacktestReport | null;
  /** What the method forecast from each origin of the backtest: values known there, and the forecasts. */
  readonly past: Backtest | null;
  /** The naive forecast, with or without a season, that erred least in the backtest, and whether the method erred less. */
  readonly naive: (CandidateScore & { readonly beaten: boolean }) | null;
  /** Every method tried, the best in the backtest first. */
  readonly candidates: readonly CandidateScore[];
}

/** The fewest values that are forecast. */
export const FEWEST_VALUES = 8;
const DEFAULT_LEVELS = [0.5, 0.8, 0.95];
/** Values that are looked at, from the end; cycles of the longest season where that is more. */
const MOST_VALUES = 2000;
const MOST_CYCLES = 5;
/** Values that theta, exponential smoothing and ARIMA are estimated from: older ones say little of the next. */
const MOST_RECENT_VALUES = 600;
/** A method alone is preferred when the combination's error is this many times its own, and seen often enough. */
const CLEAR_ADVANTAGE = 1 / 0.7;
const STRETCHES_FOR_ADVANTAGE = 3;
/** A member this much worse than the best is left out of the combination. */
const HOPELESS = 3;
/** Forecasts further outside of the values than so many of their ranges are taken for an instability. */
const MOST_RANGES = 5;

const COMBINATION = 'combination';

/** A method with what it forecast, now and in the backtest. */
interface Tried {
  readonly name: string;
  readonly forecast: Float64Array;
  /** Undefined for a method that needs more values than there were at the first origin. */
  readonly tested: Backtest | undefined;
  readonly error: number;
}

const recent = (method: Method): Method => ({
  name: method.name,
  estimate: (y, periods) => {
    const longest = Math.max(MOST_RECENT_VALUES, MOST_CYCLES * (periods[0] ?? 1));
    const forecaster = method.estimate(y.subarray(Math.max(0, y.length - longest)), periods);
    return (
      forecaster && ((values, horizon) => forecaster(values.subarray(Math.max(0, values.length - longest)), horizon))
    );
  },
});

/** Methods of the combination: a single season is modelled as it is, several are decomposed. */
const membersFor = (seasons: number, effort: ForecastOptions['effort']): readonly Method[] => [
  ...(seasons > 1 ? [] : [recent(theta), recent(exponentialSmoothing), ...(effort === 'quick' ? [] : [recent(arima)])]),
  decomposed(theta),
  autoregression,
  logarithmic(autoregression),
];

const benchmarks: readonly Method[] = [naive, seasonalNaive('shortest'), seasonalNaive('longest')];

const rangeOf = (y: Float64Array): { low: number; high: number } => {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of y) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
};

/** Wraps a forecaster so that an unstable forecast is none. */
const guarded =
  (forecaster: Forecaster): Forecaster =>
  (y, horizon) => {
    const { low, high } = rangeOf(y);
    const margin = MOST_RANGES * (high - low);
    const forecast = forecaster(y, horizon);
    return forecast.every((value) => value >= low - margin && value <= high + margin)
      ? forecast
      : forecast.fill(Number.NaN);
  };

const tryMethod = (
  method: Method,
  y: Float64Array,
  origins: readonly number[],
  { horizon, periods }: ForecastOptions,
): Tried | undefined => {
  const final = method.estimate(y, periods);
  if (final === undefined) return undefined;
  const forecast = guarded(final)(y, horizon);
  if (!forecast.every(Number.isFinite)) return undefined;
  const first = method.estimate(y.subarray(0, origins[0]), periods);
  const tested = first && backtest(y, guarded(first), origins, horizon);
  const error = tested === undefined ? Number.POSITIVE_INFINITY : backtestError(y, tested);
  return { name: method.name, forecast, tested: Number.isFinite(error) ? tested : undefined, error };
};

const medianForecast = (forecasts: readonly Float64Array[], horizon: number): Float64Array =>
  Float64Array.from({ length: horizon }, (_, h) => median(forecasts.map((forecast) => forecast[h] ?? 0)));

/**
 * The median of the members at each step, which no single one's failure moves far. F. Petropoulos & I. Svetunkov, "A simple
 * combination of univariate models", IJF 36 (2020).
 */
const combine = (y: Float64Array, members: readonly Tried[], horizon: number): Tried | undefined => {
  const lowest = Math.min(...members.map(({ error }) => error));
  const kept = members.filter(({ error, tested }) => tested === undefined || error <= HOPELESS * lowest);
  const tests = kept.flatMap(({ tested }) => tested ?? []);
  const origins = tests[0]?.origins;
  if (origins === undefined) return undefined;
  if (kept.length === 1) return kept[0];
  const forecasts = origins.map((origin, k) =>
    medianForecast(
      tests.map((test) => test.forecasts[k] ?? new Float64Array(0)),
      Math.min(horizon, y.length - origin),
    ),
  );
  const tested: Backtest = { origins, forecasts };
  const names = kept.map(({ name }) => name);
  return {
    name: `${COMBINATION} of ${names.join(', ')}`,
    forecast: medianForecast(
      kept.map(({ forecast }) => forecast),
      horizon,
    ),
    tested,
    error: backtestError(y, tested),
  };
};

const percentLess = (error: number, other: number): string => `${Math.round(100 * (1 - error / other))}%`;

const least = (tried: readonly Tried[]): Tried | undefined =>
  tried.reduce<Tried | undefined>((a, b) => (a === undefined || b.error < a.error ? b : a), undefined);

const compared = ({ error }: Tried, simplest: Tried | undefined): string => {
  if (simplest === undefined || !(simplest.error > 0) || !Number.isFinite(simplest.error)) return '';
  return error < simplest.error
    ? `; its error in the backtest is ${percentLess(error, simplest.error)} below that of the ${simplest.name} forecast`
    : `; in the backtest it is no better than the ${simplest.name} forecast`;
};

/** The combination, unless a method alone was clearly better and often enough. */
const choose = (
  combined: Tried,
  tried: readonly Tried[],
  { simplest, stretches }: { readonly simplest: Tried | undefined; readonly stretches: number },
): { chosen: Tried; reason: string } => {
  const best = tried.reduce((a, b) => (b.error < a.error ? b : a), combined);
  if (best !== combined && stretches >= STRETCHES_FOR_ADVANTAGE && best.error * CLEAR_ADVANTAGE < combined.error) {
    const reason = `its error in the backtest is ${percentLess(best.error, combined.error)} below that of the combination of all methods`;
    return { chosen: best, reason };
  }
  if (tried.includes(combined) && best === combined && combined !== simplest)
    return { chosen: combined, reason: `no other method came near it in the backtest${compared(combined, simplest)}` };
  const alone =
    best === combined ? 'no method alone was better' : `the best alone, ${best.name}, was not clearly better`;
  return { chosen: combined, reason: `${alone} in the backtest${compared(combined, simplest)}` };
};

const scoreOf = (y: Float64Array, { name, tested }: Tried, scale: number): CandidateScore[] => {
  if (tested === undefined) return [];
  const actual = tested.origins.flatMap((origin, k) => [
    ...y.subarray(origin, origin + (tested.forecasts[k]?.length ?? 0)),
  ]);
  const forecast = tested.forecasts.flatMap((values) => [...values]);
  const error = actual.reduce((sum, value, i) => sum + Math.abs(value - (forecast[i] ?? 0)), 0) / actual.length;
  return [{ method: name, mase: scale > 0 ? error / scale : null, smape: smape(actual, forecast) }];
};

const compareWithNaive = (
  y: Float64Array,
  chosen: Tried,
  simplest: Tried | undefined,
  scale: number,
): SeriesForecast['naive'] => {
  const [score] = simplest === undefined ? [] : scoreOf(y, simplest, scale);
  return simplest === undefined || score === undefined ? null : { ...score, beaten: chosen.error < simplest.error };
};

const constantForecast = (value: number, { horizon, levels = DEFAULT_LEVELS }: ForecastOptions): SeriesForecast => {
  const mean = new Float64Array(horizon).fill(value);
  return {
    method: 'constant',
    reason: 'every value is the same, so nothing is known of how far it may move',
    mean,
    intervals: levels.map((level) => ({ level, lower: mean.slice(), upper: mean.slice() })),
    backtest: null,
    past: null,
    naive: null,
    candidates: [],
  };
};

/** What `forecastSeries` looks at of a series, and where its backtest begins: what a method from outside has to know. */
export const backtestPlan = (
  values: Float64Array,
  { periods, horizon }: Pick<ForecastOptions, 'periods' | 'horizon'>,
) => {
  const seasons = [...new Set(periods)].filter((p) => p > 1 && 2 * p <= values.length).sort((a, b) => a - b);
  const y = values.slice(-Math.max(MOST_VALUES, MOST_CYCLES * (seasons.at(-1) ?? 1)));
  return { seasons, y, origins: rollingOrigins(y.length, horizon, seasons[0] ?? 1) };
};

/**
 * Forecasts a series by the method that a rolling backtest speaks for: a combination of Theta, exponential smoothing, ARIMA,
 * MSTL and autoregressions, or one of these or the naive forecasts alone where it is clearly better. Prediction intervals
 * come from the backtest's errors.
 *
 * @param values [n], equally spaced, finite, 8 or more
 * @throws RangeError when the values are too few or not finite
 */
export const forecastSeries = (values: Float64Array, options: ForecastOptions): SeriesForecast => {
  if (values.length < FEWEST_VALUES) throw new RangeError(`a forecast wants ${FEWEST_VALUES} values or more`);
  if (!values.every(Number.isFinite)) throw new RangeError('every value must be a finite number');
  const { seasons, y, origins } = backtestPlan(values, options);
  const { low, high } = rangeOf(y);
  if (low === high) return constantForecast(low, options);
  const { horizon, levels = DEFAULT_LEVELS } = options;
  const given = { ...options, periods: seasons };
  const attempt = (methods: readonly Method[]): Tried[] =>
    methods.flatMap((method) => tryMethod(method, y, origins, given) ?? []);
  const members = attempt(membersFor(seasons.length, options.effort));
  const simple = attempt(benchmarks);
  const simplest = least(simple);
  const tried = [...members, ...attempt(options.others ?? []), ...simple];
  const combined = combine(y, members, horizon) ?? tried.find(({ name }) => name === naive.name);
  if (combined?.tested === undefined) throw new RangeError('no method can be estimated from these values');
  const { chosen, reason } = choose(combined, tried, {
    simplest,
    stretches: (y.length - (origins[0] ?? 0)) / horizon,
  });
  const tested = chosen.tested ?? combined.tested;
  const scale = seasonalNaiveError(y, seasons[0] ?? 1);
  const candidates = [...(tried.includes(combined) ? [] : [combined]), ...tried].flatMap((one) =>
    scoreOf(y, one, scale),
  );
  const own = scoreOf(y, chosen, scale)[0];
  return {
    method: chosen.name,
    reason,
    mean: chosen.forecast,
    intervals: predictionIntervals(y, tested, chosen.forecast, { levels, period: seasons[0] ?? 1 }),
    backtest: {
      origins: origins.length,
      horizon: Math.max(...tested.forecasts.map(({ length }) => length)),
      mase: own?.mase ?? null,
      smape: own?.smape ?? 0,
      coverage: backtestCoverage(y, tested, horizon, levels),
    },
    past: { origins: tested.origins.map((origin) => origin + values.length - y.length), forecasts: tested.forecasts },
    naive: compareWithNaive(y, chosen, simplest, scale),
    candidates: candidates.toSorted((a, b) => a.smape - b.smape),
  };
};
