import { median, quantile } from '../statistics/quantile.ts';
import { advance, DAY_MS, type Interval, isRest, monthOf, startOfMonth } from './interval.ts';

/** Values that are not there. */
interface Gap {
  /** Epoch ms of the last value before and the first after. */
  readonly after: number;
  readonly before: number;
  /** Number of values missing. */
  readonly missing: number;
}

/** How the times of a series lie. */
export interface Regularity {
  /** Undefined when the times keep no interval. */
  readonly interval: Interval | undefined;
  /** Distinct times, ascending, epoch ms. */
  readonly times: Float64Array;
  /**
   * [times]: place on the grid of the interval; the times' own order when there is none. Milliseconds beside a far date
   * make places beyond 32 bits.
   */
  readonly positions: Float64Array;
  readonly gaps: readonly Gap[];
  /** Times given more than once, counted once for each repetition. */
  readonly duplicates: number;
  /** Times given before an earlier one. */
  readonly disordered: number;
  /** Median distance, in intervals, of a difference from a whole number of them; 0 for months and business days. */
  readonly jitter: number;
  /** Days of 23 and 25 hours: the values are daily by a clock that changes between summer and winter. */
  readonly clockChanges: boolean;
}

/** Share of an interval by which a time may be off. */
const TOLERANCE = 0.2;
/** Share of the differences that must fit. */
const FITTING = 0.9;
/** Share of the differences that must be one interval, not several. */
const SINGLE = 0.5;
const FEWEST_TIMES = 4;
/** Lengths an interval is taken for when it is within one percent of them, ms. */
const ROUND_LENGTHS = [
  1, 10, 100, 1_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000,
  7_200_000, 10_800_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000,
] as const;
const HOUR_MS = 3_600_000;
const SHORTEST_MONTH = 28 * DAY_MS;
/** Days within which the times must lie of the same day of the month, or of the same distance from its end. */
const DAYS_OF_MONTH = 3;

interface Grid {
  readonly interval: Interval;
  readonly positions: Float64Array;
}

const differencesOf = (times: Float64Array): Float64Array =>
  Float64Array.from({ length: Math.max(0, times.length - 1) }, (_, i) => (times[i + 1] ?? 0) - (times[i] ?? 0));

const fits = (steps: ArrayLike<number>, isFitting: (i: number) => boolean): boolean => {
  const all = Array.from(steps);
  const fitting = all.filter((step, i) => step >= 1 && isFitting(i));
  return fitting.length >= FITTING * all.length && all.filter((step) => step === 1).length >= SINGLE * all.length;
};

const cumulate = (steps: ArrayLike<number>): Float64Array => {
  const positions = new Float64Array(steps.length + 1);
  for (let i = 0; i < steps.length; i += 1) positions[i + 1] = (positions[i] ?? 0) + Math.max(1, steps[i] ?? 1);
  return positions;
};

/** Steps are counted one by one, so that an interval that is a little off does not drift. */
const fixedGrid = (differences: Float64Array): Grid | undefined => {
  const typical = median(differences);
  const round = ROUND_LENGTHS.find((length) => Math.abs(length - typical) <= 0.01 * length);
  const every = round ?? typical;
  const steps = differences.map((difference) => Math.round(difference / every));
  const off = (i: number): number => Math.abs((differences[i] ?? 0) / every - (steps[i] ?? 0));
  if (!fits(steps, (i) => off(i) <= TOLERANCE)) return undefined;
  return { interval: { unit: 'milliseconds', every }, positions: cumulate(steps) };
};

const spreadOf = (values: Float64Array): number => {
  const sorted = Float64Array.from(values).sort();
  return quantile(sorted, 1 - (1 - FITTING) / 2) - quantile(sorted, (1 - FITTING) / 2);
};

const monthGrid = (times: Float64Array, differences: Float64Array): Grid | undefined => {
  const typical = median(differences);
  if (typical < SHORTEST_MONTH) return undefined;
  const months = times.map(monthOf);
  const monthSteps = differencesOf(months);
  const every = median(monthSteps);
  if (!Number.isInteger(every) || every < 1) return undefined;
  const steps = monthSteps.map((step) => step / every);
  const sinceStart = times.map((time, i) => time - startOfMonth(months[i] ?? 0));
  const untilEnd = times.map((time, i) => startOfMonth((months[i] ?? 0) + 1) - time);
  const spread = Math.min(spreadOf(sinceStart), spreadOf(untilEnd));
  if (spread > DAYS_OF_MONTH * DAY_MS || !fits(steps, (i) => Number.isInteger(steps[i]))) return undefined;
  return { interval: { unit: 'months', every }, positions: cumulate(steps.map(Math.round)) };
};

/** The two neighbouring days of the week that have no values, when all others have. */
const restOf = (times: Float64Array): readonly [number, number] | undefined => {
  const present = new Set(Array.from(times, (time) => new Date(time).getUTCDay()));
  const absent = [0, 1, 2, 3, 4, 5, 6].filter((day) => !present.has(day));
  const [first, second] = absent;
  if (absent.length !== 2 || first === undefined || second === undefined) return undefined;
  return second - first === 1 || second - first === 6 ? [first, second] : undefined;
};

const businessGrid = (times: Float64Array, differences: Float64Array): Grid | undefined => {
  const rest = Math.abs(median(differences) - DAY_MS) <= TOLERANCE * DAY_MS ? restOf(times) : undefined;
  // Two weekends at least: ten days without a Saturday are no rule.
  if (rest === undefined || (times.at(-1) ?? 0) - (times[0] ?? 0) < 10 * DAY_MS) return undefined;
  const steps = differences.map((difference, i) => {
    let count = 0;
    for (let day = 1; day <= Math.round(difference / DAY_MS); day += 1)
      if (!isRest((times[i] ?? 0) + day * DAY_MS, rest)) count += 1;
    return count;
  });
  const isWhole = (i: number): boolean => Math.abs(((differences[i] ?? 0) / DAY_MS) % 1) <= TOLERANCE;
  return fits(steps, isWhole) ? { interval: { unit: 'business-days', rest }, positions: cumulate(steps) } : undefined;
};

const gridOf = (times: Float64Array): Grid | undefined => {
  const differences = differencesOf(times);
  const fixed = fixedGrid(differences);
  const isExact = fixed !== undefined && spreadOf(differences) <= 2 * HOUR_MS;
  const byMonth = isExact ? undefined : monthGrid(times, differences);
  return byMonth ?? businessGrid(times, differences) ?? fixed;
};

const gapsOf = (times: Float64Array, positions: Float64Array): Gap[] => {
  const gaps: Gap[] = [];
  for (let i = 1; i < times.length; i += 1) {
    const missing = (positions[i] ?? 0) - (positions[i - 1] ?? 0) - 1;
    if (missing > 0) gaps.push({ after: times[i - 1] ?? 0, before: times[i] ?? 0, missing });
  }
  return gaps;
};

const jitterOf = (times: Float64Array, { interval }: Grid): number => {
  if (interval.unit !== 'milliseconds') return 0;
  const { every } = interval;
  return median(differencesOf(times).map((d) => Math.abs(d / every - Math.round(d / every))));
};

const hasClockChanges = (times: Float64Array, { interval }: Grid): boolean =>
  interval.unit !== 'months' &&
  (interval.unit === 'business-days' || interval.every === DAY_MS) &&
  differencesOf(times).some((d) => Math.abs(d % DAY_MS) === HOUR_MS || d % DAY_MS === DAY_MS - HOUR_MS);

/**
 * Whether times keep an interval, and which: a length (with jitter of up to a fifth of it), whole months (quarters and
 * years are three and twelve), or the days of a working week; where values are missing, repeated or out of order.
 *
 * @param timestamps [n], epoch ms, in the order given
 */
export const inspectTimes = (timestamps: ArrayLike<number>): Regularity => {
  const given = Float64Array.from(timestamps);
  let disordered = 0;
  for (let i = 1; i < given.length; i += 1) if ((given[i] ?? 0) < (given[i - 1] ?? 0)) disordered += 1;
  const sorted = given.sort();
  const times = sorted.filter((time, i) => i === 0 || time !== sorted[i - 1]);
  const duplicates = sorted.length - times.length;
  const grid = times.length < FEWEST_TIMES ? undefined : gridOf(times);
  if (grid === undefined) {
    const positions = Float64Array.from(times.keys());
    return { interval: undefined, times, positions, gaps: [], duplicates, disordered, jitter: 0, clockChanges: false };
  }
  return {
    ...grid,
    times,
    gaps: gapsOf(times, grid.positions),
    duplicates,
    disordered,
    jitter: jitterOf(times, grid),
    clockChanges: hasClockChanges(times, grid),
  };
};

/** Times of a whole grid, epoch ms: those given where they are, those missing reckoned from the one before. */
export const gridTimes = ({ interval, times, positions }: Regularity): Float64Array => {
  const grid = new Float64Array((positions.at(-1) ?? -1) + 1);
  let known = 0;
  for (let place = 0; place < grid.length; place += 1) {
    if (positions[known + 1] === place) known += 1;
    const time = times[known] ?? 0;
    const steps = place - (positions[known] ?? 0);
    grid[place] = steps === 0 || interval === undefined ? time : advance(time, interval, steps);
  }
  return grid;
};
