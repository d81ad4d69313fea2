import type { DemandClass } from '../../models/forecasting/intermittent/demand-class.ts';
import type { RateMethod } from '../../models/forecasting/intermittent/demand-rate.ts';
import {
  type DemandBacktest,
  type DemandForecast,
  type DemandMethod,
  forecastDemand,
  stockFor,
  stockOutRisk,
} from '../../models/forecasting/intermittent/forecast-demand.ts';
import { withPattern } from '../../models/forecasting/intermittent/patterned-demand.ts';
import { type TotalDemand, totalQuantile } from '../../models/forecasting/intermittent/total-demand.ts';
import { isSeasonal } from '../../models/forecasting/seasonal-adjustment.ts';
import { confidenceAbove } from '../../models/statistics/proportion.ts';
import { createRandom } from '../../models/statistics/random.ts';
import { theilSenTrend } from '../../models/statistics/trend.ts';
import { type Capped, capped, toConfidence } from '../figures.ts';
import type { DemandInput, DemandItemInput } from './demand-input.ts';
import { type DemandSeries, latestOrder, nextPeriod, toDemandSeries } from './demand-series.ts';
import { round, roundAll, toProbability } from './figures.ts';
import { type Refusal, refuse } from './regular-series.ts';
import { calendarSeasons, NO_SEASONS, seasonsOf } from './seasons.ts';

const FEWEST_PERIODS = 12;
const FEWEST_DEMANDS = 4;
/** A distribution over lead times needs to have seen some. */
const FEWEST_LEAD_TIMES = 3;
const MOST_REPORTED = 200;
const SIGNIFICANT_TREND = 0.01;
const LEVELS = [0.5, 0.8, 0.95] as const;

interface Interval {
  readonly level: number;
  readonly lower: number;
  readonly upper: number;
}

interface StockReport {
  readonly serviceLevel: number;
  readonly reorderPoint: number;
  readonly safetyStock: number;
  /** The rest is null when the item's stock was not given. */
  readonly stock: number | null;
  readonly stockOutRisk: number | null;
  readonly orderNow: boolean | null;
}

export interface ItemForecast {
  readonly status: 'ok';
  readonly name: string;
  readonly unit: string | null;
  readonly demandClass: DemandClass;
  readonly averageInterval: number;
  readonly sizeCv2: number;
  readonly periods: number;
  readonly demands: number;
  readonly periodsSinceDemand: number;
  /** Chance of so long a silence if demand went on as before. */
  readonly silencePValue: number;
  readonly method: DemandMethod;
  readonly reason: string;
  readonly nextPeriod: string | null;
  /** The next period. */
  readonly perPeriod: { readonly mean: number; readonly intervals: readonly Interval[] };
  readonly leadTime: {
    readonly periods: number;
    /** Of each of its periods, and in all. */
    readonly means: readonly number[];
    readonly mean: number;
    readonly intervals: readonly Interval[];
    readonly distribution: DemandForecast['distribution'];
  };
  readonly stock: StockReport;
  readonly backtest: DemandBacktest | null;
  /** How sure it is that the stock is too low for its service level; null when the stock was not given. */
  readonly shortageConfidence: number | null;
}

export interface DemandReport extends Capped<ItemForecast | Refusal> {
  readonly leadTime: number;
  readonly serviceLevel: number;
}

const intervalsOf = (total: TotalDemand): Interval[] =>
  LEVELS.map((level) => ({
    level,
    lower: round(totalQuantile(total, (1 - level) / 2)),
    upper: round(totalQuantile(total, (1 + level) / 2)),
  }));

const NAMES: Readonly<Record<RateMethod, string>> = {
  sba: 'Croston with the bias taken away (SBA)',
  croston: "Croston's method",
  tsb: 'TSB, which lets the rate of a silent item fall',
  mean: 'the mean of all periods',
  naive: 'the last period',
};

const reasonFor = ({ method, seriesMethod, backtest }: DemandForecast): string => {
  const tested = `on ${backtest?.leadTimes ?? 0} past lead times`;
  if (method === 'series') {
    return `a series with season or trend (${seriesMethod ?? ''}): erred less than a flat rate by more than chance explains, ${tested}`;
  }
  if (backtest === null) return `${NAMES[method]}, the most dependable; too little was left to test others on`;
  return method === 'sba'
    ? `${NAMES.sba}: nothing erred less by more than chance explains, ${tested}`
    : `${NAMES[method]}: erred less than SBA by more than chance explains, ${tested}`;
};

const roundedBacktest = ({ rates, totals, ...counts }: DemandBacktest): DemandBacktest => ({
  ...counts,
  rates: rates.map(({ method, rmsse }) => ({ method, rmsse: rmsse === null ? null : round(rmsse, 4) })),
  totals: totals.map(({ method, quantileLoss }) => ({ method, quantileLoss: round(quantileLoss, 4) })),
});

/** How sure past lead times, each counted once, make that more of them exceed the stock than the service level allows. */
const shortageConfidence = (demand: Float64Array, stock: number, length: number, serviceLevel: number): number => {
  const trials = Math.floor(demand.length / length);
  let exceeded = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const end = demand.length - trial * length;
    if (demand.subarray(end - length, end).reduce((sum, value) => sum + value, 0) > stock) exceeded += 1;
  }
  return toConfidence(confidenceAbove(exceeded, trials, 1 - serviceLevel));
};

const silence = (demand: Float64Array): { readonly since: number; readonly pValue: number } => {
  const last = demand.findLastIndex((value) => value > 0);
  const occurred = demand.subarray(0, last + 1).filter((value) => value > 0).length;
  const since = demand.length - 1 - last;
  return { since, pValue: (1 - occurred / (last + 1)) ** since };
};

interface Asked {
  readonly leadTime: number;
  readonly serviceLevel: number;
}

const describeStock = (forecast: DemandForecast, asked: Asked, stock: number | undefined): StockReport => {
  const { reorderPoint, safetyStock } = stockFor(forecast, asked);
  return {
    serviceLevel: asked.serviceLevel,
    reorderPoint: round(reorderPoint),
    safetyStock: round(safetyStock),
    stock: stock ?? null,
    stockOutRisk: stock === undefined ? null : toProbability(stockOutRisk(forecast, stock)),
    orderNow: stock === undefined ? null : stock <= reorderPoint,
  };
};

const describe = (
  { name, unit, stock }: DemandItemInput,
  series: DemandSeries,
  forecast: DemandForecast,
  asked: Asked,
): ItemForecast => {
  const { profile, means } = forecast;
  const { since, pValue } = silence(series.demand);
  return {
    status: 'ok',
    name,
    unit: unit ?? null,
    demandClass: profile.demandClass,
    averageInterval: round(profile.adi, 4),
    sizeCv2: round(profile.cv2, 4),
    periods: profile.periods,
    demands: profile.demands,
    periodsSinceDemand: since,
    silencePValue: round(pValue, 3),
    method: forecast.method,
    reason: reasonFor(forecast),
    nextPeriod: nextPeriod(series),
    perPeriod: { mean: round(means[0] ?? 0), intervals: intervalsOf(forecast.onePeriod) },
    leadTime: {
      periods: asked.leadTime,
      means: roundAll(means),
      mean: round(means.reduce((sum, mean) => sum + mean, 0)),
      intervals: intervalsOf(forecast.leadTime),
      distribution: forecast.distribution,
    },
    stock: describeStock(forecast, asked, stock),
    backtest: forecast.backtest && roundedBacktest(forecast.backtest),
    shortageConfidence:
      stock === undefined ? null : shortageConfidence(series.demand, stock, asked.leadTime, asked.serviceLevel),
  };
};

/** What an item lacks, in words; none when it can be forecast. */
const lacks = (demand: Float64Array, leadTime: number): string[] => {
  const demands = demand.filter((value) => value > 0).length;
  const needed = Math.max(FEWEST_PERIODS, FEWEST_LEAD_TIMES * leadTime);
  return [
    ...(demand.length < needed
      ? [`${needed} periods for a lead time of ${leadTime} (there are ${demand.length})`]
      : []),
    ...(demands < FEWEST_DEMANDS ? [`${FEWEST_DEMANDS} periods with a demand (there are ${demands})`] : []),
  ];
};

/** Whether a demand that comes nearly every period has a season or a trend, at first sight. */
const mayHavePattern = ({ profile }: DemandForecast, demand: Float64Array, seasons: readonly number[]): boolean => {
  if (profile.demandClass !== 'smooth' && profile.demandClass !== 'erratic') return false;
  if (seasons.some((period) => isSeasonal(demand, period))) return true;
  return (theilSenTrend([...demand.keys()], [...demand])?.pValue ?? 1) < SIGNIFICANT_TREND;
};

const forecastItem = (item: DemandItemInput, section: DemandInput, latest: number, seed: number) => {
  const series = toDemandSeries(item, section, latest);
  if (series.status !== 'ok') return series;
  const options = {
    leadTime: item.leadTime ?? section.leadTime,
    serviceLevel: item.serviceLevel ?? section.serviceLevel,
  };
  const missing = lacks(series.demand, options.leadTime);
  if (missing.length > 0) return { status: 'insufficient_data' as const, name: item.name, missing };
  const asked = { ...options, random: createRandom(seed) };
  const flat = forecastDemand(series.demand, asked);
  if (flat === undefined) return refuse(item.name, 'a period with a demand', 'insufficient_data');
  const seasons = seasonsOf(
    series.demand,
    series.grid === undefined ? NO_SEASONS : calendarSeasons(series.grid.interval),
  );
  const forecast = mayHavePattern(flat, series.demand, seasons)
    ? withPattern(series.demand, flat, asked, seasons)
    : flat;
  return describe(item, series, forecast, options);
};

/** Demand and stock of every item, those whose stock is likeliest to run out first. */
export const analyzeDemand = (input: DemandInput, seed: number): DemandReport => {
  const latest = latestOrder(input);
  const items = input.items.map((item, index) => forecastItem(item, input, latest, seed + index));
  const risk = (item: ItemForecast | Refusal): number => (item.status === 'ok' ? (item.stock.stockOutRisk ?? 0) : -1);
  return {
    leadTime: input.leadTime,
    serviceLevel: input.serviceLevel,
    ...capped(
      items.toSorted((a, b) => risk(b) - risk(a)),
      MOST_REPORTED,
    ),
  };
};
