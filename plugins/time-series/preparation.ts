import { fillShortGaps, type Hole, latestStretch, longestStretch } from '../../models/series/gaps.ts';
import { advance, DAY_MS, type Interval, monthOf, naturalPeriods, startOfMonth } from '../../models/series/interval.ts';
import { gridTimes, inspectTimes, type Regularity } from '../../models/series/regularity.ts';
import { detectPeriods } from '../../models/series/seasonality.ts';
import { clockOf, inspectTimesBy, UTC_CLOCK, type WallClock } from '../../models/series/time-grid.ts';
import type { GivenSeries, TimeSeriesInput } from './input.ts';

/** Share of a series that a gap may lack to be filled, and values it may lack when no season is expected. */
const FILLED_SHARE = 0.05;
const FILLED_VALUES = 10;
const MOST_FILLED = 100;
const WEEK_MS = 7 * DAY_MS;
/** The epoch began on a Thursday. */
const FIRST_MONDAY = 4 * DAY_MS;

type Aggregate = NonNullable<TimeSeriesInput['aggregate']>;

interface Point {
  readonly time: number;
  /** NaN where missing. */
  readonly value: number;
}

/** A series on its grid. */
export interface GriddedSeries {
  readonly clock: WallClock;
  readonly name: string;
  readonly unit: string | undefined;
  readonly regularity: Regularity;
  readonly interval: Interval | undefined;
  /** Number of points given. */
  readonly given: number;
  /** Epoch ms, and values, NaN where missing, [n]; the points in order of time when there is no interval. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** The part of a series that everything else looks at: equally spaced, without gaps. */
export interface Stretch {
  readonly clock: WallClock;
  readonly interval: Interval;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Values of short gaps, reckoned from their neighbours. */
  readonly filled: number;
  /** Values that are there, outside of the stretch. */
  readonly leftOut: number;
}

const pointsOf = ({ points, values, start, interval }: GivenSeries, clock: WallClock): Point[] => {
  if (points !== undefined)
    return points.map(({ timestamp, value }) => ({ time: timestamp, value: value ?? Number.NaN }));
  if (values === undefined || start === undefined || interval === undefined) return [];
  const { toWall, fromWall } = clockOf(interval, clock);
  const first = toWall(start);
  let wall = first;
  return values.map((value, i) => {
    // Months are counted from the start, so that a short one does not shorten those after it.
    if (i > 0) wall = interval.unit === 'months' ? advance(first, interval, i) : advance(wall, interval, 1);
    return { time: fromWall(wall), value: value ?? Number.NaN };
  });
};

const REDUCE: Readonly<Record<Aggregate['by'], (values: readonly number[]) => number>> = {
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  count: (values) => values.length,
  min: (values) => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  max: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  last: (values) => values.at(-1) ?? Number.NaN,
};

const stepStart = (time: number, step: Interval): number => {
  if (step.unit === 'months') return startOfMonth(Math.floor(monthOf(time) / step.every) * step.every);
  const every = step.unit === 'milliseconds' ? step.every : DAY_MS;
  const origin = every % WEEK_MS === 0 ? FIRST_MONDAY : 0;
  return Math.floor((time - origin) / every) * every + origin;
};

/** One point a step; a step without events sums to nothing, and has no mean. */
const aggregated = (points: readonly Point[], { step, by }: Aggregate, clock: WallClock): Point[] => {
  const { toWall, fromWall } = clockOf(step, clock);
  const known = points
    .filter(({ value }) => !Number.isNaN(value))
    .map(({ time, value }) => ({ time: toWall(time), value }))
    .sort((a, b) => a.time - b.time);
  const groups = Map.groupBy(known, ({ time }) => stepStart(time, step));
  const [first, last] = [known[0], known.at(-1)];
  const result: Point[] = [];
  if (first === undefined || last === undefined) return result;
  const start = stepStart(first.time, step);
  for (let k = 0; advance(start, step, k) <= last.time; k += 1) {
    const time = advance(start, step, k);
    const values = groups.get(time)?.map(({ value }) => value);
    const empty = by === 'sum' || by === 'count' ? 0 : Number.NaN;
    result.push({ time: fromWall(time), value: values === undefined ? empty : REDUCE[by](values) });
  }
  return result;
};

/** Where a time is given more than once, the mean counts. */
const valuesAt = (points: readonly Point[], { times, positions, interval }: Regularity): Float64Array => {
  const places = new Map(Array.from(times, (time, i) => [time, interval === undefined ? i : (positions[i] ?? i)]));
  const length = interval === undefined ? times.length : (positions.at(-1) ?? -1) + 1;
  const sums = new Float64Array(length);
  const counts = new Float64Array(length);
  for (const { time, value } of points) {
    const place = places.get(time) ?? 0;
    if (Number.isNaN(value)) continue;
    sums[place] = (sums[place] ?? 0) + value;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return sums.map((sum, i) => ((counts[i] ?? 0) > 0 ? sum / (counts[i] ?? 1) : Number.NaN));
};

/** Gaps too long to be filled take no more room than shows that they are: a clock set wrong once may span decades. */
const shortenGaps = (positions: Float64Array): Float64Array => {
  const shortened = new Float64Array(positions.length);
  for (let i = 1; i < positions.length; i += 1) {
    const step = (positions[i] ?? 0) - (positions[i - 1] ?? 0);
    shortened[i] = (shortened[i - 1] ?? 0) + Math.min(step, MOST_FILLED + 2);
  }
  return shortened;
};

/** How the points lie: by the interval that was stated, or by the one that they keep. */
const lieOf = (points: readonly Point[], stated: Interval | undefined, clock: WallClock): Regularity => {
  const times = points.map(({ time }) => time);
  if (stated === undefined) {
    const found = inspectTimesBy(clock, times);
    return { ...found, positions: shortenGaps(found.positions) };
  }
  const given = inspectTimes(times.map(clockOf(stated, clock).toWall));
  return { ...given, interval: stated, positions: Float64Array.from(given.times.keys()), gaps: [] };
};

/** Puts a series on the grid of the interval that it states, keeps, or is aggregated to. */
export const toGrid = (series: GivenSeries, { aggregate, timeZone }: TimeSeriesInput): GriddedSeries => {
  const raw = pointsOf(series, timeZone);
  const stated = aggregate?.step ?? (series.values === undefined ? undefined : series.interval);
  const points = aggregate === undefined ? raw : aggregated(raw, aggregate, timeZone);
  const shown = lieOf(points, stated, timeZone);
  const { interval } = shown;
  // Days and longer steps are even by the clock on the wall alone; until the values have their places it is kept to.
  const { toWall, fromWall } = interval === undefined ? UTC_CLOCK : clockOf(interval, timeZone);
  const values = valuesAt(
    points.map(({ time, value }) => ({ time: toWall(time), value })),
    shown,
  );
  const gaps = shown.gaps.map((gap) => ({ ...gap, after: fromWall(gap.after), before: fromWall(gap.before) }));
  return {
    clock: timeZone,
    name: series.name,
    unit: series.unit,
    regularity: { ...shown, gaps },
    interval,
    given: raw.length,
    times: (interval === undefined ? shown.times : gridTimes(shown)).map(fromWall),
    values,
  };
};

/** The parts of a series that are looked at. */
export interface Stretches {
  /** The longest, which all sections but the forecast are about; the latest among equals. */
  readonly analysed: Stretch;
  /** The last, which the forecast goes on from. */
  readonly latest: Stretch;
  /** Values missing at the end, after the latest stretch. */
  readonly missingAtEnd: number;
}

/** Fills short gaps, with the season when there is one, and takes the parts without a long one. */
export const toStretches = ({ clock, interval, times, values }: GriddedSeries): Stretches | undefined => {
  if (interval === undefined) return undefined;
  const n = values.length;
  const [season] = naturalPeriods(interval).filter((period) => 3 * period <= n);
  const longest = Math.max(1, Math.min(Math.floor(FILLED_SHARE * n), season ?? FILLED_VALUES, MOST_FILLED));
  const straight = fillShortGaps(values, longest);
  const known = values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  const stretchOf = ({ start, end }: Hole): Stretch => {
    const part = values.subarray(start, end);
    const missing = part.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
    const [clearest] =
      missing === 0
        ? []
        : detectPeriods(straight.subarray(start, end), { expected: naturalPeriods(interval) }).sort(
            (a, b) => b.strength - a.strength,
          );
    return {
      clock,
      interval,
      times: times.slice(start, end),
      values: fillShortGaps(part, longest, clearest?.period),
      filled: missing,
      leftOut: known - (part.length - missing),
    };
  };
  const [whole, last] = [longestStretch(straight), latestStretch(straight)];
  const analysed = stretchOf(whole);
  return { analysed, latest: last.start === whole.start ? analysed : stretchOf(last), missingAtEnd: n - last.end };
};
