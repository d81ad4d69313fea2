import type { Random } from '../../statistics/random.ts';
import { preferredWithinError } from '../one-standard-error.ts';
import { type DemandProfile, profileDemand } from './demand-class.ts';
import { fitRate, forecastRate, type RateMethod, squaredErrorOfTotals } from './demand-rate.ts';
import {
  bootstrapTotal,
  empiricalTotal,
  negativeBinomialTotal,
  probabilityAbove,
  type TotalDemand,
  totalQuantile,
} from './total-demand.ts';

type TotalMethod = 'negative-binomial' | 'bootstrap' | 'empirical';
/** A flat rate, or the forecast of a series with season and trend. */
export type DemandMethod = RateMethod | 'series';

interface RateScore {
  readonly method: DemandMethod;
  /**
   * Root mean squared error of the lead time's total, a period, over that of the naive one-step forecast before; null
   * when that never erred and there is no scale.
   */
  readonly rmsse: number | null;
}

interface TotalScore {
  readonly method: TotalMethod;
  /** Mean quantile loss of the lead time's total over the mean total. */
  readonly quantileLoss: number;
}

export interface DemandBacktest {
  /** Lead times forecast from what was known before each; they overlap. */
  readonly leadTimes: number;
  /** How many of them fit in a row without overlap. */
  readonly apart: number;
  readonly rates: readonly RateScore[];
  readonly totals: readonly TotalScore[];
  /** Lead times whose demand the stock for the service level would have met. */
  readonly served: number;
  readonly stocksTested: number;
}

export interface DemandForecast {
  readonly profile: DemandProfile;
  readonly method: DemandMethod;
  /** What the series was forecast by; null for a flat rate. */
  readonly seriesMethod: string | null;
  /** Mean demand of each period of the lead time, [leadTime]. */
  readonly means: Float64Array;
  /** The flat rate as forecast before each period, [n + 1]. */
  readonly rates: Float64Array;
  readonly distribution: TotalMethod | 'normal';
  readonly onePeriod: TotalDemand;
  readonly leadTime: TotalDemand;
  /** Null when too little is left to test on. */
  readonly backtest: DemandBacktest | null;
}

export interface DemandOptions {
  /** Periods between an order and its arrival. */
  readonly leadTime: number;
  /** Probability, 0 to 1, that a lead time passes without running out. */
  readonly serviceLevel: number;
  readonly random: Random;
}

/** SBA errs least over many items (Syntetos & Boylan, 2005); the others must show that they err less on this one. */
const RATE_METHODS = ['sba', 'tsb', 'croston', 'mean'] as const;
const TOTAL_METHODS = ['negative-binomial', 'bootstrap', 'empirical'] as const;
const REPLICATES = 1_000;
const TEST_REPLICATES = 200;
const MOST_ORIGINS = 12;
const LEVELS = [0.5, 0.75, 0.9, 0.95] as const;
/** Share of the history that sets the weights before the tests begin. */
const FIT_SHARE = 2 / 3;

const totalOf = (demand: Float64Array, from: number, length: number): number => {
  let sum = 0;
  for (let t = from; t < from + length; t += 1) sum += demand[t] ?? 0;
  return sum;
};

const squaredLosses = (demand: Float64Array, rates: Float64Array, length: number, start: number): Float64Array =>
  Float64Array.from({ length: demand.length - length - start + 1 }, (_, index) => {
    const t = start + index;
    return (totalOf(demand, t, length) / length - (rates[t] ?? 0)) ** 2;
  });

const quantileLoss = (total: TotalDemand, actual: number, levels: readonly number[]): number => {
  let sum = 0;
  for (const level of levels) {
    const difference = actual - totalQuantile(total, level);
    sum += difference >= 0 ? level * difference : (level - 1) * difference;
  }
  return (2 * sum) / levels.length;
};

/** The total of `length` periods after `history`, by one method; undefined where it does not apply. */
const totalBy = (
  method: TotalMethod,
  history: Float64Array,
  rates: Float64Array,
  { length, replicates, random }: { readonly length: number; readonly replicates: number; readonly random: Random },
): TotalDemand | undefined => {
  if (method === 'empirical') return empiricalTotal(history, length);
  if (method === 'bootstrap') return bootstrapTotal(history, { length, replicates, random });
  if (!history.every(Number.isInteger)) return undefined;
  const mean = length * (rates[history.length] ?? Number.NaN);
  return negativeBinomialTotal(mean, squaredErrorOfTotals(history, rates, length));
};

interface TotalTest {
  readonly method: TotalMethod;
  readonly losses: Float64Array;
  readonly served: number;
}

/** Each distribution at up to twelve origins, from what was known at each. */
const testTotals = (
  demand: Float64Array,
  rates: Float64Array,
  start: number,
  { leadTime, serviceLevel, random }: DemandOptions,
): TotalTest[] => {
  const windows = demand.length - leadTime - start + 1;
  const step = Math.ceil(windows / MOST_ORIGINS);
  const origins = Array.from(
    { length: Math.ceil(windows / step) },
    (_, index) => demand.length - leadTime - index * step,
  );
  return TOTAL_METHODS.flatMap((method) => {
    const losses: number[] = [];
    let served = 0;
    for (const origin of origins) {
      const options = { length: leadTime, replicates: TEST_REPLICATES, random };
      const total = totalBy(method, demand.subarray(0, origin), rates, options);
      if (total === undefined) return [];
      const actual = totalOf(demand, origin, leadTime);
      losses.push(quantileLoss(total, actual, [...LEVELS, serviceLevel]));
      if (actual <= totalQuantile(total, serviceLevel)) served += 1;
    }
    return [{ method, losses: Float64Array.from(losses), served }];
  });
};

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

interface Choice {
  readonly rate: RateMethod;
  readonly total: TotalMethod;
  readonly backtest: DemandBacktest | null;
}

/** Methods chosen on the last third of the history, from weights fitted to what comes before. */
const choose = (demand: Float64Array, options: DemandOptions): Choice => {
  const { leadTime } = options;
  const second = demand.findIndex((value, t) => value > 0 && t > demand.findIndex((first) => first > 0));
  const start = Math.max(Math.ceil(FIT_SHARE * demand.length), second + 1, leadTime);
  if (second < 0 || start + leadTime > demand.length) {
    return { rate: 'sba', total: 'bootstrap', backtest: null };
  }
  const fitted = RATE_METHODS.map((method) => fitRate(demand, method, start));
  const losses = fitted.map(({ rates }) => squaredLosses(demand, rates, leadTime, start));
  const naive = squaredLosses(demand, forecastRate(demand, 'naive').rates, leadTime, start);
  const chosen = fitted[preferredWithinError(losses)];
  const tests = testTotals(demand, chosen?.rates ?? new Float64Array(), start, options);
  const test = tests[preferredWithinError(tests.map((each) => each.losses))];
  const scale = Math.sqrt(squaredErrorOfTotals(demand.subarray(0, start), forecastRate(demand, 'naive').rates, 1));
  const scored = (method: RateMethod, loss: Float64Array) => ({
    method,
    rmsse: scale > 0 ? Math.sqrt(meanOf(loss)) / scale : null,
  });
  const meanTotal = leadTime * meanOf(demand);
  return {
    rate: chosen?.method ?? 'sba',
    total: test?.method ?? 'bootstrap',
    backtest: {
      leadTimes: losses[0]?.length ?? 0,
      apart: Math.floor((demand.length - start) / leadTime),
      rates: [...fitted.map(({ method }, index) => scored(method, losses[index] ?? naive)), scored('naive', naive)],
      totals: tests.map(({ method, losses: ofMethod }) => ({ method, quantileLoss: meanOf(ofMethod) / meanTotal })),
      served: test?.served ?? 0,
      stocksTested: test?.losses.length ?? 0,
    },
  };
};

/**
 * Forecast of an item's demand: its mean a period by Croston's method or one of its successors, and the distribution
 * of the demand over a lead time, both chosen by a backtest on that lead time's total. Errors are squared and quantile
 * losses, which are least for the mean and the quantiles; a percentage error cannot judge a demand that is often zero.
 *
 * @param demand [n], from 0 up, n at least the lead time
 * @returns undefined without any demand
 */
export const forecastDemand = (demand: Float64Array, options: DemandOptions): DemandForecast | undefined => {
  const profile = profileDemand(demand);
  if (profile === undefined) return undefined;
  const choice = choose(demand, options);
  const rate = fitRate(demand, choice.rate);
  const totalOver = (length: number): TotalDemand => {
    const drawn = { length, replicates: REPLICATES, random: options.random };
    return totalBy(choice.total, demand, rate.rates, drawn) ?? bootstrapTotal(demand, drawn);
  };
  return {
    profile,
    method: choice.rate,
    seriesMethod: null,
    means: new Float64Array(options.leadTime).fill(rate.rates[demand.length] ?? 0),
    rates: rate.rates,
    distribution: choice.total,
    onePeriod: totalOver(1),
    leadTime: totalOver(options.leadTime),
    backtest: choice.backtest,
  };
};

export interface StockLevel {
  /** Smallest stock, on hand and on order, that meets a lead time's demand with the service level's probability. */
  readonly reorderPoint: number;
  /** What of it is held against uncertainty: the reorder point less the mean demand of a lead time. */
  readonly safetyStock: number;
}

/** Stock for a service level, the cycle service level: the probability of no shortage between order and arrival. */
export const stockFor = (
  { means, leadTime: total }: DemandForecast,
  { serviceLevel }: Pick<DemandOptions, 'serviceLevel'>,
): StockLevel => {
  const reorderPoint = totalQuantile(total, serviceLevel);
  const meanOverLeadTime = means.reduce((sum, mean) => sum + mean, 0);
  return { reorderPoint, safetyStock: Math.max(0, reorderPoint - meanOverLeadTime) };
};

/** Probability that a stock does not last a lead time. */
export const stockOutRisk = ({ leadTime }: DemandForecast, stock: number): number => probabilityAbove(leadTime, stock);
