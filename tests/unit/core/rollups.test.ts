import { expect, test } from 'vitest';
import { createMemoryRollupStore } from '../../../functions/adapters/memory/memory-rollup-store.ts';
import { summarizeMeasures } from '../../../functions/core/rollups/contribution.ts';
import type { RollupStore } from '../../../functions/core/rollups/rollup-store.ts';
import { MOST_SERIES } from '../../../functions/core/rollups/series.ts';
import { createRandom } from '../../../models/statistics/random.ts';
import type { Measure } from '../../../plugins/contract.ts';
import { at, createShop, type ShopAnalysis, shopManifest } from '../../support/metrics.ts';

const random = createRandom(7);
const pick = <Value>(values: readonly Value[]): Value =>
  values[Math.floor(random() * values.length)] ?? expect.unreachable();

/** A purchase, as everything the shop measures of it. */
const purchase = (time: number): Measure[] => {
  const dimensions = { country: pick(['de', 'fr', 'se']) };
  return [
    { metric: 'orders', at: time, value: 1, dimensions: { ...dimensions, device: pick(['phone', 'desktop']) } },
    { metric: 'revenue', at: time, value: random() * 100, dimensions },
    { metric: 'stock', at: time, value: Math.round(random() * 50) },
    { metric: 'latency', at: time, value: Math.exp(3 + 2 * random()), dimensions },
    { metric: 'buyers', at: time, value: `user-${Math.floor(random() * 400)}`, dimensions },
  ];
};

/** Analyses that ended from 12:00 on, a second apart, each of some purchases of the three hours before. */
const analyses: ShopAnalysis[] = Array.from({ length: 120 }, (_, index) => ({
  analysisId: `analysis-${String(index).padStart(3, '0')}`,
  endedAt: new Date(at('12:00:00') + index * 1_000).toISOString(),
  measures: Array.from({ length: 8 }, () => purchase(at('10:00:00') + random() * 3 * 3_600_000)).flat(),
  result: { metrics: { score: index } },
}));

const ASKED = [
  { metric: 'orders', aggregation: 'count' },
  { metric: 'orders', aggregation: 'count', groupBy: 'device', interval: 'minute' },
  { metric: 'revenue', aggregation: 'sum', groupBy: 'country' },
  { metric: 'revenue', aggregation: 'average', interval: 'day' },
  { metric: 'stock', aggregation: 'last' },
  { metric: 'stock', aggregation: 'min' },
  { metric: 'latency', aggregation: 'p95', groupBy: 'country' },
  { metric: 'latency', aggregation: 'p50', filters: { country: ['de', 'se'] } },
  { metric: 'buyers', aggregation: 'unique', groupBy: 'country' },
  { metric: 'score', aggregation: 'max' },
] as const;

/** Every stored rollup and every reading, as texts that differ when one bit does. */
const everything = async (rollups: RollupStore, shop: ReturnType<typeof createShop>) => {
  const scope = { tenant: 't', plugin: 'shop' };
  const metrics = Object.keys(shopManifest.metrics);
  const days = await Promise.all(metrics.map((metric) => rollups.readDays(scope, metric, { from: '0', to: '9' })));
  shop.setTime('2026-03-15T13:00:00.000Z');
  const hours = await Promise.all(['10', '11', '12'].map((hour) => rollups.readHour(scope, `2026-03-15T${hour}`)));
  const texts = {
    days: days.map((found) =>
      [...found].map(([day, { rollup }]) => [day, Object.values(rollup.hours).map(({ cells }) => cells)]),
    ),
    hours: hours.map(({ rollups: found }) => [...found].map(([metric, { rollup }]) => [metric, rollup.minutes]).sort()),
    readings: await Promise.all(ASKED.map(async (query) => (await shop.read(query)).groups)),
  };
  return Object.values(texts)
    .flat()
    .map((part) => JSON.stringify(part));
};

/** Compares by position, so that a difference is one line and not all of them. */
const differences = (a: readonly string[], b: readonly string[]): number[] =>
  a.flatMap((text, index) => (text === b[index] ? [] : index));

const runOf = async (deliveries: readonly { analysis: ShopAnalysis; at?: string }[], merges: readonly number[]) => {
  const rollups = createMemoryRollupStore();
  const shop = createShop(rollups);
  for (const [index, { analysis, at: time }] of deliveries.entries()) {
    await shop.deliver(analysis, time);
    if (merges.includes(index)) await shop.settle();
  }
  await shop.settle();
  return everything(rollups, shop);
};

test('redelivering everything twice in another order changes no rollup, bit for bit', async () => {
  const once = await runOf(
    analyses.map((analysis) => ({ analysis })),
    [],
  );
  const later = '2026-03-15T12:45:00.000Z';
  const shuffled = [...analyses, ...analyses].map((analysis) => ({ analysis, at: later, order: random() }));
  const again = await runOf(
    [...analyses.map((analysis) => ({ analysis })), ...shuffled.sort((a, b) => a.order - b.order)],
    [10, 75, 130, 200, 340],
  );
  const reversed = await runOf(
    analyses.toReversed().map((analysis) => ({ analysis, at: later })),
    [60],
  );

  expect(differences(again, once)).toEqual([]);
  expect(differences(reversed, once)).toEqual([]);
  expect(once.at(-ASKED.length)).toContain('"total":960');
});

test('sums, extremes and uniques are those of the observations, percentiles within 1% of them', async () => {
  const shop = createShop(createMemoryRollupStore());
  for (const analysis of analyses) await shop.deliver(analysis);
  await shop.settle();
  const valuesOf = (metric: string, from: number, to: number) =>
    analyses
      .flatMap(({ measures }) => measures.filter((m) => m.metric === metric && m.at >= from && m.at < to))
      .map(({ value }) => value);
  const hour = [at('11:00:00'), at('12:00:00')] as const;
  const read = async (metric: string, aggregation: Parameters<typeof shop.read>[0]['aggregation']) =>
    (await shop.read({ metric, aggregation })).groups[0]?.values[1] ?? Number.NaN;
  const latencies = valuesOf('latency', ...hour)
    .map(Number)
    .sort((a, b) => a - b);
  const exact = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? Number.NaN;

  expect(await read('orders', 'count')).toBe(valuesOf('orders', ...hour).length);
  expect(await read('revenue', 'sum')).toBeCloseTo(
    valuesOf('revenue', ...hour)
      .map(Number)
      .reduce((a, b) => a + b),
    6,
  );
  expect(await read('stock', 'max')).toBe(Math.max(...valuesOf('stock', ...hour).map(Number)));
  expect(await read('buyers', 'unique')).toBe(new Set(valuesOf('buyers', ...hour)).size);
  for (const [aggregation, share] of [
    ['p50', 0.5],
    ['p90', 0.9],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    expect(Math.abs((await read('latency', aggregation)) / exact(share) - 1)).toBeLessThanOrEqual(0.01);
  }
});

test('a result is in the reading at once, before anything is merged, and stays the same while it is', async () => {
  const shop = createShop(createMemoryRollupStore());
  const counts: (number | null | undefined)[] = [];
  for (const [index, analysis] of analyses.slice(0, 60).entries()) {
    await shop.deliver(analysis);
    if (index % 20 === 19) await shop.merge();
    counts.push((await shop.read({ metric: 'orders', aggregation: 'count' })).groups[0]?.total);
  }

  expect(counts).toEqual(Array.from({ length: 60 }, (_, index) => 8 * (index + 1)));
});

test('late data is added to the hour it belongs to, without reading again what was merged', async () => {
  const rollups = createMemoryRollupStore();
  const scanned: number[] = [];
  const shop = createShop({
    ...rollups,
    async *contributions(scope, hour, range, limit) {
      for await (const page of rollups.contributions(scope, hour, range, limit)) {
        scanned.push(page.contributions.length);
        yield page;
      }
    },
  });
  for (const analysis of analyses) await shop.deliver(analysis);
  await shop.settle();
  scanned.length = 0;
  const late = { analysisId: 'late', measures: [{ metric: 'orders', at: at('10:10:00'), value: 5 }] };
  await shop.deliver({ ...late, endedAt: '2026-03-16T09:00:00.000Z' });
  await shop.settle();

  expect(scanned).toEqual([1]);
  expect((await shop.read({ metric: 'orders', aggregation: 'count' })).groups[0]?.total).toBe(965);
});

test('what a worker files late, because another died before it, is not lost: the hour is merged anew', async () => {
  const shop = createShop(createMemoryRollupStore());
  const [first, second, ...rest] = analyses.slice(0, 30);
  if (first === undefined || second === undefined) return expect.unreachable();
  for (const analysis of rest) await shop.deliver(analysis);
  await shop.settle();
  // Both ended before what has been merged by now; one had been filed and is delivered again all the same.
  await shop.deliver(first, '2026-03-15T12:20:00.000Z');
  shop.replaceWorker();
  await shop.deliver(rest[0] ?? first, '2026-03-15T12:20:01.000Z');
  await shop.deliver(second, '2026-03-15T12:20:02.000Z');
  await shop.settle();

  expect((await shop.read({ metric: 'orders', aggregation: 'count' })).groups[0]?.total).toBe(240);
});

test('two mergers at once and one that dies half-way leave the same rollups', async () => {
  const rollups = createMemoryRollupStore();
  let failing = false;
  const flaky: RollupStore = {
    ...rollups,
    async storeDay(...args) {
      if (failing) throw new Error('the worker died');
      return rollups.storeDay(...args);
    },
  };
  const shop = createShop(flaky);
  for (const analysis of analyses.slice(0, 60)) await shop.deliver(analysis);
  shop.setTime('2026-03-15T12:01:00.000Z');
  failing = true;
  await expect(shop.merge()).rejects.toThrow('the worker died');
  failing = false;
  for (const analysis of analyses.slice(60)) await shop.deliver(analysis);
  shop.setTime('2026-03-15T12:05:00.000Z');
  await Promise.all([shop.merge(), shop.merge(), shop.merge()]);
  await shop.settle();

  const undisturbed = await runOf(
    analyses.map((analysis) => ({ analysis })),
    [],
  );
  expect(differences(await everything(rollups, shop), undisturbed)).toEqual([]);
});

test('tenants do not mix', async () => {
  const shop = createShop(createMemoryRollupStore());
  const measures = [{ metric: 'orders', at: at('12:00:00'), value: 1 }];
  await shop.deliver({ analysisId: 'a', endedAt: '2026-03-15T12:00:00.000Z', measures, tenant: 'one' });
  await shop.deliver({ analysisId: 'a', endedAt: '2026-03-15T12:00:00.000Z', measures, tenant: 'two' });
  await shop.settle('one');
  const totals = ['one', 'two', 'three'].map(
    async (tenant) => (await shop.read({ tenant, metric: 'orders', aggregation: 'count' })).groups[0]?.total,
  );

  expect(await Promise.all(totals)).toEqual([1, 1, 0]);
});

test('reading 30 days by hour touches a bounded number of items, whatever the traffic was', async () => {
  const rollups = createMemoryRollupStore();
  let items = 0;
  const counted = <Value>(value: Value, count: number): Value => {
    items += count;
    return value;
  };
  const shop = createShop({
    ...rollups,
    pending: async (...args) => {
      const found = await rollups.pending(...args);
      return counted(found, found.length);
    },
    readMerged: async (...args) => {
      const found = await rollups.readMerged(...args);
      return counted(found, found.size);
    },
    readDays: async (...args) => {
      const found = await rollups.readDays(...args);
      return counted(found, found.size);
    },
    async *contributions(...args) {
      for await (const page of rollups.contributions(...args)) yield counted(page, page.contributions.length);
    },
  });
  const month = { start: new Date('2026-03-01T00:00:00Z'), end: new Date('2026-03-31T00:00:00Z') };
  const flood = (count: number, minute: string) =>
    Array.from(
      { length: count },
      (_, index): ShopAnalysis => ({
        analysisId: `${minute}-${index}`,
        endedAt: `2026-03-30T12:${minute}:00.000Z`,
        measures: [
          {
            metric: 'orders',
            at: Date.parse(`2026-03-${String(1 + (index % 30)).padStart(2, '0')}T12:00:00Z`),
            value: 1,
          },
        ],
      }),
    );
  for (const analysis of flood(3_000, '00')) await shop.deliver(analysis);
  await shop.settle();
  items = 0;
  const quiet = await shop.read({ metric: 'orders', aggregation: 'count', ...month });

  expect(quiet.groups[0]?.total).toBe(3_000);
  expect(items).toBe(30);

  for (const analysis of flood(6_000, '10')) await shop.deliver(analysis);
  items = 0;
  const busy = await shop.read({ metric: 'orders', aggregation: 'count', ...month });

  expect(items).toBeLessThanOrEqual(30 + 100 + 100 + 5_000);
  expect(busy.asOf).toBe('2026-03-30T12:10:00.000Z');
  expect(quiet.asOf > '2026-03-30T12:00:00.000Z').toBe(true);
});

test('values of a dimension beyond the most that are kept apart are counted together, in any order', async () => {
  const measures = Array.from({ length: MOST_SERIES + 200 }, (_, index) => ({
    metric: 'orders',
    at: at('12:00:00'),
    value: 1,
    dimensions: { country: `c${index}` },
  }));
  const halves = [measures.slice(0, 500), measures.slice(400)];
  const run = async (order: readonly (readonly Measure[])[]) => {
    const shop = createShop(createMemoryRollupStore());
    for (const [index, part] of order.entries()) {
      await shop.deliver({ analysisId: `a${index}`, endedAt: `2026-03-15T12:00:0${index}.000Z`, measures: part });
    }
    await shop.settle();
    return shop.read({ metric: 'orders', aggregation: 'count', groupBy: 'country', groupLimit: 2_000 });
  };
  const { groups } = await run(halves);

  expect(groups).toHaveLength(MOST_SERIES + 1);
  expect(groups.find(({ name }) => name === '(other)')?.total).toBeGreaterThanOrEqual(200);
  expect(groups.reduce((sum, { total }) => sum + (total ?? 0), 0)).toBe(800);
  expect((await run(halves.toReversed())).groups).toEqual(groups);
});

test('measures that do not fit are left out and said, the others count', () => {
  const good = { metric: 'orders', at: at('12:00:00'), value: 1 };
  const { hours, leftOut } = summarizeMeasures({
    manifest: shopManifest,
    result: { metrics: { score: 'high' } },
    submittedAt: 0,
    measures: [
      good,
      { ...good, metric: 'unheard' },
      { ...good, value: 1.5 },
      { ...good, value: -1 },
      { ...good, at: Number.NaN },
      { ...good, dimensions: { planet: 'mars' } },
      { ...good, metric: 'latency', value: -3 },
      { ...good, metric: 'buyers', value: 3 },
    ],
  });

  expect(hours).toEqual([{ hour: '2026-03-15T12', metrics: { orders: { '0': { '': { n: 1 } } } } }]);
  expect(Object.values(leftOut).reduce((sum, count) => sum + count, 0)).toBe(7);
  expect(Object.keys(leftOut).join('\n')).toContain('"unheard" is not among');
});

test('a question that does not fit the metric names the field and what would fit', async () => {
  const shop = createShop(createMemoryRollupStore());
  const detail = async (query: Parameters<typeof shop.read>[0]) =>
    shop.read(query).then(
      () => expect.unreachable(),
      (error: { details: unknown[] }) => error.details[0],
    );

  expect(await detail({ metric: 'sales', aggregation: 'count' })).toMatchObject({ field: 'metric' });
  expect(await detail({ metric: 'orders', aggregation: 'p95' })).toEqual({
    field: 'aggregation',
    message: 'must be one of: count',
  });
  expect(await detail({ metric: 'orders', aggregation: 'count', groupBy: 'planet' })).toEqual({
    field: 'groupBy',
    message: 'must be one of: country, device',
  });
  expect(await detail({ metric: 'stock', aggregation: 'last', filters: { country: ['de'] } })).toMatchObject({
    field: 'filters.country',
  });
  expect(
    await detail({ metric: 'orders', aggregation: 'count', interval: 'minute', end: new Date('2026-04-15') }),
  ).toMatchObject({ field: 'interval' });
  expect(await detail({ metric: 'orders', aggregation: 'count', end: new Date('2026-01-01') })).toMatchObject({
    field: 'end',
  });
});
