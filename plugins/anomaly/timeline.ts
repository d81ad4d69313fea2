import { quantile } from '../../models/statistics/quantile.ts';
import type { SeriesInput } from './input.ts';

/** Share of the distances between points that must be about equal for a series to be regular. */
const REGULAR_SHARE = 0.5;
const ABOUT = 0.1;
/** Slots a point; with fewer points in them a grid says nothing. */
const MOST_SLOTS_A_POINT = 4;

/** Points in order of time, each time once. */
export interface Timeline {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly nulls: number;
  readonly duplicates: number;
  /** Points that came before an earlier one. */
  readonly disordered: number;
}

type Point = readonly [time: number, value: number | null];

const pointsOf = ({ points, values = [], start = 0, intervalSeconds = 0 }: SeriesInput): Point[] =>
  points?.map(({ timestamp, value }) => [timestamp, value] as const) ??
  values.map((value, k) => [start + k * intervalSeconds * 1000, value] as const);

/** Orders the points; of several at one time the last counts, and null is no point. */
export const toTimeline = (series: SeriesInput): Timeline => {
  const points = pointsOf(series);
  const known = new Map<number, number>();
  let nulls = 0;
  for (const [time, value] of points) {
    if (value === null) nulls += 1;
    else known.set(time, value);
  }
  const ordered = [...known].sort((a, b) => a[0] - b[0]);
  return {
    times: Float64Array.from(ordered, ([time]) => time),
    values: Float64Array.from(ordered, ([, value]) => value),
    nulls,
    duplicates: points.length - nulls - known.size,
    disordered: points.filter(([time], k) => time < (points[k - 1]?.[0] ?? time)).length,
  };
};

/** Median distance between neighbours in ms; 0 with fewer than two. */
export const intervalOf = (times: Float64Array): number => {
  if (times.length < 2) return 0;
  return quantile(
    Float64Array.from({ length: times.length - 1 }, (_, k) => (times[k + 1] ?? 0) - (times[k] ?? 0)).sort(),
    0.5,
  );
};

/** Whole numbers of intervals since `origin`, or, of points at irregular times, their numbers. */
export interface Slots {
  readonly slots: Int32Array;
  readonly regular: boolean;
}

const isRegular = (times: Float64Array, interval: number): boolean => {
  let equal = 0;
  for (let k = 1; k < times.length; k += 1)
    if (Math.abs((times[k] ?? 0) - (times[k - 1] ?? 0) - interval) <= ABOUT * interval) equal += 1;
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return equal >= REGULAR_SHARE * (times.length - 1) && span / interval <= MOST_SLOTS_A_POINT * times.length;
};

/** Puts the points of a whole series on a grid, where they are on one. */
export const toSlots = (times: Float64Array): Slots => {
  const interval = intervalOf(times);
  const origin = times[0] ?? 0;
  if (interval > 0 && isRegular(times, interval))
    return { slots: Int32Array.from(times, (time) => Math.round((time - origin) / interval)), regular: true };
  return { slots: Int32Array.from(times, (_, k) => k), regular: false };
};
