import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../models/statistics/random.ts';
import { predict, problemsOf } from '../../support/predictions.ts';

const sold = (seed: number, periods = 60): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: periods }, () => (random() < 0.35 ? 1 + Math.floor(random() * 6) : 0));
};

const itemOf = async (item: object, section: object = {}) => {
  const { demand, insights } = await predict({
    demand: { items: [{ name: 'bolt', ...item }], leadTime: 3, ...section },
  });
  return { item: demand.items[0], insights };
};

describe('an item', () => {
  test('says its class, its mean demand and the stock for the service level', async () => {
    const { item } = await itemOf({ values: sold(1), unit: 'pieces' }, { serviceLevel: 0.9 });

    expect(item).toMatchObject({ status: 'ok', demandClass: 'intermittent', unit: 'pieces', periods: 60 });
    expect(item.perPeriod.mean).toBeGreaterThan(0.8);
    expect(item.perPeriod.mean).toBeLessThan(1.8);
    expect(item.stock.reorderPoint).toBeGreaterThan(item.leadTime.mean);
    expect(Number.isInteger(item.stock.reorderPoint)).toBe(true);
    expect(item.stock.safetyStock).toBeCloseTo(item.stock.reorderPoint - item.leadTime.mean, 4);
    expect(item.backtest.served).toBeGreaterThanOrEqual(item.backtest.stocksTested * 0.7);
    expect(item.leadTime.intervals.map(({ level }: { level: number }) => level)).toEqual([0.5, 0.8, 0.95]);
  });

  test('with too low a stock may run out, and the order is named', async () => {
    const { item, insights } = await itemOf({ values: sold(1), stock: 1 });
    const missing = item.stock.reorderPoint - 1;

    expect(item.stock).toMatchObject({ orderNow: true, stock: 1 });
    expect(insights[0]).toMatchObject({ kind: 'stock-out-risk', severity: 'critical', confidence: 0.999 });
    expect(insights[0].message).toContain(`order ${missing} now`);
  });

  test('with plenty of stock is no news', async () => {
    const { item, insights } = await itemOf({ values: sold(1), stock: 200 });

    expect(item.stock).toMatchObject({ orderNow: false, stockOutRisk: 0.001 });
    expect(insights).toEqual([]);
  });

  test('that nobody has asked for in a long time is pointed out', async () => {
    const { insights } = await itemOf({ values: [...sold(2, 40), ...new Array(25).fill(0)] });

    expect(insights.map(({ kind }: { kind: string }) => kind)).toEqual(['demand-stopped']);
  });

  test('with a season is stocked for the months ahead and not for the mean of the year', async () => {
    const random = createRandom(9);
    const values = Array.from({ length: 62 }, (_, t) =>
      Math.round(60 + 40 * Math.sin((2 * Math.PI * t) / 12) + 8 * random()),
    );
    const { item } = await itemOf({ values }, { start: '2020-01-01T00:00:00Z', interval: '1mo' });

    // The three periods from the third of the year on, of about 100 each where the year's mean is 64.
    expect(item).toMatchObject({ method: 'series', demandClass: 'smooth' });
    expect(Math.abs(item.leadTime.mean - 303)).toBeLessThan(20);
    expect(item.stock.reorderPoint).toBeLessThan(350);
    expect(item.backtest.rates[0].rmsse).toBeLessThan(0.5 * item.backtest.rates[1].rmsse);
  });

  test('without a season is not given one', async () => {
    const random = createRandom(10);
    const values = Array.from({ length: 60 }, () => 40 + Math.floor(20 * random()));
    const { item } = await itemOf({ values }, { start: '2020-01-01T00:00:00Z', interval: '1mo' });

    expect(item.method).not.toBe('series');
    expect(item.leadTime.mean).toBeGreaterThan(135);
    expect(item.leadTime.mean).toBeLessThan(163);
  });

  test('with too few demands or periods says how many are needed', async () => {
    const sparse = await itemOf({ values: [0, 0, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0] });
    const short = await itemOf({ values: sold(3, 20), leadTime: 10 });

    expect(sparse.item.missing).toEqual(['4 periods with a demand (there are 2)']);
    expect(short.item.missing).toEqual(['30 periods for a lead time of 10 (there are 20)']);
    expect(short.item.status).toBe('insufficient_data');
  });

  test('that was asked for alike until its end has no scale for its errors, and says so', async () => {
    const { item } = await itemOf({ values: [...new Array(29).fill(1), 50] });

    expect(item.backtest.rates[0].rmsse).toBeNull();
  });

  test('is the same for the same seed', async () => {
    const once = await itemOf({ values: sold(4) });

    expect(await itemOf({ values: sold(4) })).toEqual(once);
  });
});

describe('orders with their times', () => {
  const orders = (count: number, name = 'bolt') => ({
    name,
    points: Array.from({ length: count }, (_, i) => ({ timestamp: Date.UTC(2024, 0, 3 + 9 * i), value: 2 })),
  });

  test('add up by period, and periods without any count', async () => {
    const { demand } = await predict({ demand: { items: [orders(40)], interval: '1w', leadTime: 2 } });

    // 40 orders, one in nine days, fall into 51 weeks, all but one of them with at most one order.
    expect(demand.items[0]).toMatchObject({ periods: 51, demands: 40 });
    expect(demand.items[0].nextPeriod).toBe('2024-12-25T00:00:00.000Z');
  });

  test('end with the latest order of any item, or with the stated end', async () => {
    const items = [orders(20), orders(40, 'nut')];
    const periodsUntil = async (section: object) => {
      const { demand } = await predict({ demand: { items, interval: '1w', ...section } });
      return demand.items.map(({ periods }: { periods: number }) => periods);
    };

    expect(await periodsUntil({})).toEqual([51, 51]);
    expect(await periodsUntil({ end: '2025-03-05T00:00:00Z' })).toEqual([61, 61]);
  });

  test('of a far past by the second are refused before they fill the memory', async () => {
    const { demand } = await predict({ demand: { items: [orders(40)], interval: '1s' } });

    expect(demand.items[0].missing[0]).toContain('a longer interval: this one makes 30326401 periods');
  });
});

test.each([
  ['a negative demand', { values: [1, -2, 3] }, {}, 'leave returns out'],
  ['a gap for a zero', { values: [1, null, 3] }, {}, 'a period without demand is 0, not null'],
  ['percent for a probability', { values: [1] }, { serviceLevel: 95 }, 'write 0.95 for 95%'],
  ['points without an interval', { points: [{ timestamp: 1.7e12, value: 1 }] }, {}, 'must be given for points'],
  ['neither values nor points', {}, {}, 'give either values'],
  ['a part of a period', { values: [1] }, { leadTime: 1.5 }, 'whole number of periods'],
])('mistakes are named: %s', (_, item, section, message) => {
  expect(problemsOf({ demand: { items: [{ name: 'bolt', ...item }], ...section } })).toContain(message);
});
