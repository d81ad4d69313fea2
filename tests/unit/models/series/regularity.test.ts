import { expect, test } from 'vitest';
import { fillShortGaps, longestStretch } from '../../../../models/series/gaps.ts';
import { advance, naturalPeriods } from '../../../../models/series/interval.ts';
import { gridTimes, inspectTimes } from '../../../../models/series/regularity.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2025, 0, 6);

const every = (length: number, count: number) => Array.from({ length: count }, (_, i) => START + i * length);

test('an interval is told through jitter and drift, and missing values are counted where they are', () => {
  const random = createRandom(3);
  // 61 seconds and not 60: after ten thousand values the grid of a minute would be off by three hours.
  const times = every(61_000, 10_000)
    .map((time) => time + 2_000 * nextNormal(random))
    .filter((_, i) => i < 500 || i >= 530);

  const found = inspectTimes(times);

  expect(found.interval).toMatchObject({ unit: 'milliseconds' });
  expect(found.positions.at(-1)).toBe(9_999);
  expect(found.gaps).toEqual([{ after: times[499], before: times[500], missing: 30 }]);
  expect(found.jitter).toBeGreaterThan(0);
  expect(found.jitter).toBeLessThan(0.1);
});

test('milliseconds beside far dates keep their places and count what is missing between', () => {
  const times = [...every(1, 10), START + 90_000 * DAY, START + 90_000 * DAY + 1, START + 180_000 * DAY];

  const { interval, positions, gaps } = inspectTimes(times);

  expect(interval).toEqual({ unit: 'milliseconds', every: 1 });
  expect(positions.at(-1)).toBe(180_000 * DAY);
  expect(gaps.map(({ missing }) => missing)).toEqual([90_000 * DAY - 10, 90_000 * DAY - 2]);
});

test('repeated and disordered times are counted and put right', () => {
  const times = every(HOUR, 20);
  const found = inspectTimes([...times.slice(5), ...times.slice(0, 5), times[3] ?? 0, times[3] ?? 0]);

  expect(found).toMatchObject({ duplicates: 2, disordered: 2, gaps: [], interval: { every: HOUR } });
  expect([...found.times]).toEqual(times);
});

test.each([
  ['first days', (i: number) => Date.UTC(2023, i, 1), 1],
  ['last days', (i: number) => Date.UTC(2023, i + 1, 0), 1],
  [
    'first days by the clock of Berlin',
    (i: number) => Date.UTC(2023, i, 1) - (i % 12 > 2 && i % 12 < 10 ? 2 : 1) * HOUR,
    1,
  ],
  ['quarters', (i: number) => Date.UTC(2015, 3 * i, 1), 3],
  ['years', (i: number) => Date.UTC(1990 + i, 0, 1), 12],
])('months are not a number of milliseconds: %s', (_, timeOf, months) => {
  const all = Array.from({ length: 30 }, (_month, i) => timeOf(i));
  const found = inspectTimes(all.filter((_time, i) => i !== 7));

  expect(found.interval).toEqual({ unit: 'months', every: months });
  expect(found.gaps).toMatchObject([{ missing: 1 }]);
  expect(Math.abs((gridTimes(found)[7] ?? 0) - (all[7] ?? 0))).toBeLessThanOrEqual(HOUR);
});

test('the last of January is followed by the last of February', () => {
  const month = { unit: 'months', every: 1 } as const;
  expect(advance(Date.UTC(2024, 0, 31), month, 1)).toBe(Date.UTC(2024, 1, 29));
  expect(advance(Date.UTC(2024, 1, 29), month, 1)).toBe(Date.UTC(2024, 2, 31));
  expect(advance(Date.UTC(2024, 0, 30), month, 1)).toBe(Date.UTC(2024, 1, 29));
  expect(advance(Date.UTC(2024, 0, 15), month, 13)).toBe(Date.UTC(2025, 1, 15));
});

test('a weekend is no gap in a working week, a holiday is', () => {
  const days = every(DAY, 60).filter((time) => ![0, 6].includes(new Date(time).getUTCDay()));
  const found = inspectTimes(days.filter((_, i) => i !== 12));

  expect(found.interval).toEqual({ unit: 'business-days', rest: [0, 6] });
  expect(found.gaps).toMatchObject([{ missing: 1 }]);
  expect(advance(Date.UTC(2025, 0, 10), { unit: 'business-days', rest: [0, 6] }, 1)).toBe(Date.UTC(2025, 0, 13));
});

test('days of 23 and 25 hours are days', () => {
  const days = every(DAY, 60).map((time, i) => time - (i >= 20 ? HOUR : 0) + (i >= 50 ? HOUR : 0));

  expect(inspectTimes(days)).toMatchObject({ interval: { every: DAY }, gaps: [], clockChanges: true });
});

test('events at random keep no interval', () => {
  const random = createRandom(4);
  let time = START;
  const events = Array.from({ length: 300 }, () => {
    time -= HOUR * Math.log(1 - random());
    return time;
  });

  expect(inspectTimes(events).interval).toBeUndefined();
  expect(inspectTimes(every(DAY, 3)).interval).toBeUndefined();
});

test('the seasons to expect follow from the interval', () => {
  expect(naturalPeriods({ unit: 'milliseconds', every: HOUR })).toEqual([24, 168, 8766]);
  expect(naturalPeriods({ unit: 'milliseconds', every: 7 * DAY })).toEqual([52]);
  expect(naturalPeriods({ unit: 'months', every: 3 })).toEqual([4]);
});

test('a short gap is filled along line and season, a long one splits the series', () => {
  const y = Float64Array.from({ length: 120 }, (_, i) => 10 + 5 * Math.sin((2 * Math.PI * i) / 12));
  const broken = y.map((value, i) => ((i >= 30 && i < 36) || (i >= 60 && i < 75) ? Number.NaN : value));
  const filled = fillShortGaps(broken, 6, 12);

  for (let i = 30; i < 36; i += 1) expect(filled[i]).toBeCloseTo(y[i] ?? 0, 0);
  expect(Number.isNaN(filled[65])).toBe(true);
  expect(longestStretch(filled)).toEqual({ start: 0, end: 60 });
  expect([...fillShortGaps(Float64Array.of(1, Number.NaN, Number.NaN, 4), 2)]).toEqual([1, 2, 3, 4]);
});
