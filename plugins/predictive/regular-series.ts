import type { Interval } from '../../models/series/interval.ts';
import {
  formatTime,
  inspectTimesBy,
  placeOf,
  type TimeGrid,
  timeAt,
  type WallClock,
} from '../../models/series/time-grid.ts';
import { calendarSeasons, NO_SEASONS, seasonsOf } from './seasons.ts';
import type { SeriesInput } from './series-input.ts';

/** A series without gaps at equal steps, and where it stands in time, if that was said. */
export interface RegularSeries {
  readonly status: 'ok';
  readonly name: string;
  readonly unit: string | null;
  /** [n], finite. */
  readonly values: Float64Array;
  /** Values that were missing and are interpolated. */
  readonly filled: number;
  /** Values missing after the last known one. */
  readonly missingAtEnd: number;
  readonly grid: TimeGrid | undefined;
  /** Place on the grid of the first value. */
  readonly offset: number;
  /** Seasons, in values: those of the calendar, else those that stand out. */
  readonly periods: readonly number[];
}

/** A series that is not forecast, and what stands in the way. */
export interface Refusal {
  readonly status: 'insufficient_data' | 'refused';
  readonly name: string;
  readonly missing: readonly string[];
}

export interface SectionTiming {
  readonly start?: number | undefined;
  readonly interval?: Interval | undefined;
  readonly timeZone: WallClock;
}

/** Share of values that may be missing: what is interpolated looks more regular than what was measured. */
const MOST_MISSING = 0.2;
const FEWEST_POINTS = 4;
/** Share of a step by which a time may be off. */
const JITTER = 0.2;

export const refuse = (name: string, missing: string, status: Refusal['status'] = 'refused'): Refusal => ({
  status,
  name,
  missing: [missing],
});

const tooSparse = (name: string, missing: number, of: number): Refusal =>
  refuse(name, `at least 80% of the values (${missing} of ${of} are missing)`, 'insufficient_data');

interface Gapped {
  /** NaN where missing, up to the last time given. */
  readonly values: Float64Array;
  readonly grid: TimeGrid | undefined;
}

const fromValues = (series: SeriesInput, timing: SectionTiming): Gapped => {
  const start = series.start ?? timing.start;
  const interval = series.interval ?? timing.interval;
  return {
    values: Float64Array.from(series.values ?? [], (value) => value ?? Number.NaN),
    grid: start === undefined || interval === undefined ? undefined : { start, interval, clock: timing.timeZone },
  };
};

/** Whole steps from a grid's start to a time that may be a little off. */
const stepsUntil = (time: number, grid: TimeGrid): number =>
  placeOf(grid, time + JITTER * (timeAt(grid, 1) - grid.start));

const fromPoints = ({ name, points = [] }: SeriesInput, { timeZone: clock }: SectionTiming): Gapped | Refusal => {
  const known = points.flatMap(({ timestamp, value }) => (value === null ? [] : [{ timestamp, value }]));
  known.sort((a, b) => a.timestamp - b.timestamp);
  const twice = known.find(({ timestamp }, index) => timestamp === known[index - 1]?.timestamp);
  if (twice !== undefined) {
    const at = formatTime(twice.timestamp, clock);
    return refuse(name, `one value a time; there are several at ${at}: add them up or average them first`);
  }
  const times = known.map(({ timestamp }) => timestamp);
  const [start] = times;
  if (start === undefined || times.length < FEWEST_POINTS) {
    return refuse(name, `${FEWEST_POINTS} points or more (there are ${times.length})`, 'insufficient_data');
  }
  const { interval, positions } = inspectTimesBy(clock, times);
  if (interval === undefined) {
    return refuse(name, 'points at equal steps (minutes, hours, days, months …): add up or average them by step first');
  }
  const grid = { start, interval, clock };
  const last = points.reduce((latest, { timestamp }) => Math.max(latest, timestamp), start);
  const length = 1 + (positions.at(-1) ?? 0) + stepsUntil(last, { ...grid, start: times.at(-1) ?? start });
  // Before anything is allocated: two far points and a short step make a grid of any length.
  if (known.length < (1 - MOST_MISSING) * length) return tooSparse(name, length - known.length, length);
  const values = new Float64Array(length).fill(Number.NaN);
  for (const [index, place] of positions.entries()) values[place] = known[index]?.value ?? Number.NaN;
  return { values, grid };
};

/** Missing values become the mean of their neighbours a season away, or lie on the line between those known. */
const interpolate = (values: Float64Array, period: number): Float64Array => {
  const filled = Float64Array.from(values);
  let before = 0;
  for (let i = 0; i < values.length; i += 1) {
    if (!Number.isNaN(values[i])) {
      before = i;
      continue;
    }
    const seasonal = ((values[i - period] ?? Number.NaN) + (values[i + period] ?? Number.NaN)) / 2;
    let after = i;
    while (Number.isNaN(values[after])) after += 1;
    const [from = 0, to = 0] = [values[before], values[after]];
    filled[i] = Number.isNaN(seasonal) ? from + ((to - from) * (i - before)) / (after - before) : seasonal;
  }
  return filled;
};

/** A series at equal steps without gaps; what is missing is interpolated. */
export const regularise = (series: SeriesInput, timing: SectionTiming): RegularSeries | Refusal => {
  const { name, unit } = series;
  const gapped = series.points === undefined ? fromValues(series, timing) : fromPoints(series, timing);
  if ('status' in gapped) return gapped;
  const known = gapped.values;
  const first = known.findIndex((value) => !Number.isNaN(value));
  if (first === -1) return refuse(name, 'values: all are missing', 'insufficient_data');
  const end = known.findLastIndex((value) => !Number.isNaN(value)) + 1;
  const trimmed = known.subarray(first, end);
  const missing = trimmed.filter((value) => Number.isNaN(value)).length;
  const missingAtEnd = known.length - end;
  if (missing + missingAtEnd > MOST_MISSING * (known.length - first)) {
    return tooSparse(name, missing + missingAtEnd, known.length - first);
  }
  const calendar = gapped.grid === undefined ? NO_SEASONS : calendarSeasons(gapped.grid.interval);
  const values = interpolate(trimmed, calendar.usual[0] ?? 0);
  return {
    status: 'ok',
    name,
    unit: unit ?? null,
    values,
    filled: missing,
    missingAtEnd,
    grid: gapped.grid,
    offset: first,
    periods: seasonsOf(values, calendar),
  };
};

/** Times of the steps after the last time given, ISO 8601 in the series' zone; null when the series has no times. */
export const timesAhead = ({ grid, offset, values, missingAtEnd }: RegularSeries, horizon: number): string[] | null => {
  if (grid === undefined) return null;
  const first = offset + values.length + missingAtEnd;
  return Array.from({ length: horizon }, (_, step) => formatTime(timeAt(grid, first + step), grid.clock));
};
