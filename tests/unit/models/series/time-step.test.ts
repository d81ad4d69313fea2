import { describe, expect, test } from 'vitest';
import {
  calendarPeriods,
  createWallClock,
  findGrid,
  parseTimeStep,
  placeOf,
  timeAt,
} from '../../../../models/series/time-step.ts';

const UTC = createWallClock('UTC');
const BERLIN = createWallClock('Europe/Berlin');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const times = (...texts: string[]): number[] => texts.map((text) => Date.parse(text));
const isoAt = (time: number): string => new Date(time).toISOString();

test.each([
  ['1h', { milliseconds: HOUR }],
  ['15 min', { milliseconds: 15 * 60_000 }],
  ['P1W', { milliseconds: 7 * DAY }],
  ['PT1M', { milliseconds: 60_000 }],
  ['P1M', { months: 1 }],
  ['1q', { months: 3 }],
  ['P1Y', { months: 12 }],
])('%s is a step', (text, step) => {
  expect(parseTimeStep(text)).toEqual(step);
});

test.each(['monthly', '0d', '1', 'P1D12H', 'PT1D'])('%s is not a step', (text) => {
  expect(parseTimeStep(text)).toBeUndefined();
});

describe('steps ahead', () => {
  test('end with the month when the start does, whatever its length', () => {
    const grid = { start: Date.parse('2024-01-31T00:00:00Z'), step: { months: 1 }, clock: UTC };

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
    const grid = { start: Date.parse('2024-03-30T09:00:00+01:00'), step: { milliseconds: DAY }, clock: BERLIN };

    expect(isoAt(timeAt(grid, 1))).toBe('2024-03-31T07:00:00.000Z');
    expect(isoAt(timeAt({ ...grid, step: { months: 1 } }, 1))).toBe('2024-04-30T07:00:00.000Z');
    expect(isoAt(timeAt({ ...grid, step: { milliseconds: HOUR } }, 24))).toBe('2024-03-31T08:00:00.000Z');
  });

  test('fall into the place they came from', () => {
    for (const step of [{ months: 1 }, { milliseconds: DAY }, { milliseconds: 7 * DAY }]) {
      const grid = { start: Date.parse('2024-01-31T00:00:00+01:00'), step, clock: BERLIN };
      for (const index of [0, 1, 8, 9, 40]) {
        expect(placeOf(grid, timeAt(grid, index))).toBe(index);
        expect(placeOf(grid, timeAt(grid, index) - 1)).toBe(index - 1);
      }
    }
  });
});

describe('times', () => {
  test('of days in a zone are a grid although one day has 23 hours', () => {
    const days = times('2024-03-30T00:00:00+01:00', '2024-03-31T00:00:00+01:00', '2024-04-01T00:00:00+02:00');

    expect(findGrid(days, BERLIN)).toMatchObject({ grid: { step: { milliseconds: DAY } }, places: [0, 1, 2] });
  });

  test('of months and of their ends are a grid with places left out', () => {
    const firsts = times('2024-01-01T00:00:00Z', '2024-02-01T00:00:00Z', '2024-04-01T00:00:00Z');
    const ends = times('2024-01-31T00:00:00Z', '2024-02-29T00:00:00Z', '2024-03-31T00:00:00Z', '2024-04-30T00:00:00Z');

    expect(findGrid(firsts, UTC)).toMatchObject({ grid: { step: { months: 1 } }, places: [0, 1, 3] });
    expect(findGrid(ends, UTC)).toMatchObject({ grid: { step: { months: 1 } }, places: [0, 1, 2, 3] });
  });

  test('a little off the minute are a grid, at random they are none', () => {
    const jittered = [0, 60_900, 119_000, 300_500, 359_800].map((time) => Date.UTC(2024, 0, 1) + time);
    const random = [0, 7, 90, 117, 240].map((minutes) => Date.UTC(2024, 0, 1) + minutes * 60_000);

    expect(findGrid(jittered, UTC)?.places).toEqual([0, 1, 2, 5, 6]);
    expect(findGrid(random, UTC)).toBeUndefined();
  });
});

test('hours have a day and a week, months and quarters a year', () => {
  expect(calendarPeriods({ milliseconds: HOUR })).toEqual([24, 168]);
  expect(calendarPeriods({ milliseconds: DAY })).toEqual([7]);
  expect(calendarPeriods({ milliseconds: 7 * DAY })).toEqual([52]);
  expect(calendarPeriods({ months: 1 })).toEqual([12]);
  expect(calendarPeriods({ months: 3 })).toEqual([4]);
  expect(calendarPeriods({ months: 12 })).toEqual([]);
});
