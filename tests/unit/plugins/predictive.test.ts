import { describe, expect, test } from 'vitest';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import { probabilitiesAbove, totalAbove, totalOf } from '../../../plugins/predictive/forecast-distribution.ts';
import plugin from '../../../plugins/predictive/index.ts';
import { predict, problemsOf } from '../../support/predictions.ts';
import { processContext } from '../../support/process-context.ts';

const weekly = (count: number, seed = 1): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, t) => 100 + t / 2 + (t % 7 < 5 ? 20 : -20) + 2 * nextNormal(random));
};

const seriesOf = async (series: object, section: object = {}) => {
  const { forecast, insights } = await predict({ series: [{ name: 'visits', ...series }], horizon: 7, ...section });
  return { series: forecast.series[0], insights };
};

const daily = { start: '2026-01-05T00:00:00Z', interval: '1d' };

describe('a series', () => {
  test('with a week is forecast with its week, its growth and intervals that widen with the level', async () => {
    const { series } = await seriesOf({ values: weekly(140), ...daily });
    const [half, most, nearlyAll] = series.intervals;

    expect(series).toMatchObject({ status: 'ok', periods: [7], values: 140, filled: 0 });
    expect(series.mean).toHaveLength(7);
    // 140 values from a Monday on: five days of 190, two of 150.
    for (const [step, value] of series.mean.entries())
      expect(Math.abs(value - (step < 5 ? 190 : 150) - step / 2)).toBeLessThan(8);
    for (let step = 0; step < 7; step += 1) {
      expect(half.lower[step]).toBeLessThanOrEqual(series.mean[step]);
      expect(most.lower[step]).toBeLessThanOrEqual(half.lower[step]);
      expect(nearlyAll.upper[step]).toBeGreaterThanOrEqual(most.upper[step]);
    }
    expect(series.timestamps.slice(0, 2)).toEqual(['2026-05-25T00:00:00.000Z', '2026-05-26T00:00:00.000Z']);
    expect(series.backtest.mase).toBeLessThan(1);
  });

  test('is compared with the comparable period, not with the days before', async () => {
    const { series, insights } = await seriesOf({ values: weekly(140), ...daily }, { horizon: 2 });

    // Monday and Tuesday against the Monday and Tuesday before, three and a half more a week.
    expect(series.change.stepsBack).toBe(7);
    expect(series.change.expected - series.change.before).toBeGreaterThan(-4);
    expect(series.change.expected - series.change.before).toBeLessThan(10);
    expect(insights.every(({ severity }: { severity: string }) => severity !== 'critical')).toBe(true);
  });

  test('that is to cross a level says how likely and when', async () => {
    const { series, insights } = await seriesOf({ values: weekly(140), ...daily, target: 170 }, { horizon: 3 });
    const { insights: none } = await seriesOf({ values: weekly(140), ...daily, target: 400 });

    expect(series.target).toMatchObject({ target: 170, crossing: 'above', firstLikelyStep: 1 });
    expect(series.target.likeliest.probability).toBeGreaterThan(0.95);
    expect(insights.find(({ kind }: { kind: string }) => kind === 'target-crossing').message).toContain('2026-05-25');
    expect(none.filter(({ kind }: { kind: string }) => kind === 'target-crossing')).toEqual([]);
  });

  test('by months in a zone goes on at its midnights', async () => {
    const values = Array.from({ length: 24 }, (_, t) => 50 + ((7 * t) % 11));
    const { series } = await seriesOf(
      { values, start: '2024-01-01T00:00:00+01:00', interval: 'P1M' },
      { timeZone: 'Europe/Berlin', horizon: 5 },
    );

    expect(series.timestamps[0]).toBe('2026-01-01T00:00:00.000+01:00');
    expect(series.timestamps[4]).toBe('2026-05-01T00:00:00.000+02:00');
  });

  test('given by points is the same as given by values', async () => {
    const values = weekly(70);
    const points = values.map((value, t) => ({ timestamp: Date.parse(daily.start) + t * 86_400_000, value }));

    expect(await seriesOf({ points })).toEqual(await seriesOf({ values, ...daily }));
  });

  test('with a few values missing says how many it filled', async () => {
    const values: (number | null)[] = weekly(140);
    for (const gap of [20, 21, 90]) values[gap] = null;
    const { series } = await seriesOf({ values, ...daily });

    expect(series).toMatchObject({ status: 'ok', filled: 3 });
    expect(Math.abs(series.mean[0] - 190)).toBeLessThan(8);
  });

  test('that never was negative is not forecast so, unless that can be', async () => {
    const falling = Array.from({ length: 40 }, (_, t) => 40 - t + (t % 3));
    const least = async (more: object) => {
      const { series } = await seriesOf({ values: falling, ...more }, { horizon: 20 });
      return Math.min(...series.mean, ...series.intervals[2].lower);
    };

    expect(await least({})).toBeGreaterThanOrEqual(0);
    expect(await least({ nonNegative: false })).toBeLessThan(0);
  });

  test('that walks at random is said to be no better forecast than naively, one with a week is not', async () => {
    const random = createRandom(3);
    let level = 500;
    const walk = Array.from({ length: 120 }, () => (level += 3 * nextNormal(random)));
    const kindsOf = async (values: readonly number[]) => {
      const { insights } = await seriesOf({ values, ...daily });
      return insights.map(({ kind }: { kind: string }) => kind);
    };

    expect(await kindsOf(walk)).toContain('naive-unbeaten');
    expect(await kindsOf(weekly(140))).not.toContain('naive-unbeaten');
  });

  test('that never changes is forecast to stay, without intervals', async () => {
    const { series, insights } = await seriesOf({ values: new Array(30).fill(4) });

    expect(series).toMatchObject({ status: 'constant', mean: new Array(7).fill(4), intervals: null, backtest: null });
    expect(insights).toEqual([]);
  });
});

test.each([
  ['is too short', { values: [1, 2, 3] }, '8 values or more (there are 3)'],
  ['is all missing', { values: [null, null, null] }, 'values: all are missing'],
  [
    'is mostly missing',
    { values: Array.from({ length: 40 }, (_, t) => (t % 2 ? null : t)) },
    'at least 80% of the values',
  ],
  [
    'has two values at one time',
    { points: [0, 1, 1, 2, 3].map((day) => ({ timestamp: Date.UTC(2026, 0, 1 + day), value: day })) },
    'there are several at 2026-01-02T00:00:00.000Z',
  ],
  [
    'is a few milliseconds and a far year',
    { points: [1e12, 1e12 + 1, 1e12 + 2, 1e12 + 3, 1.7e12].map((timestamp) => ({ timestamp, value: 1 })) },
    'at least 80% of the values',
  ],
  [
    'is irregular',
    { points: [0, 3, 4, 11, 30, 47, 49].map((hour) => ({ timestamp: Date.UTC(2026, 0, 1, hour), value: hour })) },
    'points at equal steps',
  ],
])('a series that %s is refused, and the others are forecast', async (_, series, reason) => {
  const { forecast, insights } = await predict({
    horizon: 3,
    series: [
      { name: 'bad', ...series },
      { name: 'good', values: weekly(60) },
    ],
  });

  expect(forecast.series[0].missing[0]).toContain(reason);
  expect(forecast.series[1].status).toBe('ok');
  expect(insights.find(({ kind }: { kind: string }) => kind === 'insufficient_data').message).toContain(reason);
});

test.each([
  ['no horizon', { series: [{ name: 'a', values: [1] }] }, '"path":["horizon"],"message":"must be given'],
  ['text for a number', { series: [{ name: 'a', values: ['1'] }], horizon: 1 }, 'must be a number, or null'],
  [
    'an unknown interval',
    { series: [{ name: 'a', values: [1], interval: 'monthly' }], horizon: 1 },
    'such as \\"15m\\"',
  ],
  ['an unknown zone', { series: [{ name: 'a', values: [1] }], horizon: 1, timeZone: 'Berlin' }, 'IANA'],
  ['both forms', { series: [{ name: 'a', values: [1], points: [] }], horizon: 1 }, 'give either values'],
  ['too long a horizon', { series: [{ name: 'a', values: [1] }], horizon: 2000 }, 'at most 1000 steps'],
  [
    'too much in all',
    { series: Array.from({ length: 90 }, (_, k) => ({ name: `${k}`, values: [1] })), horizon: 30 },
    'at most 2000 steps',
  ],
  ['seconds', { series: [{ name: 'a', values: [1], start: 1_700_000_000 }], horizon: 1 }, 'looks like seconds'],
  ['numbers whose squares are none', { series: [{ name: 'a', values: [1e300] }], horizon: 1 }, 'up to 1e100'],
  ['a series for a list', { series: { name: 'a' }, horizon: 1 }, 'must be a list of series'],
  ['nothing', {}, 'give \\"series\\" and \\"horizon\\"'],
])('mistakes are named: %s', (_, data, message) => {
  expect(problemsOf(data)).toContain(message);
});

describe('probabilities', () => {
  const normal = (mean: number, deviation: number) =>
    [0.5, 0.8, 0.95].map((level, index) => {
      const half = deviation * ([0.6744897502, 1.2815515655, 1.9599639845][index] ?? 0);
      return { level, lower: Float64Array.of(mean - half), upper: Float64Array.of(mean + half) };
    });

  test('are those of the normal distribution when the intervals are', () => {
    const above = (level: number) => probabilitiesAbove(level, Float64Array.of(10), normal(10, 2))[0];

    expect(above(10)).toBeCloseTo(0.5, 6);
    expect(above(12)).toBeCloseTo(0.1586553, 5);
    expect(above(4)).toBeCloseTo(0.9986501, 5);
  });

  test('of a total are between none and all', () => {
    const total = totalOf(Float64Array.of(10), normal(10, 2));

    expect(totalAbove(-1e9, total)).toBe(1);
    expect(totalAbove(1e9, total)).toBe(0);
  });
});

test('all sections may be asked for at once, and each is answered', async () => {
  const customers = Array.from({ length: 400 }, (_, id) => ({
    id,
    churned: (id * 7919) % 10 < (id % 3 === 0 ? 6 : 1),
    features: { plan: id % 3 === 0 ? 'monthly' : 'yearly', logins: (id * 31) % 17 },
  }));
  const { forecast, demand, revenue, churn, metrics, insights } = await predict({
    forecast: { series: [{ name: 'visits', values: weekly(60) }], horizon: 7 },
    demand: { items: [{ name: 'bolt', values: weekly(60).map((value) => Math.floor(value) % 3) }] },
    revenue: { nodes: [{ name: 'all', values: weekly(60) }], horizon: 3 },
    churn: { customers },
  });

  expect(forecast.series[0].status).toBe('ok');
  expect(demand.items[0].status).toBe('ok');
  expect(revenue.status).toBe('ok');
  expect(churn.status).toBe('ok');
  expect(metrics).toMatchObject({ series: 1, items: 1, nodes: 1, labelled: 400 });
  expect(insights.map(({ severity }: { severity: string }) => severity)).toEqual(
    insights
      .map(({ severity }: { severity: string }) => severity)
      .toSorted(
        (a: string, b: string) =>
          ['critical', 'warning', 'info'].indexOf(a) - ['critical', 'warning', 'info'].indexOf(b),
      ),
  );
});

test('when time runs out the series that are left say so', async () => {
  const series = [0, 1].map((name) => ({ name: `${name}`, values: weekly(60) }));
  const output = await plugin.process(
    plugin.input.parse({ series, horizon: 3 }),
    processContext({ signal: AbortSignal.abort() }),
  );

  expect(output['forecast']).toMatchObject({
    series: [{ status: 'refused', missing: ['more time: submit fewer series at once'] }, { name: '1' }],
  });
});
