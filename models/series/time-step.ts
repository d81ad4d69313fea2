/** Distance between the values of a series: milliseconds, or months of the calendar, whose length varies. */
export type TimeStep = { readonly milliseconds: number } | { readonly months: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const UNITS: Readonly<Record<string, TimeStep>> = {
  s: { milliseconds: 1000 },
  min: { milliseconds: 60_000 },
  h: { milliseconds: HOUR_MS },
  d: { milliseconds: DAY_MS },
  w: { milliseconds: 7 * DAY_MS },
  mo: { months: 1 },
  q: { months: 3 },
  y: { months: 12 },
};

const ISO_UNITS: Readonly<Record<string, string>> = { D: 'd', W: 'w', M: 'mo', Y: 'y', TS: 's', TM: 'min', TH: 'h' };

/** A step from text such as `15min`, `1h`, `1d`, `1w`, `1mo`, `1q`, `1y` or ISO 8601 (`PT1H`, `P1M`); else undefined. */
export const parseTimeStep = (text: string): TimeStep | undefined => {
  const iso = /^P(T?)(\d+)([A-Z])$/.exec(text);
  const plain = /^(\d+)\s?([a-z]+)$/.exec(text);
  const count = Number(iso?.[2] ?? plain?.[1] ?? 0);
  const unit = UNITS[ISO_UNITS[`${iso?.[1] ?? ''}${iso?.[3] ?? ''}`] ?? plain?.[2] ?? ''];
  if (unit === undefined || !(count > 0)) return undefined;
  return 'months' in unit ? { months: unit.months * count } : { milliseconds: unit.milliseconds * count };
};

/** Conversion between epoch milliseconds and a zone's clock on the wall, as if that showed UTC. */
export interface WallClock {
  readonly toWall: (time: number) => number;
  readonly fromWall: (wall: number) => number;
}

/** @throws RangeError when the zone is unknown */
export const createWallClock = (timeZone: string): WallClock => {
  if (timeZone === 'UTC') return { toWall: (time) => time, fromWall: (wall) => wall };
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const toWall = (time: number): number => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((time % 1000) + 1000) % 1000);
  };
  const fromWall = (wall: number): number => {
    const guess = wall - (toWall(wall) - wall);
    // The offset at the guess may be another than at the wall's own number, hours before or after a change of clocks.
    return wall - (toWall(guess) - guess);
  };
  return { toWall, fromWall };
};

const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate();

/** The wall time so many months later: the same day, or the last of a shorter month. */
const addMonths = (wall: number, months: number, day: number): number => {
  const date = new Date(wall);
  const total = date.getUTCMonth() + months;
  const year = date.getUTCFullYear() + Math.floor(total / 12);
  const month = ((total % 12) + 12) % 12;
  return Date.UTC(year, month, Math.min(day, daysInMonth(year, month))) + (((wall % DAY_MS) + DAY_MS) % DAY_MS);
};

export interface TimeGrid {
  readonly start: number;
  readonly step: TimeStep;
  readonly clock: WallClock;
}

/**
 * Time of a grid's i-th value, epoch ms. Steps of days and more keep the hour of the zone's clock, months end with the
 * month when the start does; shorter steps are of the same length whatever the clocks do.
 */
export const timeAt = ({ start, step, clock }: TimeGrid, index: number): number => {
  const wall = clock.toWall(start);
  if ('months' in step) {
    const date = new Date(wall);
    const last = date.getUTCDate() === daysInMonth(date.getUTCFullYear(), date.getUTCMonth());
    return clock.fromWall(addMonths(wall, index * step.months, last ? 31 : date.getUTCDate()));
  }
  if (step.milliseconds % DAY_MS !== 0) return start + index * step.milliseconds;
  return clock.fromWall(wall + index * step.milliseconds);
};

const monthOf = (wall: number): number => {
  const date = new Date(wall);
  return 12 * date.getUTCFullYear() + date.getUTCMonth();
};

/** Place on a grid of the step in which a time falls; below 0 before the start. */
export const placeOf = (grid: TimeGrid, time: number): number => {
  const { start, step, clock } = grid;
  if ('milliseconds' in step) {
    const days = step.milliseconds % DAY_MS === 0;
    const elapsed = days ? clock.toWall(time) - clock.toWall(start) : time - start;
    return Math.floor(elapsed / step.milliseconds);
  }
  const place = Math.floor((monthOf(clock.toWall(time)) - monthOf(clock.toWall(start))) / step.months);
  return timeAt(grid, place) > time ? place - 1 : place;
};

/** Share of the step by which a time may be off the grid: measurements are seldom taken on the dot. */
const JITTER = 0.1;

/** Steps of months: times that keep their day or the month's last, so that no two fall into the same month. */
const monthsBetween = (walls: readonly number[]): number | undefined => {
  const months = walls.map(monthOf);
  const steps = months.slice(1).map((month, index) => month - (months[index] ?? 0));
  const smallest = Math.min(...steps);
  const first = new Date(walls[0] ?? 0).getUTCDate();
  const keepsDay = walls.every((wall) => {
    const date = new Date(wall);
    const length = daysInMonth(date.getUTCFullYear(), date.getUTCMonth());
    return date.getUTCDate() === first || (date.getUTCDate() === length && (first >= 28 || first > length));
  });
  return keepsDay && smallest > 0 && steps.every((step) => step % smallest === 0) ? smallest : undefined;
};

export interface RegularTimes {
  readonly grid: TimeGrid;
  /** Place of each time on the grid, ascending, from 0, [n]. */
  readonly places: readonly number[];
}

/**
 * The grid that times lie on, with places that may be left out.
 *
 * @param times epoch ms, ascending, all different, [n]
 * @returns undefined when there is none, or fewer than 3 times
 */
export const findGrid = (times: readonly number[], clock: WallClock): RegularTimes | undefined => {
  const [start] = times;
  if (start === undefined || times.length < 3) return undefined;
  const walls = times.map(clock.toWall);
  const months = monthsBetween(walls);
  if (months !== undefined && (walls.at(-1) ?? 0) - (walls[0] ?? 0) >= 59 * DAY_MS) {
    const places = walls.map((wall) => (monthOf(wall) - monthOf(walls[0] ?? 0)) / months);
    return { grid: { start, step: { months }, clock }, places };
  }
  const differences = (of: readonly number[]) => of.slice(1).map((time, index) => time - (of[index] ?? 0));
  const medianOf = (of: readonly number[]) => differences(of).sort((a, b) => a - b)[(of.length - 1) >> 1] ?? 0;
  // Days are of the clock on the wall: one of 23 hours is a day.
  const shown = medianOf(walls) % DAY_MS === 0 ? walls : times;
  const milliseconds = medianOf(shown);
  const places = shown.map((time) => Math.round((time - (shown[0] ?? 0)) / milliseconds));
  const onGrid = shown.every((time, index) => {
    const off = time - (shown[0] ?? 0) - (places[index] ?? 0) * milliseconds;
    return Math.abs(off) <= JITTER * milliseconds && places[index] !== places[index - 1];
  });
  return onGrid ? { grid: { start, step: { milliseconds }, clock }, places } : undefined;
};

/** Seasons that the calendar suggests for a step, in values, ascending: day, week and year as far as they apply. */
export const calendarPeriods = (step: TimeStep): number[] => {
  if ('months' in step) return 12 % step.months === 0 && step.months < 12 ? [12 / step.months] : [];
  const { milliseconds } = step;
  if (milliseconds === 7 * DAY_MS) return [52];
  return [DAY_MS, 7 * DAY_MS]
    .map((season) => season / milliseconds)
    .filter((period) => Number.isInteger(period) && period >= 2);
};
