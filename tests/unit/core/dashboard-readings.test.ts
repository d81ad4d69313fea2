import { expect, test } from 'vitest';
import { createMemoryRollupStore } from '../../../functions/adapters/memory/memory-rollup-store.ts';
import { createPluginCatalog } from '../../../functions/adapters/plugin-catalog.ts';
import type { MetricQuery } from '../../../functions/core/rollups/metric-query.ts';
import { createReadMetric } from '../../../functions/core/rollups/read-metric.ts';
import { readOnce } from '../../../functions/core/rollups/read-once.ts';
import type { RollupStore } from '../../../functions/core/rollups/rollup-store.ts';
import { at, createShop, shopManifest } from '../../support/metrics.ts';

const measures = (times: readonly string[], country: string) =>
  times.flatMap((time, index) => [
    { metric: 'orders', at: at(time), value: 1, dimensions: { country } },
    { metric: 'latency', at: at(time), value: 10 * (index + 1), dimensions: { country } },
    { metric: 'buyers', at: at(time), value: `${country}-${index % 2}`, dimensions: { country } },
  ]);

/** A store with merged and with fresh contributions, and a count of what was asked of it. */
const createStore = async () => {
  const rollups = createMemoryRollupStore();
  const shop = createShop(rollups);
  const deliver = (analysisId: string, endedAt: string, country: string, times: string[]) =>
    shop.deliver({ analysisId, endedAt, measures: measures(times, country) });
  await deliver('a', '2026-03-15T11:00:00.000Z', 'de', ['10:05:00', '10:20:00', '10:59:59']);
  await shop.settle();
  await deliver('b', '2026-03-15T12:30:00.000Z', 'fr', ['10:30:00', '12:10:00']);
  const asked: string[] = [];
  const watched: RollupStore = {
    ...rollups,
    pending: (...question) => {
      asked.push('pending');
      return rollups.pending(...question);
    },
    contributions: (...question) => {
      asked.push(`contributions of ${question[1]}`);
      return rollups.contributions(...question);
    },
  };
  const open = (store: RollupStore) =>
    createReadMetric({ catalog: createPluginCatalog([shopManifest]), rollups: store, clock: shop.clock });
  return { asked, rollups: watched, open };
};

const QUERIES: Pick<MetricQuery, 'metric' | 'aggregation'>[] = [
  { metric: 'orders', aggregation: 'count' },
  { metric: 'latency', aggregation: 'p95' },
  { metric: 'latency', aggregation: 'average' },
  { metric: 'buyers', aggregation: 'unique' },
];

const queryOf = (part: Pick<MetricQuery, 'metric' | 'aggregation'>): MetricQuery => ({
  tenant: 't',
  plugin: 'shop',
  interval: 'hour',
  start: new Date(at('10:00:00')),
  end: new Date(at('13:00:00')),
  groupBy: 'country',
  filters: {},
  groupLimit: 10,
  ...part,
});

test('readings that share what they read are those that read it themselves, and look at fresh contributions once', async () => {
  const { asked, rollups, open } = await createStore();
  const alone = await Promise.all(QUERIES.map((query) => open(rollups)(queryOf(query))));
  asked.length = 0;

  const shared = open(readOnce(rollups));
  const together = await Promise.all(QUERIES.map((query) => shared(queryOf(query))));

  expect(together).toEqual(alone);
  expect(asked.sort()).toEqual(['contributions of 2026-03-15T10', 'contributions of 2026-03-15T12', 'pending']);
});

test('totals alone are those that stand beside the values', async () => {
  const { rollups, open } = await createStore();

  for (const query of QUERIES) {
    const { groups } = await open(rollups)(queryOf(query));
    const { groups: totals, timestamps } = await open(rollups)({ ...queryOf(query), totalsOnly: true });

    expect(groups).toHaveLength(2);
    expect(totals).toEqual(groups.map((group) => ({ ...group, values: [] })));
    expect(timestamps).toEqual([]);
  }
});
