import { describe, expect, test } from 'vitest';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import { predict, problemsOf } from '../../support/predictions.ts';

const monthly = (base: number, seed: number, months = 60): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: months }, (_, t) =>
    Math.round(base * (1 + t / 200) * (1 + 0.2 * Math.sin((2 * Math.PI * t) / 12)) * (1 + 0.04 * nextNormal(random))),
  );
};

const SHOPS = [
  { name: 'all' },
  { name: 'north', parent: 'all' },
  { name: 'south', parent: 'all', values: monthly(400, 1) },
  { name: 'shop', parent: 'north', values: monthly(900, 2) },
  { name: 'kiosk', parent: 'north', values: monthly(120, 3) },
];
const TIMES = { start: '2021-01-01T00:00:00Z', interval: '1mo', horizon: 6 };

const revenueOf = async (nodes: readonly object[] = SHOPS, more: object = {}) => {
  const { revenue, insights } = await predict({ revenue: { nodes, ...TIMES, ...more } });
  const node = (name: string) => revenue.nodes.find((each: { name: string }) => each.name === name);
  return { revenue, insights, node };
};

describe('revenue', () => {
  test('adds up at every node and step', async () => {
    const { node, revenue } = await revenueOf();

    for (let step = 0; step < 6; step += 1) {
      const [all, north, south, shop, kiosk] = SHOPS.map(({ name }) => node(name).mean[step]);
      expect(Math.abs(all - north - south)).toBeLessThan(0.01);
      expect(Math.abs(north - shop - kiosk)).toBeLessThan(0.01);
    }
    expect(revenue.timestamps[0]).toBe('2026-01-01T00:00:00.000Z');
    expect(revenue.reconciliation.scores.map(({ method }: { method: string }) => method)).toContain('none');
  });

  test('has intervals around what adds up', async () => {
    const { node } = await revenueOf();

    for (const { name } of SHOPS) {
      const { mean, intervals } = node(name);
      for (const { lower, upper } of intervals) {
        expect(lower[0]).toBeLessThanOrEqual(mean[0]);
        expect(upper[5]).toBeGreaterThanOrEqual(mean[5]);
      }
    }
  });

  test('below its plan is pointed out with how much is missing', async () => {
    const planned = (each: number) =>
      SHOPS.map((node) => (node.name === 'all' ? { ...node, plan: new Array(6).fill(each) } : node));
    const shortfalls = async (each: number) => {
      const { insights } = await revenueOf(planned(each), { currency: 'EUR' });
      return insights.filter(({ kind }: { kind: string }) => kind === 'revenue-shortfall');
    };

    expect(await shortfalls(1500)).toEqual([]);
    expect(await shortfalls(6000)).toMatchObject([
      { severity: 'critical', evidence: { node: 'all', planned: 36_000 } },
    ]);
  });

  test('of a node that does not agree with its parts is refused, with where', () => {
    const parts = SHOPS.slice(2);
    const sum = (t: number) => parts.reduce((total, { values = [] }) => total + (values[t] ?? 0), 0);
    const values = Array.from({ length: 60 }, (_, t) => sum(t) + (t === 7 ? 500 : 1));

    expect(problemsOf({ revenue: { nodes: [{ name: 'all', values }, ...SHOPS.slice(1)], ...TIMES } })).toContain(
      '"path":["revenue","nodes",0,"values"],"message":"must be the sum of its parts; at 2021-08-01T00:00:00.000Z it is',
    );
  });

  test('of parts that begin at different times is refused', () => {
    const nodes = [...SHOPS.slice(0, 4), { name: 'kiosk', parent: 'north', values: monthly(120, 3, 48) }];
    const late = SHOPS.map((node) => (node.name === 'kiosk' ? { ...node, start: '2021-02-01T00:00:00Z' } : node));

    expect(problemsOf({ revenue: { nodes, ...TIMES } })).toContain('must be as many as those of \\"shop\\", 60');
    expect(problemsOf({ revenue: { nodes: late, ...TIMES } })).toContain('must begin when those of \\"shop\\" do');
  });

  test('with too little of it is insufficient data, and no mistake', async () => {
    const { revenue, insights } = await predict({
      revenue: { nodes: [{ name: 'all', values: [1, 2, 3] }], horizon: 2 },
    });

    expect(revenue).toMatchObject({ status: 'insufficient_data', missing: ['8 values or more (there are 3)'] });
    expect(insights).toMatchObject([{ kind: 'insufficient_data' }]);
  });

  test('of a single node without parts is a forecast like any other', async () => {
    const { node } = await revenueOf([{ name: 'all', values: monthly(900, 2) }]);

    expect(node('all')).toMatchObject({ parent: null, errorRatio: 1 });
  });

  test('of a part that has never sold anything stays nothing', async () => {
    const { node } = await revenueOf([
      ...SHOPS,
      { name: 'new', parent: 'south2', values: new Array(60).fill(0) },
      { name: 'south2', parent: 'all' },
    ]);

    expect(Math.abs(node('new').mean[0])).toBeLessThan(1);
  });
});

test.each([
  ['a parent that is not there', [{ name: 'a', parent: 'b', values: [1] }], 'part of \\"b\\", which is not a node'],
  [
    'a circle',
    [
      { name: 'a', parent: 'b' },
      { name: 'b', parent: 'a' },
    ],
    'part of itself',
  ],
  [
    'a name twice',
    [
      { name: 'a', values: [1] },
      { name: 'a', values: [1] },
    ],
    'is there twice',
  ],
  ['no values below', [{ name: 'a' }], 'must give values or points'],
  [
    'too many steps in all',
    Array.from({ length: 90 }, (_, i) => ({ name: `${i}`, values: [1] })),
    'at most 2000 steps',
  ],
  ['too long a plan', [{ name: 'a', values: [1], plan: new Array(9).fill(1) }], 'longer than the horizon of 6'],
])('mistakes are named: %s', (_, nodes, message) => {
  expect(problemsOf({ revenue: { nodes, ...TIMES, horizon: nodes.length > 50 ? 30 : 6 } })).toContain(message);
});
