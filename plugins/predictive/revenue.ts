import {
  type BacktestReport,
  FEWEST_VALUES,
  forecastSeries,
  type SeriesForecast,
} from '../../models/forecasting/forecast.ts';
import type { Hierarchy } from '../../models/forecasting/hierarchy.ts';
import { type PastForecast, type ReconciledForecast, reconcile } from '../../models/forecasting/reconcile.ts';
import { type Change, compareWithBefore } from './comparison.ts';
import { percent, round, roundAll, toProbability } from './figures.ts';
import { type BandReport, roundedBacktest } from './forecast.ts';
import { type Band, totalAbove, totalOf } from './forecast-distribution.ts';
import { type Refusal, type RegularSeries, refuse, timesAhead } from './regular-series.ts';
import type { RevenueInput } from './revenue-input.ts';
import { calendarSeasons, NO_SEASONS, seasonsOf } from './seasons.ts';

/** So many nodes are forecast with ARIMA among the methods. */
const MOST_THOROUGH = 10;

interface PlanOutlook {
  /** Steps that the plan covers. */
  readonly steps: number;
  readonly planned: number;
  readonly expected: number;
  /** 95% interval of the total, errors taken to go together. */
  readonly interval: readonly [number, number];
  readonly shortfallProbability: number;
}

export interface NodeReport {
  readonly name: string;
  readonly parent: string | null;
  readonly method: string;
  readonly mean: readonly number[];
  readonly intervals: readonly BandReport[];
  /** Before reconciliation, and the error after it over that before, in the backtest. */
  readonly baseMean: readonly number[];
  readonly errorRatio: number;
  readonly backtest: BacktestReport | null;
  readonly change: Change | null;
  readonly plan: PlanOutlook | null;
}

export interface RevenueReport {
  readonly status: 'ok';
  readonly currency: string | null;
  readonly timestamps: readonly string[] | null;
  readonly reconciliation: Pick<ReconciledForecast, 'method' | 'scores'> & { readonly reason: string };
  /** In the order of the input. */
  readonly nodes: readonly NodeReport[];
}

/** What each node's method forecast from the origins, which all nodes share, in the nodes' order. */
const pastOf = (series: readonly RegularSeries[], forecasts: readonly SeriesForecast[]): PastForecast[] => {
  // A node that never changed has no backtest, and would have been forecast to stay.
  const origins = forecasts.find(({ past }) => past !== null)?.past?.origins ?? [];
  const horizon = forecasts[0]?.mean.length ?? 0;
  return origins.map((origin, index) => {
    const actuals = series.map(({ values }) => values.subarray(origin, origin + horizon));
    const made = forecasts.map(({ past }, node) => past?.forecasts[index] ?? actuals[node] ?? new Float64Array());
    return { forecasts: made, actuals };
  });
};

/** Root mean square of the steps of the values, above 0. */
const scaleOf = ({ values }: RegularSeries): number => {
  let sum = 0;
  for (let t = 1; t < values.length; t += 1) sum += ((values[t] ?? 0) - (values[t - 1] ?? 0)) ** 2;
  return Math.sqrt(sum / (values.length - 1)) || 1;
};

/**
 * Intervals of the base forecast moved to the reconciled one. They are widened where reconciliation made errors larger,
 * and never narrowed: the backtest's origins are few and overlap, and narrowed ones held 3% fewer values in simulations.
 */
const movedBands = (base: SeriesForecast, mean: Float64Array, ratio: number, floor: number): Band[] =>
  base.intervals.map(({ level, lower, upper }) => {
    const move = (bound: Float64Array): Float64Array =>
      bound.map((value, step) => Math.max(floor, (mean[step] ?? 0) + ratio * (value - (base.mean[step] ?? 0))));
    return { level, lower: move(lower), upper: move(upper) };
  });

const outlookOnPlan = (plan: readonly number[], mean: Float64Array, bands: readonly Band[]): PlanOutlook => {
  const covered = (values: Float64Array): Float64Array => values.subarray(0, plan.length);
  const total = totalOf(
    covered(mean),
    bands.map(({ level, lower, upper }) => ({ level, lower: covered(lower), upper: covered(upper) })),
  );
  const planned = plan.reduce((sum, value) => sum + value, 0);
  const widest = total.bands.reduce((a, b) => (b.level > a.level ? b : a));
  return {
    steps: plan.length,
    planned: round(planned),
    expected: round(total.mean),
    interval: [round(widest.lower), round(widest.upper)],
    shortfallProbability: toProbability(1 - totalAbove(planned, total), 4),
  };
};

const NAMES: Readonly<Record<ReconciledForecast['method'], string>> = {
  'mint-shrinkage': 'all nodes count, weighted by the covariance of their errors (MinT)',
  'wls-variance': 'all nodes count, weighted by the variance of their errors',
  'wls-structural': 'all nodes count, weighted by the number of parts below them',
  ols: 'all nodes count alike',
  'bottom-up': 'the nodes without parts are forecast and added up',
};

const reasonFor = ({ method, scores }: ReconciledForecast): string => {
  const [chosen, none] = [method, 'none'].map((name) => scores.find((score) => score.method === name)?.rmsse);
  if (chosen === undefined || none === undefined) return `${NAMES[method]}; too little was left to test others on`;
  const gain = 1 - chosen / none;
  const effect = gain >= 0 ? `${percent(gain)} smaller` : `${percent(-gain)} larger`;
  return `${NAMES[method]}; errors ${effect} than of forecasts that do not sum up, in the backtest`;
};

/** Why the nodes cannot be forecast, or undefined. */
const obstacle = (series: readonly RegularSeries[]): Refusal | undefined => {
  const [first] = series;
  if (first === undefined || first.values.length >= FEWEST_VALUES) return undefined;
  return refuse(first.name, `${FEWEST_VALUES} values or more (there are ${first.values.length})`, 'insufficient_data');
};

const reconcileForecasts = (
  hierarchy: Hierarchy,
  series: readonly RegularSeries[],
  forecasts: readonly SeriesForecast[],
): ReconciledForecast =>
  reconcile(
    hierarchy,
    forecasts.map(({ mean }) => mean),
    {
      past: pastOf(series, forecasts),
      scales: Float64Array.from(series, scaleOf),
      nonNegative: series.every(({ values }) => values.every((value) => value >= 0)),
    },
  );

interface NodeForecast {
  readonly regular: RegularSeries;
  readonly stated: RevenueInput['nodes'][number];
  readonly base: SeriesForecast;
  readonly mean: Float64Array;
  readonly errorRatio: number;
}

const describeNode = (
  { regular, stated, base, mean, errorRatio }: NodeForecast,
  periods: readonly number[],
): NodeReport => {
  const floor = regular.values.every((value) => value >= 0) ? 0 : Number.NEGATIVE_INFINITY;
  const bands = movedBands(base, mean, Math.max(1, errorRatio), floor);
  return {
    name: regular.name,
    parent: stated.parent ?? null,
    method: base.method,
    mean: roundAll(mean),
    intervals: bands.map(({ level, lower, upper }) => ({ level, lower: roundAll(lower), upper: roundAll(upper) })),
    baseMean: roundAll(base.mean),
    errorRatio: round(errorRatio, 3),
    backtest: base.backtest && roundedBacktest(base.backtest),
    change: compareWithBefore(regular.values, { mean, bands }, periods) ?? null,
    plan: stated.plan === undefined ? null : outlookOnPlan(stated.plan, mean, bands),
  };
};

/** The same seasons for all, so that their backtests share origins: those that show in a whole. */
const sharedPeriods = (input: RevenueInput, series: readonly RegularSeries[]): number[] => {
  const whole = series[input.nodes.findIndex(({ parent }) => parent === undefined)];
  if (whole === undefined) return [];
  return seasonsOf(whole.values, whole.grid === undefined ? NO_SEASONS : calendarSeasons(whole.grid.interval));
};

/** Forecasts of all nodes that sum up, with intervals, against their plans. */
export const analyzeRevenue = (input: RevenueInput): RevenueReport | Refusal => {
  const { tree } = input;
  if (tree.status !== 'ok') return tree;
  const { hierarchy, series } = tree;
  const refusal = obstacle(series);
  if (refusal !== undefined) return refusal;
  const periods = sharedPeriods(input, series);
  const effort = series.length > MOST_THOROUGH ? 'quick' : 'thorough';
  const forecasts = series.map(({ values }) => forecastSeries(values, { horizon: input.horizon, periods, effort }));
  const reconciled = reconcileForecasts(hierarchy, series, forecasts);
  return {
    status: 'ok',
    currency: input.currency ?? null,
    timestamps: series[0] === undefined ? null : timesAhead(series[0], input.horizon),
    reconciliation: {
      method: reconciled.method,
      reason: reasonFor(reconciled),
      scores: reconciled.scores.map(({ method, rmsse }) => ({ method, rmsse: round(rmsse, 4) })),
    },
    nodes: series.flatMap((regular, node) => {
      const [base, mean, stated] = [forecasts[node], reconciled.means[node], input.nodes[node]];
      if (base === undefined || mean === undefined || stated === undefined) return [];
      return describeNode({ regular, stated, base, mean, errorRatio: reconciled.errorRatios[node] ?? 1 }, periods);
    }),
  };
};
