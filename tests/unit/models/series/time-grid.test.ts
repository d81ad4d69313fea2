import { describe, expect, test } from 'vitest';
import {
  createWallClock,
  formatTime,
  inspectTimesBy,
  placeOf,
  timeAt,
  UTC_CLOCK,
} from '../../../../models/series/time-grid.ts';

const BERLIN = createWallClock('Europe/Berlin');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const days = (every: number) => ({ unit: 'milliseconds' as const, every: every * DAY });
const WORKDAY = { unit: 'business-days' as const, rest: [0, 6] as const };
const MONTH = { unit: 'months' as const, every: 1 };
const isoAt = (time: number): string => new Date(time).toISOString();

describe('steps ahead', () => {
  test('end with the month when the start does, whatever its length', () => {
    const grid = {
      start: Date.parse('2024-01-31T00:00:00Z'),
      interval: MONTH,
      clock: UTC_CLOCK,
    };

    expect([0, 1, 2, 3, 13].map((index) => isoAt(timeAt(grid, index)).slice(0, 10))).toEqual([
      '2024-01-31',
      '2024-02-29',
      '2024-03-31',
      '2024-04-30',
      '2025-02-28',
    ]);
  });

  test('keep the hour of the clock on the wall when the clocks change', () => {
    // Berlin: summer time began on 31 March 2024 at 2:00.
    const grid = {
      start: Date.parse('2024-03-30T09:00:00+01:00'),
      interval: days(1),
      clock: BERLIN,
    };

    expect(isoAt(timeAt(grid, 1))).toBe('2024-03-31T07:00:00.000Z');
    expect(isoAt(timeAt({ ...grid, interval: MONTH }, 1))).toBe('2024-04-30T07:00:00.000Z');
    expect(isoAt(timeAt({ ...grid, interval: days(1 / 24) }, 24))).toBe('2024-03-31T08:00:00.000Z');
  });

  test('fall into the place they came from', () => {
    for (const interval of [MONTH, WORKDAY, days(1), days(7)]) {
      const grid = { start: Date.parse('2024-01-31T00:00:00+01:00'), interval, clock: BERLIN };
      for (const index of [0, 1, 8, 9, 40]) {
        expect(placeOf(grid, timeAt(grid, index))).toBe(index);
        expect(placeOf(grid, timeAt(grid, index) - 1)).toBe(index - 1);
      }
    }
  });
});

test('days in a zone are days although one has 23 hours, and hours are hours', () => {
  const midnights = [...Array(8).keys()].map((index) => BERLIN.fromWall(Date.UTC(2024, 2, 28 + index)));
  const hours = [...Array(72).keys()].map((index) => Date.UTC(2024, 2, 30, index));

  expect(midnights.slice(1).map((time, index) => (time - (midnights[index] ?? 0)) / HOUR)).toContain(23);
  expect(inspectTimesBy(BERLIN, midnights)).toMatchObject({ interval: { unit: 'milliseconds', every: DAY }, gaps: [] });
  expect(inspectTimesBy(BERLIN, hours)).toMatchObject({ interval: { unit: 'milliseconds', every: HOUR }, gaps: [] });
});

test('months of a zone begin with its own midnight', () => {
  const months = [...Array(6).keys()].map((index) => BERLIN.fromWall(Date.UTC(2024, index, 1)));

  expect(inspectTimesBy(BERLIN, months)).toMatchObject({ interval: { unit: 'months', every: 1 }, gaps: [] });
});

test('a time is written as the clock shows it', () => {
  const time = Date.parse('2024-06-30T22:00:00Z');

  expect(formatTime(time, UTC_CLOCK)).toBe('2024-06-30T22:00:00.000Z');
  expect(formatTime(time, BERLIN)).toBe('2024-07-01T00:00:00.000+02:00');
  expect(formatTime(time, createWallClock('America/St_Johns'))).toBe('2024-06-30T19:30:00.000-02:30');
});
