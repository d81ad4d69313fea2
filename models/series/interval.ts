/** Distance from one value to the next; months have no length in milliseconds, and a working week has holes. */
export type Interval =
  | { readonly unit: 'milliseconds'; readonly every: number }
  | { readonly unit: 'months'; readonly every: number }
  /** `rest` are the two days of the week, 0 is Sunday in UTC, that have no values. */
  | { readonly unit: 'business-days'; readonly rest: readonly [number, number] };

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MONTHS_A_YEAR = 12;
const YEAR_MS = 365.2425 * DAY_MS;
/** How far the number of values to a cycle may be from a whole one. */
const WHOLE = 0.01;

/** Months since year 0, in UTC. */
export const monthOf = (time: number): number => {
  const date = new Date(time);
  return date.getUTCFullYear() * MONTHS_A_YEAR + date.getUTCMonth();
};

/** First moment of a month counted as `monthOf` counts. */
export const startOfMonth = (month: number): number =>
  Date.UTC(Math.floor(month / MONTHS_A_YEAR), month % MONTHS_A_YEAR, 1);

/** A day of the month keeps its number where the month has it, and the last day stays the last. */
const addMonths = (time: number, months: number): number => {
  const from = startOfMonth(monthOf(time));
  const to = startOfMonth(monthOf(time) + months);
  const isLast = startOfMonth(monthOf(time) + 1) - time <= DAY_MS;
  const length = startOfMonth(monthOf(time) + months + 1) - to;
  const within = isLast ? length - (startOfMonth(monthOf(time) + 1) - time) : time - from;
  return to + Math.min(within, length - DAY_MS + ((time - from) % DAY_MS));
};

export const isRest = (time: number, rest: readonly number[]): boolean => rest.includes(new Date(time).getUTCDay());

const addBusinessDays = (time: number, days: number, rest: readonly number[]): number => {
  let result = time;
  for (let left = Math.abs(days); left > 0; ) {
    result += Math.sign(days) * DAY_MS;
    if (!isRest(result, rest)) left -= 1;
  }
  return result;
};

/** The moment so many intervals after (or, below zero, before) another, epoch ms. */
export const advance = (time: number, interval: Interval, steps: number): number => {
  if (interval.unit === 'months') return addMonths(time, steps * interval.every);
  return interval.unit === 'business-days'
    ? addBusinessDays(time, steps, interval.rest)
    : time + steps * interval.every;
};

const wholePeriods = (cycles: readonly number[]): number[] =>
  cycles
    .filter((values) => Math.round(values) >= 2 && Math.abs(values - Math.round(values)) <= WHOLE * values)
    .map(Math.round);

/** Numbers of values to an hour, a day, a week and a year, where they are whole: the seasons one would expect. */
export const naturalPeriods = (interval: Interval): number[] => {
  if (interval.unit === 'months') return wholePeriods([MONTHS_A_YEAR / interval.every]);
  if (interval.unit === 'business-days') return [5, 261];
  return wholePeriods([HOUR_MS, DAY_MS, 7 * DAY_MS, YEAR_MS].map((cycle) => cycle / interval.every));
};
