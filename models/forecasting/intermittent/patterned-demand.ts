import { FEWEST_VALUES, forecastSeries, type SeriesForecast } from '../forecast.ts';
import { preferredWithinError } from '../one-standard-error.ts';
import type { DemandBacktest, DemandForecast, DemandOptions } from './forecast-demand.ts';
import { negativeBinomialTotal, normalTotal, totalQuantile } from './total-demand.ts';

/** Fewer past lead times than this do not tell a pattern from chance. */
const FEWEST_TESTS = 6;

interface PastTotal {
  readonly forecast: number;
  readonly flat: number;
  readonly actual: number;
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const aboveZero = (mean: Float64Array): Float64Array => mean.map((value) => Math.max(0, value));

/** Counts are spread as counts are, unless their errors are smaller than that. */
const totalAround = (mean: number, variance: number, counts: boolean) => {
  const counted = counts && variance >= mean ? negativeBinomialTotal(mean, variance) : undefined;
  return counted === undefined
    ? { method: 'normal' as const, total: normalTotal(mean, variance, counts) }
    : { method: 'negative-binomial' as const, total: counted };
};

/** Lead times that the stock for the level would have met, each by the errors of the others. */
const servedOf = (past: readonly PastTotal[], serviceLevel: number, counts: boolean): number =>
  past.filter(({ forecast, actual }, index) => {
    const variance = meanOf(past.toSpliced(index, 1).map((other) => (other.actual - other.forecast) ** 2));
    return actual <= totalQuantile(totalAround(forecast, variance, counts).total, serviceLevel);
  }).length;

const backtestOf = (
  past: readonly PastTotal[],
  flat: DemandForecast,
  { leadTime, serviceLevel }: DemandOptions,
  { span, scale, counts }: { readonly span: number; readonly scale: number; readonly counts: boolean },
): DemandBacktest => {
  const rmsse = (of: (total: PastTotal) => number): number =>
    Math.sqrt(meanOf(past.map((total) => ((total.actual - of(total)) / leadTime) ** 2))) / scale;
  return {
    leadTimes: past.length,
    apart: Math.max(1, Math.floor(span / leadTime)),
    rates: [
      { method: 'series', rmsse: rmsse(({ forecast }) => forecast) },
      { method: flat.method, rmsse: rmsse((total) => total.flat) },
    ],
    totals: [],
    served: servedOf(past, serviceLevel, counts),
    stocksTested: past.length,
  };
};

const changeScale = (demand: Float64Array): number =>
  Math.sqrt(meanOf(Array.from(demand.subarray(1), (value, t) => (value - (demand[t] ?? 0)) ** 2))) || 1;

/** Forecasts of past lead times, and the errors of their first periods. */
interface Past {
  readonly totals: readonly PastTotal[];
  readonly firstErrors: readonly number[];
}

/** Whole lead times that were forecast from the past, by the series and at the flat rate. */
const pastTotals = (demand: Float64Array, { past }: SeriesForecast, rates: Float64Array, leadTime: number): Past => {
  const firstErrors: number[] = [];
  const totals = (past?.origins ?? []).flatMap((origin, index): PastTotal[] => {
    const forecast = aboveZero(past?.forecasts[index] ?? new Float64Array());
    const rate = rates[origin] ?? Number.NaN;
    if (forecast.length < leadTime || Number.isNaN(rate)) return [];
    firstErrors.push((demand[origin] ?? 0) - (forecast[0] ?? 0));
    const actual = sumOf(demand.subarray(origin, origin + leadTime));
    return [{ forecast: sumOf(forecast), flat: rate * leadTime, actual }];
  });
  return { totals, firstErrors };
};

const squares = (errors: readonly number[]): Float64Array => Float64Array.from(errors, (error) => error * error);

/**
 * An item's demand with its season and trend, where a forecast of the series errs less in a lead time's total than the
 * flat rate does, by more than chance explains; else the flat forecast.
 *
 * @param demand [n] as `flat` was made from
 * @param periods seasons, in periods
 */
export const withPattern = (
  demand: Float64Array,
  flat: DemandForecast,
  options: DemandOptions,
  periods: readonly number[],
): DemandForecast => {
  if (demand.length < FEWEST_VALUES) return flat;
  const series = forecastSeries(demand, { horizon: options.leadTime, periods, effort: 'quick' });
  const { totals, firstErrors } = pastTotals(demand, series, flat.rates, options.leadTime);
  const errors = squares(totals.map(({ forecast, actual }) => actual - forecast));
  const flatErrors = squares(totals.map((total) => total.actual - total.flat));
  if (totals.length < FEWEST_TESTS || preferredWithinError([flatErrors, errors]) !== 1) return flat;
  const counts = demand.every(Number.isInteger);
  const means = aboveZero(series.mean);
  const { method, total } = totalAround(sumOf(means), meanOf(Array.from(errors)), counts);
  const context = {
    span: demand.length - (series.past?.origins[0] ?? 0),
    scale: changeScale(demand),
    counts,
  };
  return {
    ...flat,
    method: 'series',
    seriesMethod: series.method,
    means,
    distribution: method,
    onePeriod: totalAround(means[0] ?? 0, meanOf(Array.from(squares(firstErrors))), counts).total,
    leadTime: total,
    backtest: backtestOf(totals, flat, options, context),
  };
};
