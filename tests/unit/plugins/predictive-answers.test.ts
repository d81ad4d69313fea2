import { describe, expect, test } from 'vitest';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import plugin from '../../../plugins/predictive/index.ts';
import { predict } from '../../support/predictions.ts';

const messagesOf = (data: unknown): string[] =>
  (plugin.input.safeParse(data).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

const noise = (count: number, seed = 1, level = 100): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => level + 3 * nextNormal(random));
};

const forecastOf = async (series: object, section: object = {}) => {
  const { forecast, insights } = await predict({ series: [{ name: 'visits', ...series }], horizon: 3, ...section });
  return { series: forecast.series[0], insights };
};

describe('a forecast', () => {
  test('begins after the last time given, values missing at the end or not', async () => {
    const known = noise(60);
    const daily = { start: '2026-01-01T00:00:00Z', interval: '1d' };
    const { series } = await forecastOf({ values: [...known, null, null], ...daily });
    const { series: longer } = await forecastOf({ values: known, ...daily }, { horizon: 5 });
    const points = [...known, null, null].map((value, i) => ({ timestamp: Date.UTC(2026, 0, 1 + i), value }));
    const { series: byPoints } = await forecastOf({ points });

    expect(series).toMatchObject({ values: 60, missingAtEnd: 2 });
    expect(series.timestamps).toEqual(['2026-03-04', '2026-03-05', '2026-03-06'].map((day) => `${day}T00:00:00.000Z`));
    expect(series.mean).toEqual(longer.mean.slice(2));
    expect(series.intervals[2].upper).toEqual(longer.intervals[2].upper.slice(2));
    expect(byPoints).toEqual(series);
  });

  test('is not made across more missing values than a fifth of those known', async () => {
    const { series } = await forecastOf({ values: [...noise(20), ...new Array(10).fill(null)] });

    expect(series).toMatchObject({ status: 'insufficient_data' });
    expect(series.missing[0]).toContain('10 of 30 are missing');
  });

  test('names each candidate once, and its reason does not contradict the insight', async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = createRandom(seed);
      const line = Array.from({ length: 9 }, (_, t) => 100 + 5 * t + nextNormal(random) / 2);
      const small = Array.from({ length: 9 }, () => Math.abs(3 * nextNormal(random)));
      const { series, insights } = await forecastOf({ values: seed % 2 === 0 ? line : small });
      const names = series.candidates.items.map(({ method }: { method: string }) => method);
      const unbeaten = insights.some(({ kind }: { kind: string }) => kind === 'naive-unbeaten');

      expect({ seed, names }).toEqual({ seed, names: [...new Set(names)] });
      expect({
        seed,
        unbeaten,
        contradicts: unbeaten && /below that of the (seasonal )?naive/.test(series.reason),
      }).toEqual({
        seed,
        unbeaten,
        contradicts: false,
      });
    }
  });

  test('after a first jump holds both where the series was and where it is', async () => {
    const { series } = await forecastOf({ values: [...new Array(199).fill(5), 9] });
    const { lower, upper } = series.intervals[2];

    for (let step = 0; step < 3; step += 1) {
      expect(lower[step]).toBeLessThanOrEqual(5);
      expect(upper[step]).toBeGreaterThanOrEqual(9);
    }
  });
});

test('what is as good as certain is told with one number everywhere', async () => {
  const target = await forecastOf({ values: noise(80), target: 1_000 });
  const high = await forecastOf({ values: noise(80), target: 101 }, { horizon: 1 });
  const risk = await predict({
    demand: { items: [{ name: 'bolt', values: noise(60).map((value) => Math.round(value)), stock: 1 }], leadTime: 3 },
  });
  const planned = await predict({
    revenue: { nodes: [{ name: 'all', values: noise(60), plan: [9_000] }], horizon: 1 },
  });
  const drop = await forecastOf({ values: [...noise(40, 1, 1_000), ...noise(40, 2, 10)] }, { horizon: 40 });

  expect(target.series.target.likeliest.probability).toBe(0.001);
  expect(high.series.target.likeliest.probability).toBeLessThan(1);
  expect(risk.demand.items[0].stock.stockOutRisk).toBe(0.999);
  expect(risk.insights[0].message).toContain('a probability of 99.9% or more');
  expect(planned.revenue.nodes[0].plan.shortfallProbability).toBe(0.999);
  expect(drop.series.change.probability).toBeLessThanOrEqual(0.999);
  for (const { insights } of [target, high, risk, planned, drop])
    expect(insights.map(({ message }: { message: string }) => message).join()).not.toMatch(/probability of 100%/);
});

describe('mistakes are named by field', () => {
  const one = { name: 'a', values: noise(30) };
  const revenue = (nodes: readonly object[]) => ({ revenue: { nodes, horizon: 3 } });

  test.each([
    ['nothing', null, ': give "series" and "horizon"'],
    ['a list', [], ': give "series" and "horizon"'],
    ['a text', 'x', ': give "series" and "horizon"'],
    ['a section that is none', { forecast: null }, 'forecast: must be {"series": […], "horizon": 14}'],
    ['a demand that is none', { demand: 3 }, 'demand: must be {"items": […]}'],
    ['a revenue that is none', { revenue: [] }, 'revenue: must be {"nodes": […], "horizon": 6}'],
    ['a churn that is none', { churn: 'x' }, 'churn: must be {"customers": […]}'],
    ['a series that is none', { series: [null], horizon: 1 }, 'series.0: must be a series'],
    [
      'an interval below 0',
      { series: [{ ...one, interval: -5 }], horizon: 1 },
      'series.0.interval: must be an interval',
    ],
    ['no unit', { series: [{ ...one, unit: null }], horizon: 1 }, 'series.0.unit: must be a text of up to 40'],
    ['an empty name', { series: [{ ...one, name: '' }], horizon: 1 }, 'series.0.name: must be a text of 1 to 200'],
    [
      'values that are none',
      { series: [{ name: 'a', values: 'x' }], horizon: 1 },
      'series.0.values: must be a list of',
    ],
    ['points that are none', { series: [{ name: 'a', points: 3 }], horizon: 1 }, 'series.0.points: must be a list of'],
    ['a horizon of text', { series: [one], horizon: '3' }, 'horizon: must be a whole number of steps'],
    ['a seed below 0', { series: [one], horizon: 1, seed: -1 }, 'seed: must be a whole number'],
    [
      'a text for a yes',
      { series: [{ ...one, nonNegative: 'yes' }], horizon: 1 },
      'series.0.nonNegative: must be true or',
    ],
    ['a plan of none', revenue([{ ...one, plan: [] }]), 'revenue.nodes.0.plan: must be a list of'],
    ['a name of two series', { series: [one, one], horizon: 1 }, 'series.1.name: must be a name that no other'],
    ['a name of two items', { demand: { items: [one, one] } }, 'demand.items.1.name: must be a name that no other'],
  ])('%s', (_, data, message) => {
    expect(messagesOf(data)).toEqual([expect.stringContaining(message)]);
  });

  test('values below zero of a series that cannot have any', () => {
    const values = [3, -2, ...noise(30)];
    const points = values.map((value, i) => ({ timestamp: Date.UTC(2026, 0, 1 + i), value }));

    expect(messagesOf({ series: [{ name: 'a', values, nonNegative: true }], horizon: 1 })).toEqual([
      'series.0.values.1: must not be below 0, as "nonNegative" is true',
    ]);
    expect(messagesOf({ series: [{ name: 'a', points, nonNegative: true }], horizon: 1 })).toEqual([
      'series.0.points.1.value: must not be below 0, as "nonNegative" is true',
    ]);
    expect(messagesOf({ series: [{ name: 'a', values, nonNegative: false }], horizon: 1 })).toEqual([]);
  });

  test('of a tree, at the node that has it', () => {
    const values = noise(30);
    const parts = [
      { name: 'a', parent: 'all', values: values.map((value) => Math.round(value)) },
      { name: 'b', parent: 'all', values: values.map((value) => 2 * Math.round(value)) },
    ];
    const sum = values.map((value, i) => 3 * Math.round(value) + (i === 7 ? 50.123456789 : 0));

    expect(messagesOf(revenue([{ name: 'all' }, { ...parts[0], parent: 'none' }, parts[1] ?? {}]))).toEqual([
      expect.stringContaining('revenue.nodes.1.parent: '),
    ]);
    expect(messagesOf(revenue([{ name: 'all' }]))).toEqual([expect.stringContaining('revenue.nodes.0.values: ')]);
    expect(messagesOf(revenue([one, one]))).toEqual([expect.stringContaining('revenue.nodes.1.name: ')]);
    expect(messagesOf(revenue([{ name: 'all' }, parts[0] ?? {}, { ...parts[1], values: [1, 2, 3] }]))).toEqual([
      expect.stringMatching(/^revenue\.nodes\.2\.values: must be as many .* "a", 30; there are 3$/),
    ]);
    const [told] = messagesOf(revenue([{ name: 'all', values: sum }, ...parts]));
    expect(told).toMatch(/^revenue\.nodes\.0\.values: must be the sum of its parts; at value 8 it is 3\d\d\.\d+ and/);
    expect(told).not.toMatch(/\d\.\d{4}/);
  });
});
