import {
  calendarPeriods,
  findGrid,
  type TimeGrid,
  type TimeStep,
  timeAt,
  type WallClock,
} from '../../models/series/time-step.ts';
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
  readonly grid: TimeGrid | undefined;
  /** Place on the grid of the first value. */
  readonly offset: number;
  /** Seasons that the calendar suggests, in values. */
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
  readonly interval?: TimeStep | undefined;
  readonly timeZone: WallClock;
}

/** Share of values that may be missing: what is interpolated looks more regular than what was measured. */
const MOST_MISSING = 0.2;

export const refuse = (name: string, missing: string, status: Refusal['status'] = 'refused'): Refusal => ({
  status,
  name,
  missing: [missing],
});

const tooSparse = (name: string, missing: number, of: number): Refusal =>
  refuse(name, `at least 80% of the values (${missing} of ${of} are missing)`, 'insufficient_data');

interface Gapped {
  /** NaN where missing. */
  readonly values: Float64Array;
  readonly grid: TimeGrid | undefined;
}

const fromValues = (series: SeriesInput, timing: SectionTiming): Gapped => {
  const start = series.start ?? timing.start;
  const step = series.interval ?? timing.interval;
  return {
    values: Float64Array.from(series.values ?? [], (value) => value ?? Number.NaN),
    grid: start === undefined || step === undefined ? undefined : { start, step, clock: timing.timeZone },
  };
};

const fromPoints = ({ name, points = [] }: SeriesInput, { timeZone }: SectionTiming): Gapped | Refusal => {
  const known = points.flatMap(({ timestamp, value }) => (value === null ? [] : [{ timestamp, value }]));
  known.sort((a, b) => a.timestamp - b.timestamp);
  const twice = known.find(({ timestamp }, index) => timestamp === known[index - 1]?.timestamp);
  if (twice !== undefined) {
    const at = new Date(twice.timestamp).toISOString();
    return refuse(name, `one value a time; there are several at ${at}: add them up or average them first`);
  }
  if (known.length < 3) return refuse(name, `3 points or more (there are ${known.length})`, 'insufficient_data');
  const regular = findGrid(
    known.map(({ timestamp }) => timestamp),
    timeZone,
  );
  if (regular === undefined) {
    return refuse(name, 'points at equal steps (minutes, hours, days, months …): add up or average them by step first');
  }
  const length = (regular.places.at(-1) ?? 0) + 1;
  // Before anything is allocated: two far points and a short step make a grid of any length.
  if (known.length < (1 - MOST_MISSING) * length) return tooSparse(name, length - known.length, length);
  const values = new Float64Array(length).fill(Number.NaN);
  for (const [index, place] of regular.places.entries()) values[place] = known[index]?.value ?? Number.NaN;
  return { values, grid: regular.grid };
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
  const trimmed = known.subarray(first, known.findLastIndex((value) => !Number.isNaN(value)) + 1);
  const missing = trimmed.filter((value) => Number.isNaN(value)).length;
  if (missing > MOST_MISSING * trimmed.length) {
    return tooSparse(name, missing, trimmed.length);
  }
  const periods = gapped.grid === undefined ? [] : calendarPeriods(gapped.grid.step);
  return {
    status: 'ok',
    name,
    unit: unit ?? null,
    values: interpolate(trimmed, periods[0] ?? 0),
    filled: missing,
    grid: gapped.grid,
    offset: first,
    periods: periods.filter((period) => period * 2 <= trimmed.length),
  };
};

/** Times of the steps after the last value, ISO 8601; null when the series has no times. */
export const timesAhead = ({ grid, offset, values }: RegularSeries, horizon: number): string[] | null =>
  grid === undefined
    ? null
    : Array.from({ length: horizon }, (_, step) => new Date(timeAt(grid, offset + values.length + step)).toISOString());
