import { isSeasonal } from '../../models/forecasting/seasonal-adjustment.ts';
import { DAY_MS, type Interval, naturalPeriods } from '../../models/series/interval.ts';
import { detectPeriods } from '../../models/series/seasonality.ts';

const WEEK_MS = 7 * DAY_MS;

export interface CalendarSeasons {
  /** Cycles that what people do nearly always has, in values. */
  readonly usual: readonly number[];
  /** Cycles that must show themselves, in values. */
  readonly possible: readonly number[];
}

export const NO_SEASONS: CalendarSeasons = { usual: [], possible: [] };

/** Days, weeks and years. Within the hour hardly anything repeats, and the shortest season is modelled first. */
export const calendarSeasons = (interval: Interval): CalendarSeasons => {
  const periods = naturalPeriods(interval);
  if (interval.unit === 'months') return { usual: periods, possible: [] };
  if (interval.unit === 'business-days') return { usual: periods.slice(0, 1), possible: periods.slice(1) };
  const cycle = (period: number): number => Math.round(period * interval.every);
  return {
    usual: periods.filter((period) => cycle(period) === DAY_MS || cycle(period) === WEEK_MS),
    possible: periods.filter((period) => cycle(period) > WEEK_MS),
  };
};

/** A trend hides a season from the autocorrelation; the values' changes have none. */
const changesOf = (values: Float64Array): Float64Array =>
  Float64Array.from({ length: values.length - 1 }, (_, t) => (values[t + 1] ?? 0) - (values[t] ?? 0));

/**
 * Seasons to forecast with, in values: those of the calendar of which there are two cycles, a year of days or weeks
 * when it shows, and, without any, those that stand out of the spectrum.
 */
export const seasonsOf = (values: Float64Array, { usual, possible }: CalendarSeasons): number[] => {
  const seen = (period: number): boolean => 2 * period <= values.length;
  const changes = changesOf(values);
  const shown = [...usual.filter(seen), ...possible.filter((period) => seen(period) && isSeasonal(changes, period))];
  return shown.length > 0 ? shown : detectPeriods(values).map(({ period }) => Math.round(period));
};
