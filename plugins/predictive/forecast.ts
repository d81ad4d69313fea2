import {
  type BacktestReport,
  type CandidateScore,
  FEWEST_VALUES,
  type ForecastOptions,
  forecastSeries,
  type SeriesForecast,
} from '../../models/forecasting/forecast.ts';
import type { PluginModels } from '../contract.ts';
import { type Capped, capped } from '../figures.ts';
import { type Change, compareWithBefore, outlookOnTarget, type TargetOutlook } from './comparison.ts';
import { round, roundAll } from './figures.ts';
import type { ForecastInput, ForecastSeriesInput } from './forecast-input.ts';
import { type Refusal, type RegularSeries, refuse, regularise, timesAhead } from './regular-series.ts';
import { type NetworkReport, reportNetwork, trainedNetwork } from './trained-network.ts';

const MOST_CANDIDATES = 5;

export interface BandReport {
  readonly level: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

interface NaiveComparison {
  readonly method: string;
  readonly smape: number;
  readonly beaten: boolean;
}

export interface SeriesReport {
  readonly status: 'ok' | 'constant';
  readonly name: string;
  readonly unit: string | null;
  /** Values the forecast rests on, and how many of them were interpolated. */
  readonly values: number;
  readonly filled: number;
  /** Values missing after the last known one: the forecast begins after them. */
  readonly missingAtEnd: number;
  readonly periods: readonly number[];
  readonly method: string;
  readonly reason: string;
  /** Of each step; null when the series carries no times. */
  readonly timestamps: readonly string[] | null;
  readonly mean: readonly number[];
  /** Null for a constant, which says nothing of how it may change. */
  readonly intervals: readonly BandReport[] | null;
  readonly backtest: BacktestReport | null;
  /** The naive forecast, with or without a season, that erred less in the backtest, and whether the method erred less still. */
  readonly naive: NaiveComparison | null;
  readonly candidates: Capped<CandidateScore>;
  readonly change: Change | null;
  /** Of the trained model that the series names. */
  readonly network: NetworkReport | null;
  readonly target: TargetOutlook | null;
}

const isConstant = ({ values }: RegularSeries): boolean => values.every((value) => value === values[0]);

/** A forecast of what was never negative is not negative either. */
const withoutNegatives = (forecast: SeriesForecast): SeriesForecast => {
  const clip = (values: Float64Array): Float64Array => values.map((value) => Math.max(0, value));
  const intervals = forecast.intervals.map(({ level, lower, upper }) => ({
    level,
    lower: clip(lower),
    upper: clip(upper),
  }));
  return { ...forecast, mean: clip(forecast.mean), intervals };
};

const roundedScore = ({ method, mase, smape }: CandidateScore): CandidateScore => ({
  method,
  mase: mase === null ? null : round(mase, 4),
  smape: round(smape, 4),
});

/** A backtest's figures at the precision that they have. */
export const roundedBacktest = ({ coverage, mase, smape, ...counts }: BacktestReport): BacktestReport => ({
  ...counts,
  mase: mase === null ? null : round(mase, 4),
  smape: round(smape, 4),
  coverage: coverage.map(({ level, share }) => ({ level, share: share === null ? null : round(share, 3) })),
});

const compareWithNaive = ({ naive }: SeriesForecast): NaiveComparison | null =>
  naive && { method: naive.method, smape: round(naive.smape, 4), beaten: naive.beaten };

/** A forecast without its first steps, of which the values are past, but missing. */
const withoutSteps = (forecast: SeriesForecast, steps: number): SeriesForecast => ({
  ...forecast,
  mean: forecast.mean.subarray(steps),
  intervals: forecast.intervals.map(({ level, lower, upper }) => ({
    level,
    lower: lower.subarray(steps),
    upper: upper.subarray(steps),
  })),
});

const describeSeries = (regular: RegularSeries, horizon: number) => ({
  name: regular.name,
  unit: regular.unit,
  values: regular.values.length,
  filled: regular.filled,
  missingAtEnd: regular.missingAtEnd,
  timestamps: timesAhead(regular, horizon),
});

const constantForecast = (regular: RegularSeries, horizon: number): SeriesReport => {
  const value = regular.values[0] ?? 0;
  return {
    status: 'constant',
    ...describeSeries(regular, horizon),
    periods: [],
    method: 'constant',
    reason: `all ${regular.values.length} values are ${value}; how it may change, a series that never did cannot say`,
    mean: new Array<number>(horizon).fill(value),
    intervals: null,
    backtest: null,
    naive: null,
    candidates: capped([], MOST_CANDIDATES),
    change: null,
    network: null,
    target: null,
  };
};

/** A series and its forecast, or why there is none. */
export const forecastOne = async (
  series: ForecastSeriesInput,
  section: ForecastInput,
  { effort, models }: { effort: NonNullable<ForecastOptions['effort']>; models: PluginModels },
): Promise<SeriesReport | Refusal> => {
  const regular = regularise(series, section);
  if (regular.status !== 'ok') return regular;
  const { name, values, missingAtEnd } = regular;
  const horizon = series.horizon ?? section.horizon;
  if (values.length < FEWEST_VALUES) {
    return refuse(name, `${FEWEST_VALUES} values or more (there are ${values.length})`, 'insufficient_data');
  }
  if (isConstant(regular)) return constantForecast(regular, horizon);
  const periods = series.periods ?? regular.periods;
  const ahead = { horizon: missingAtEnd + horizon, periods };
  const network = series.model === undefined ? undefined : await trainedNetwork(models, series.model, regular, ahead);
  const others = network?.method === undefined ? [] : [network.method];
  const free = withoutSteps(forecastSeries(values, { ...ahead, effort, others }), missingAtEnd);
  const positive = series.nonNegative ?? values.every((value) => value >= 0);
  const forecast = positive ? withoutNegatives(free) : free;
  const outlook = { mean: forecast.mean, bands: forecast.intervals, skipped: missingAtEnd };
  return {
    status: 'ok',
    ...describeSeries(regular, horizon),
    periods,
    method: forecast.method,
    reason: forecast.reason,
    mean: roundAll(forecast.mean),
    intervals: forecast.intervals.map(({ level, lower, upper }) => ({
      level,
      lower: roundAll(lower),
      upper: roundAll(upper),
    })),
    backtest: forecast.backtest && roundedBacktest(forecast.backtest),
    naive: compareWithNaive(forecast),
    candidates: capped(forecast.candidates.map(roundedScore), MOST_CANDIDATES),
    change: compareWithBefore(values, outlook, periods) ?? null,
    network: network === undefined ? null : reportNetwork(network, forecast),
    target: series.target === undefined ? null : outlookOnTarget(values.at(-1) ?? 0, series.target, outlook),
  };
};
