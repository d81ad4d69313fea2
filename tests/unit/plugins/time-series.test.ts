import { expect, test } from 'vitest';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import plugin from '../../../plugins/time-series/index.ts';
import { processContext } from '../../support/process-context.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);

// The sections beside insights are the plugin's own.
type Output = Record<string, ReturnType<typeof JSON.parse>>;
const analyze = async (data: object): Promise<Output> => plugin.process(plugin.input.parse(data), processContext());
const only = async (data: object, options: object = {}) =>
  (await analyze({ series: [{ name: 'load', ...data }], horizon: 0, ...options }))['series'][0] as Output;
const messagesOf = (data: object): string[] =>
  (plugin.input.safeParse(data).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

const noisy = (count: number, signal: (i: number) => number, seed = 1) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => signal(i) + nextNormal(random));
};
const hourly = (values: readonly (number | null)[]) => ({ start: START, interval: '1h', values });

test('a day is told by its hours, in the order of the clock', async () => {
  const { seasons, decomposition } = await only(
    hourly(noisy(240, (i) => 50 + 10 * Math.cos((2 * Math.PI * (i - 15)) / 24))),
  );

  expect(seasons.items).toMatchObject([{ period: 24, length: '1 day', peak: '15:00', trough: '03:00' }]);
  expect(seasons.items[0].profile[0].at).toBe('00:00');
  expect(seasons.items[0].strength).toBeGreaterThan(0.9);
  expect(decomposition).toMatchObject({ method: 'STL, robust', every: 1 });
});

test('months have names, and the season does not hide the trend', async () => {
  const values = noisy(48, (i) => 100 + 0.5 * i + 15 * Math.cos((2 * Math.PI * (i - 11)) / 12));
  const points = values.map((value, i) => ({ timestamp: new Date(Date.UTC(2022, i + 1, 0)).toISOString(), value }));
  const { seasons, trend, profile } = await only({ points, unit: 'EUR' });

  expect(profile).toMatchObject({ regular: true, interval: '1 month', missing: 0 });
  expect(seasons.items).toMatchObject([{ period: 12, length: '1 year', peak: 'December', trough: 'June' }]);
  expect(trend).toMatchObject({ direction: 'rising', per: 'month' });
  expect(trend.interval[0]).toBeLessThan(0.5);
  expect(trend.interval[1]).toBeGreaterThan(0.5);
});

test('a change of level is told with its time, before and after in the unit', async () => {
  const { changepoints } = await only({ ...hourly(noisy(200, (i) => (i < 120 ? 20 : 26))), unit: 'ms' });

  expect(changepoints.items).toHaveLength(1);
  expect(changepoints.items[0]).toMatchObject({ changed: 'level', at: new Date(START + 120 * HOUR).toISOString() });
  expect(changepoints.items[0].before).toBeCloseTo(20, 0);
  expect(changepoints.items[0].after).toBeCloseTo(26, 0);
  expect(changepoints.items[0].inWords).toMatch(/the level went from .* ms to .* ms/);
});

test('a spike is an outlier and no change of level', async () => {
  const { changepoints, outliers } = await only(hourly(noisy(200, (i) => (i === 77 ? 30 : 5))));

  expect(changepoints.items).toEqual([]);
  expect(outliers.items).toMatchObject([{ at: new Date(START + 77 * HOUR).toISOString() }]);
  expect(outliers.items[0].expected).toBeLessThan(8);
});

test('a trend is a trend up to both ends, whether it is steep or exact', async () => {
  const courses: readonly [slope: number, noise: number][] = [
    [1, 1],
    [5, 4],
    [100, 1],
    [-3, 0],
  ];
  for (const [slope, noise] of courses)
    for (const seed of [1, 2, 3, 4, 5]) {
      const values = noisy(120, () => 0, seed).map((shock, i) => 1_000 + slope * i + noise * shock);
      const { changepoints, outliers, trend } = await only({ start: START, interval: '1d', values });

      expect({ slope, seed, found: [...changepoints.items, ...outliers.items] }).toEqual({ slope, seed, found: [] });
      expect(trend.direction).toBe(slope > 0 ? 'rising' : 'falling');
    }
});

test('on a trend, the last value is an outlier when it is far from the line', async () => {
  const values = noisy(120, (i) => 2 * i + (i === 119 ? 25 : 0), 4);
  const { changepoints, outliers } = await only({ start: START, interval: '1d', values });

  expect(changepoints.items).toEqual([]);
  expect(outliers.items).toHaveLength(1);
  expect(outliers.items[0].expected).toBeCloseTo(238, -1);
});

test('white noise has nothing to tell but itself', async () => {
  const { insights, patterns } = await analyze({ series: [{ name: 'noise', ...hourly(noisy(300, () => 10, 3)) }] });

  expect(insights).toEqual([]);
  expect(patterns).toEqual([]);
});

test('a random walk wanders: it is neither trending nor seasonal', async () => {
  const random = createRandom(5);
  let value = 0;
  const walk = Array.from({ length: 400 }, () => {
    value += nextNormal(random);
    return value;
  });
  const { stationarity, seasons, changepoints, trend } = await only(hourly(walk));

  expect(stationarity).toMatchObject({ verdict: 'unit-root', differences: 1 });
  expect(seasons.items).toEqual([]);
  expect(changepoints.items).toEqual([]);
  expect(trend.direction).toBe('none');
});

test('autocorrelation of a first-order autoregression is its coefficient, and noise stays within the bound', async () => {
  let value = 0;
  const persistent = noisy(500, () => 0, 8).map((shock) => {
    value = 0.7 * value + shock;
    return value;
  });
  const { autocorrelation } = await only(hourly(persistent));

  expect(autocorrelation.acf[0]).toBeCloseTo(0.7, 1);
  expect(Math.abs(autocorrelation.pacf[1])).toBeLessThan(2 * autocorrelation.bound);
  expect(autocorrelation.ljungBox.pValue).toBeLessThan(0.001);
});

test('short gaps are filled, long ones divide the series, and both are said', async () => {
  const values = noisy(300, (i) => 50 + 10 * Math.cos((2 * Math.PI * i) / 24));
  const points = values
    .map((value, i) => ({ timestamp: START + i * HOUR, value }))
    .filter((_, i) => (i < 40 || i >= 45) && (i < 220 || i >= 260));
  const { profile } = await only({ points });

  expect(profile).toMatchObject({ regular: true, interval: '1 hour', missing: 45 });
  expect(profile.gaps.items).toMatchObject([{ missing: 40 }, { missing: 5 }]);
  expect(profile.analysed).toMatchObject({ values: 220, filled: 5, leftOut: 40 });
});

test('repeated and disordered points are put right and counted', async () => {
  const points = noisy(60, () => 5).map((value, i) => ({ timestamp: START + i * HOUR, value }));
  const shuffled = [...points.slice(30), ...points.slice(0, 30), { timestamp: START, value: 7 }];
  const { profile } = await only({ points: shuffled });

  expect(profile).toMatchObject({ given: 61, duplicates: 1, disordered: 2, missing: 0, interval: '1 hour' });
});

test('a clock set wrong once does not make a grid of decades', async () => {
  const points = noisy(100, () => 5).map((value, i) => ({ timestamp: START + i * HOUR, value }));
  const { profile } = await only({ points: [{ timestamp: '1990-01-01T00:00:00Z', value: 5 }, ...points] });

  expect(profile.gaps.items[0].missing).toBeGreaterThan(300_000);
  expect(profile.analysed).toMatchObject({ values: 100, leftOut: 1 });
});

test('events without an interval say what they lack, and are analysed once aggregated', async () => {
  const random = createRandom(10);
  let time = START;
  const points = Array.from({ length: 2_000 }, () => {
    time -= 600_000 * Math.log(1 - random());
    return { timestamp: time, value: 1 };
  });
  const { profile, seasons } = await only({ points });
  const counted = await analyze({
    series: [{ name: 'hits', points }],
    aggregate: { step: '1h', by: 'count' },
    horizon: 0,
  });

  expect(profile).toMatchObject({ regular: false, interval: null });
  expect(seasons).toMatchObject({ status: 'insufficient_data' });
  expect(seasons.missing[0]).toContain('{"step": "1h", "by": "mean"}');
  expect(counted['series'][0]).toMatchObject({
    profile: { given: 2_000, interval: '1 hour', missing: 0 },
    seasons: { status: 'ok', items: [] },
  });
  expect(counted['series'][0].profile.distribution.mean).toBeCloseTo(6, 0);
});

test.each([[[4]], [[null, null, null]], [[1, 2, 3, 4, 5]], [Array(50).fill(3)]])(
  'too little to tell of is said, not guessed: %j',
  async (values) => {
    const { stationarity, autocorrelation, ...others } = await only(hourly(values), { horizon: 3 });

    expect(stationarity.status).toBe('insufficient_data');
    expect(autocorrelation.missing[0]).toBeTypeOf('string');
    // JSON has no word for them and would say null.
    expect(
      JSON.stringify(others, (_, value) =>
        Number.isFinite(value ?? 0) || typeof value !== 'number' ? value : 'not a number',
      ),
    ).not.toContain('not a number');
  },
);

test('given periods are taken as they are, and measured', async () => {
  const weekly = await only(hourly(noisy(70, (i) => (i % 7 === 0 ? 8 : 0))), { periods: [7] });
  const constant = await only(hourly(Array(40).fill(3)), { periods: [7] });

  expect(weekly['seasons'].items).toMatchObject([{ period: 7, pValue: null, length: '7 hours' }]);
  expect(weekly['seasons'].items[0].strength).toBeGreaterThan(0.7);
  expect(constant['seasons'].items).toMatchObject([{ period: 7, strength: 0 }]);
  expect(constant['seasons'].items[0].swing).toBeCloseTo(0, 9);
});

test('a forecast goes on with the season, inside its intervals, at the right times', async () => {
  const truth = (i: number) => 50 + 10 * Math.cos((2 * Math.PI * i) / 24);
  const { forecast } = await only(hourly(noisy(240, truth)), { horizon: 24 });

  expect(forecast.at[0]).toBe(new Date(START + 240 * HOUR).toISOString());
  expect(forecast.intervals.map(({ level }: { level: number }) => level)).toEqual([0.5, 0.8, 0.95]);
  for (const [step, value] of forecast.mean.entries()) {
    expect(Math.abs(value - truth(240 + step))).toBeLessThan(3);
    expect(forecast.intervals[2].lower[step]).toBeLessThan(truth(240 + step));
    expect(forecast.intervals[2].upper[step]).toBeGreaterThan(truth(240 + step));
  }
  expect(forecast.backtest.mase).toBeLessThan(1);
});

test('a forecast begins where the series ends, after a long gap and after values missing at the end', async () => {
  const level = (i: number) => (i < 160 ? 10 : 40);
  const values = noisy(233, level).map((value, i) => ((i > 150 && i < 180) || i >= 230 ? null : value));
  const { insights, series } = await analyze({ series: [{ name: 'load', ...hourly(values) }], horizon: 12 });
  const [{ profile, forecast }] = series;

  expect(profile.analysed).toMatchObject({ values: 151, leftOut: 50 });
  expect(forecast.at[0]).toBe(new Date(START + 233 * HOUR).toISOString());
  expect(forecast.at).toHaveLength(12);
  expect(forecast.mean).toHaveLength(12);
  for (const value of forecast.mean) expect(Math.abs(value - 40)).toBeLessThan(3);
  expect(insights[0].message).toContain('50 values are outside of the longest part without a long gap');
});

test('too few values after a long gap are no ground for a forecast', async () => {
  const values = noisy(200, () => 10).map((value, i) => (i > 150 && i < 197 ? null : value));
  const { forecast } = await only(hourly(values), { horizon: 12 });

  expect(forecast).toEqual({
    status: 'insufficient_data',
    missing: ['12 values in a row at the end of the series (there are 3)'],
  });
});

test.each([
  [1_700_000_000, 'this number looks like seconds, multiply it by 1000'],
  [1_700_000_000_000_000, 'this number looks like microseconds, divide it by 1000'],
  [-1, 'between the years 1973 and 5138'],
  [0, 'between the years 1973 and 5138'],
  [1e308, 'between the years 1973 and 5138'],
])('of the time %d it is said what is wrong with it', (timestamp, said) => {
  expect(messagesOf({ series: [{ name: 'a', points: [{ timestamp, value: 1 }] }] })).toEqual([
    expect.stringContaining(said),
  ]);
});

test('mistakes are named', () => {
  const point = { timestamp: START, value: 1 };

  expect(messagesOf({})).toEqual([expect.stringContaining('series: must be a list of series')]);
  expect(messagesOf({ series: [{ name: 'a', values: [1, 2] }] })).toEqual([
    expect.stringContaining('series.0.start: goes with values'),
    expect.stringContaining('series.0.interval: goes with values'),
  ]);
  expect(messagesOf({ series: [{ name: 'a', points: [{ timestamp: 1_700_000_000, value: 1 }] }] })).toEqual([
    expect.stringContaining('looks like seconds'),
  ]);
  expect(messagesOf({ series: [{ name: 'a', points: [{ timestamp: START, value: '1' }] }] })).toEqual([
    'series.0.points.0.value: must be a number, not a text',
  ]);
  expect(messagesOf({ series: [{ name: 'a', ...hourly([1, -1e200]) }] })).toEqual([
    'series.0.values.1: must be a number up to 1e100; choose another unit',
  ]);
  expect(messagesOf({ series: [{ name: 'a', ...hourly([1]), interval: 1e15 }] })).toEqual([
    'series.0.interval: must be at most ten years',
  ]);
  expect(messagesOf({ series: [{ name: 'a', ...hourly([1]), interval: 'hourly' }] })).toEqual([
    expect.stringContaining('series.0.interval: must be an interval such as "15m"'),
  ]);
  expect(messagesOf({ series: [{ name: 'a', ...hourly([1]), interval: '999999999y' }] })).toEqual([
    'series.0.interval: must be at most ten years',
  ]);
  expect(
    messagesOf({
      series: [
        { name: 'a', points: [point] },
        { name: 'a', points: [point] },
      ],
    }),
  ).toEqual(['series.1.name: must be a name that no other series of the submission has']);
  expect(messagesOf({ series: [{ name: 'a', points: [point] }], periods: [1] })).toEqual([
    expect.stringContaining('it is a number of values, not a time'),
  ]);
  expect(
    messagesOf({
      series: [{ name: 'a', points: [point, { timestamp: START + 400 * 24 * HOUR, value: 1 }] }],
      aggregate: { step: '1m', by: 'sum' },
    }),
  ).toEqual([expect.stringContaining('aggregate.step: would make more than 10000 values')]);
});
