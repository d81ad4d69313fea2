import { describe, expect, test } from 'vitest';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import plugin from '../../../plugins/time-series/index.ts';
import { processContext } from '../../support/process-context.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);

// The sections beside insights are the plugin's own.
type Output = Record<string, ReturnType<typeof JSON.parse>>;
const analyze = async (data: object): Promise<Output> => plugin.process(plugin.input.parse(data), processContext());
const only = async (data: object, options: object = {}) =>
  (await analyze({ series: [{ name: 'load', ...data }], horizon: 0, ...options }))['series'][0] as Output;
const messagesOf = (data: unknown): string[] =>
  (plugin.input.safeParse(data).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

const noisy = (count: number, signal: (i: number) => number, seed = 1) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => signal(i) + nextNormal(random));
};

describe('in a time zone', () => {
  test('the hours of the day are those of its clock', async () => {
    const values = noisy(240, (i) => 50 + 10 * Math.cos((2 * Math.PI * (i - 15)) / 24));
    const { seasons, profile } = await only(
      { start: START, interval: '1h', values },
      { timeZone: 'Asia/Tokyo', periods: [24] },
    );

    // 15:00 UTC is midnight in Tokyo.
    expect(seasons.items[0]).toMatchObject({ peak: '00:00', trough: '12:00' });
    expect(seasons.items[0].profile[0].at).toBe('00:00');
    expect(profile.first).toBe('2026-01-05T09:00:00.000+09:00');
  });

  test('a value of midnight belongs to its own day and month', async () => {
    // Midnights of Berlin, all of them the evening before in UTC.
    const midnight = (i: number) => new Date(Date.UTC(2026, 5, 1 + i) - 2 * HOUR).toISOString();
    const days = noisy(70, (i) => (i % 7 === 5 ? 20 : 0)).map((value, i) => ({ timestamp: midnight(i), value }));
    const months = { start: '2021-12-31T23:00:00Z', interval: '1mo' };
    const years = noisy(60, (i) => (i % 12 === 11 ? 90 : 10 * Math.cos((2 * Math.PI * (i - 11)) / 12)));
    const weekly = await only({ points: days }, { timeZone: 'Europe/Berlin' });
    const yearly = await only({ ...months, values: years }, { timeZone: 'Europe/Berlin', horizon: 6 });

    expect(weekly['seasons'].items).toMatchObject([{ period: 7, peak: 'Saturday' }]);
    expect(yearly['seasons'].items).toMatchObject([{ period: 12, peak: 'December' }]);
    expect(yearly['forecast'].at.slice(0, 4)).toEqual([
      '2027-01-01T00:00:00.000+01:00',
      '2027-02-01T00:00:00.000+01:00',
      '2027-03-01T00:00:00.000+01:00',
      '2027-04-01T00:00:00.000+02:00',
    ]);
  });

  test('days keep their hour when the clocks change, and are no gap', async () => {
    const points = noisy(60, () => 5).map((value, i) => ({
      timestamp: Date.UTC(2026, 2, 1 + i) - (i < 29 ? HOUR : 2 * HOUR),
      value,
    }));
    const { profile, forecast } = await only({ points }, { timeZone: 'Europe/Berlin', horizon: 2 });

    expect(profile).toMatchObject({ interval: '1 day', missing: 0, clockChanges: false });
    expect(forecast.at).toEqual(['2026-04-30T00:00:00.000+02:00', '2026-05-01T00:00:00.000+02:00']);
  });

  test('events are added up by its days, and weeks begin on Monday', async () => {
    // Each day of New York has an event at noon and one late in the evening, which is tomorrow in UTC.
    const points = Array.from({ length: 84 }, (_, i) => [17, 27].map((hour) => START + i * DAY + hour * HOUR))
      .flat()
      .map((timestamp) => ({ timestamp, value: 1 }));
    const by = async (step: string) =>
      only({ points }, { timeZone: 'America/New_York', aggregate: { step, by: 'sum' } });
    const [days, weeks] = [await by('1d'), await by('1w')];

    expect(days['profile'].distribution).toMatchObject({ min: 2, max: 2 });
    expect(days['profile'].first).toBe('2026-01-05T00:00:00.000-05:00');
    expect(weeks['profile']).toMatchObject({
      first: '2026-01-05T00:00:00.000-05:00',
      distribution: { min: 14, max: 14 },
    });
  });

  test('that is none is refused by name', () => {
    const series = [{ name: 'a', start: START, interval: '1h', values: [1] }];

    expect(messagesOf({ series, timeZone: 'Berlin' })).toEqual([
      'timeZone: must be a time zone of the IANA database, for example "Europe/Berlin"',
    ]);
    expect(messagesOf({ series, timeZone: 2 })).toEqual([expect.stringContaining('timeZone: must be a time zone')]);
  });
});

test.each([0, 100])(
  'a wave about %d without noise is a season, and nothing is read from its rounding',
  async (level) => {
    const values = Array.from({ length: 240 }, (_, i) => level + 10 * Math.sin((2 * Math.PI * i) / 24));
    const { seasons, trend, stationarity, outliers, changepoints } = await only({
      start: START,
      interval: '1h',
      values,
    });

    expect(seasons.items).toMatchObject([{ period: 24, peak: '06:00', trough: '18:00' }]);
    expect(seasons.items[0].swing).toBeCloseTo(20, 1);
    expect(trend).toMatchObject({ direction: 'none', change: 0 });
    expect(Math.abs(trend.changeShare ?? 0)).toBeLessThan(0.01);
    expect(stationarity.status).toBe('insufficient_data');
    expect([...outliers.items, ...changepoints.items]).toEqual([]);
  },
);

test('what the past foretells wholly has no Dickey–Fuller statistic', async () => {
  const values = Array.from({ length: 240 }, (_, i) => 10 * Math.sin(i / 2));
  const { stationarity } = await only({ start: START, interval: '1h', values }, { periods: [] });

  expect(stationarity).toMatchObject({ status: 'insufficient_data' });
});

test('a change about zero is no share of the median', async () => {
  const { trend } = await only({ start: START, interval: '1h', values: noisy(200, (i) => (i - 100) / 20) });

  expect(trend).toMatchObject({ direction: 'rising', changeShare: null });
  expect(trend.inWords).not.toContain('of its median');
});

test('no trend is spoken of beside a trend of none', async () => {
  const verdicts: string[] = [];
  for (let seed = 1; seed <= 40; seed += 1) {
    let value = 0;
    const values = noisy(150, () => 0, seed).map((shock) => (value = 0.8 * value + shock));
    const { stationarity, trend, changepoints } = await only({ start: START, interval: '1h', values });
    verdicts.push(stationarity.verdict);
    const explained = trend.direction !== 'none' || changepoints.items.length > 0;
    if (stationarity.verdict === 'trend-or-change') expect(explained).toBe(true);
    if (!explained) expect(stationarity.inWords).not.toContain('there is a');
  }
  expect(verdicts).toContain('undecided');
});

describe('sizes', () => {
  const flat = (count: number) => Array(count).fill(1);
  const several = (count: number, length: number) =>
    Array.from({ length: count }, (_, k) => ({ name: `${k}`, start: START, interval: '1h', values: flat(length) }));

  test('that take too long are refused with the limit', () => {
    expect(messagesOf({ series: several(100, 400) })).toEqual([
      expect.stringContaining('series: must hold at most 10000 values in all'),
    ]);
    expect(messagesOf({ series: several(100, 100) })).toEqual([]);
    expect(messagesOf({ series: several(10, 1_000) })).toEqual([]);
  });

  test('of events are counted by what they are added up to', () => {
    const events = Array.from({ length: 5 }, (_, k) => ({
      name: `${k}`,
      points: Array.from({ length: 4_000 }, (_, i) => ({ timestamp: START + i * 60_000, value: 1 })),
    }));

    expect(messagesOf({ series: events })).toEqual([expect.stringContaining('at most 10000 values in all')]);
    expect(messagesOf({ series: events, aggregate: { step: '1h', by: 'sum' } })).toEqual([]);
  });

  test('of results stay below 300 KB, though something is found in every one of many series', async () => {
    const series = Array.from({ length: 100 }, (_, k) => ({
      name: `series ${k}`,
      start: START,
      interval: '1h',
      values: noisy(100, (i) => (i % 40 === 8 ? 60 : 0) + 10 * Math.cos((2 * Math.PI * i) / 24) + (i > 50 ? 30 : 0), k),
    }));

    expect(JSON.stringify(await analyze({ series })).length).toBeLessThan(300_000);
  });
});

test.each([
  [null, ': must be an object with "series": [{"name": "orders", "points": [{"timestamp", "value"}]}]'],
  [[], ': must be an object with "series"'],
  ['x', ': must be an object with "series"'],
])('data that is %j is told what was expected', (data, message) => {
  expect(messagesOf(data)).toEqual([expect.stringContaining(message)]);
});

test.each([
  [{ interval: -5 }, 'series.0.interval: must be an interval such as'],
  [{ interval: null }, 'series.0.interval: must be an interval such as'],
  [{ unit: null }, 'series.0.unit: must be a text of up to 40 characters'],
  [{ unit: 'x'.repeat(41) }, 'series.0.unit: must be a text of up to 40 characters'],
  [{ name: 7 }, 'series.0.name: must be a text of 1 to 200 characters'],
  [{ name: '' }, 'series.0.name: must be a text of 1 to 200 characters'],
  [{ values: 'x' }, 'series.0.values: must be a list of numbers'],
  [{ values: undefined, points: {} }, 'series.0.points: must be a list of {"timestamp"'],
])('of a series with %j the field is named with what was expected', (given, message) => {
  const series = [{ name: 'a', start: START, interval: '1h', values: [1], ...given }];

  expect(messagesOf({ series })).toEqual([expect.stringContaining(message)]);
});

test.each([
  [{ series: [null] }, 'series.0: must be a series: {"name"'],
  [{ horizon: -1 }, 'horizon: must be a whole number of values, 0 to 1000'],
  [{ horizon: '12' }, 'horizon: must be a whole number of values, 0 to 1000'],
  [{ periods: 24 }, 'periods: must be a list of seasons'],
  [{ aggregate: 'sum' }, 'aggregate: must be {"step"'],
])('of %j the field is named with what was expected', (given, message) => {
  const series = [{ name: 'a', start: START, interval: '1h', values: [1] }];

  expect(messagesOf({ series, ...given })).toEqual([expect.stringContaining(message)]);
});
