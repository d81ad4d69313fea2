import { advance, DAY_MS, type Interval, monthOf } from './interval.ts';
import { inspectTimes, type Regularity } from './regularity.ts';

/** Working days of a week over its days. */
const WORKING_SHARE = 5 / 7;

/** Conversion between epoch milliseconds and a zone's clock on the wall, as if that showed UTC. */
export interface WallClock {
  readonly toWall: (time: number) => number;
  readonly fromWall: (wall: number) => number;
}

export const UTC_CLOCK: WallClock = { toWall: (time) => time, fromWall: (wall) => wall };

/** @throws RangeError when the zone is unknown */
export const createWallClock = (timeZone: string): WallClock => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const offsetAt = (time: number): number => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
  };
  // Asking the format takes microseconds; no zone changes its clocks twice a day.
  const atStarts = new Map<number, number>();
  const offsetAtStart = (day: number): number => {
    const known = atStarts.get(day);
    if (known !== undefined) return known;
    const offset = offsetAt(day * DAY_MS);
    atStarts.set(day, offset);
    return offset;
  };
  const toWall = (time: number): number => {
    const day = Math.floor(time / DAY_MS);
    const offset = offsetAtStart(day);
    return time + (offset === offsetAtStart(day + 1) ? offset : offsetAt(time));
  };
  const fromWall = (wall: number): number => {
    const guess = wall - (toWall(wall) - wall);
    // The offset at the guess may be another than at the wall's own number, hours before or after a change of clocks.
    return wall - (toWall(guess) - guess);
  };
  return { toWall, fromWall };
};

/** Where the values of a series stand in time. */
export interface TimeGrid {
  /** Time of the first value, epoch ms. */
  readonly start: number;
  readonly interval: Interval;
  readonly clock: WallClock;
}

/** Days, weeks and months are those of the clock on the wall; shorter lengths are the same whatever the clocks do. */
const followsClock = (interval: Interval): boolean => interval.unit !== 'milliseconds' || interval.every % DAY_MS === 0;

/** The clock that an interval goes by. */
export const clockOf = (interval: Interval, clock: WallClock): WallClock =>
  followsClock(interval) ? clock : UTC_CLOCK;

/** Time of a grid's i-th value, epoch ms. */
export const timeAt = ({ start, interval, clock }: TimeGrid, index: number): number => {
  const { toWall, fromWall } = clockOf(interval, clock);
  return fromWall(advance(toWall(start), interval, index));
};

/** ISO 8601 with the clock's offset from UTC. */
export const formatTime = (time: number, { toWall }: WallClock): string => {
  const wall = toWall(time);
  const minutes = Math.round((wall - time) / 60_000);
  if (minutes === 0) return new Date(time).toISOString();
  const twoDigits = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const offset = `${minutes < 0 ? '-' : '+'}${twoDigits(Math.abs(minutes) / 60)}:${twoDigits(Math.abs(minutes) % 60)}`;
  return new Date(wall).toISOString().replace('Z', offset);
};

/** A place near that of a time, exact for lengths. */
const placeNear = ({ start, interval, clock }: TimeGrid, time: number): number => {
  const { toWall } = clockOf(interval, clock);
  const [from, to] = [toWall(start), toWall(time)];
  if (interval.unit === 'months') return Math.floor((monthOf(to) - monthOf(from)) / interval.every);
  if (interval.unit === 'business-days') return Math.floor(((to - from) / DAY_MS) * WORKING_SHARE);
  return Math.floor((to - from) / interval.every);
};

/** Place on a grid of the interval in which a time falls; below 0 before the start. */
export const placeOf = (grid: TimeGrid, time: number): number => {
  let place = placeNear(grid, time);
  while (timeAt(grid, place) > time) place -= 1;
  while (timeAt(grid, place + 1) <= time) place += 1;
  return place;
};

/** How times lie by a clock: days and months as the wall shows them, shorter intervals as they are. */
export const inspectTimesBy = (clock: WallClock, times: readonly number[]): Regularity => {
  const shown = inspectTimes(times.map(clock.toWall));
  if (clock === UTC_CLOCK) return shown;
  return shown.interval !== undefined && followsClock(shown.interval) ? shown : inspectTimes(times);
};
