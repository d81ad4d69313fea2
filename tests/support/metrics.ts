import { createMemoryRollupQueue } from '../../functions/adapters/memory/memory-rollup-store.ts';
import { createPluginCatalog } from '../../functions/adapters/plugin-catalog.ts';
import type { Clock } from '../../functions/core/ports.ts';
import { summarizeMeasures } from '../../functions/core/rollups/contribution.ts';
import { createContributionFiler, SETTLING_MS, WINDOW_MS } from '../../functions/core/rollups/file-contribution.ts';
import { mergeContributions } from '../../functions/core/rollups/merge-contributions.ts';
import type { MetricQuery, MetricReading } from '../../functions/core/rollups/metric-query.ts';
import { createReadMetric } from '../../functions/core/rollups/read-metric.ts';
import type { RollupStore } from '../../functions/core/rollups/rollup-store.ts';
import type { Measure } from '../../plugins/contract.ts';
import { manifestSchema } from '../../plugins/manifest.ts';

/** A plugin that measures one thing of each kind. */
export const shopManifest = manifestSchema.parse({
  name: 'shop',
  version: '1.0.0',
  description: 'd',
  type: 'analytics',
  main: 'index.ts',
  metrics: {
    orders: { title: 'Orders', unit: 'orders', kind: 'count', dimensions: ['country', 'device'] },
    revenue: { title: 'Revenue', unit: 'EUR', kind: 'sum', dimensions: ['country'] },
    stock: { title: 'Stock', kind: 'gauge' },
    latency: { title: 'Latency', unit: 'ms', kind: 'distribution', dimensions: ['country'] },
    buyers: { title: 'Buyers', unit: 'buyers', kind: 'unique', dimensions: ['country'] },
    score: { title: 'Score', kind: 'gauge', from: 'metrics.score' },
  },
});

export interface ShopAnalysis {
  readonly analysisId: string;
  readonly endedAt: string;
  readonly measures: readonly Measure[];
  readonly tenant?: string;
  readonly result?: unknown;
}

/** Files, merges and reads the metrics of the shop on a store, at a time that the test sets. */
export const createShop = (rollups: RollupStore) => {
  let now = 0;
  const clock: Clock = () => new Date(now);
  const { asked, queue: rollupQueue } = createMemoryRollupQueue();
  const newWorker = () => createContributionFiler({ rollups, rollupQueue, clock });
  let worker = newWorker();
  const readMetric = createReadMetric({ catalog: createPluginCatalog([shopManifest]), rollups, clock });

  const contributionOf = ({ measures, result, endedAt }: ShopAnalysis) =>
    summarizeMeasures({ manifest: shopManifest, measures, result, submittedAt: Date.parse(endedAt) });

  return {
    asked,
    clock,
    setTime: (instant: string) => {
      now = Date.parse(instant);
    },
    /** Another execution environment, which remembers nothing. */
    replaceWorker: () => {
      worker = newWorker();
    },
    /** Files an analysis as a worker does: at the moment it ended, or when it is delivered again. */
    async deliver(analysis: ShopAnalysis, at: string = analysis.endedAt) {
      now = Date.parse(at);
      const { tenant = 't', analysisId, endedAt } = analysis;
      await worker({ tenant, type: 'shop', analysisId, endedAt }, contributionOf(analysis).hours);
    },
    /** Lets everything settle and merges until nothing is asked for any more. */
    async settle(tenant = 't') {
      now += SETTLING_MS + WINDOW_MS + 1_000;
      let runs = 0;
      do {
        asked.length = 0;
        await mergeContributions({ rollups, rollupQueue, clock }, { tenant, plugin: 'shop' });
        runs += 1;
      } while (asked.length > 0 && runs < 50);
      return runs;
    },
    merge: (tenant = 't') => mergeContributions({ rollups, rollupQueue, clock }, { tenant, plugin: 'shop' }),
    read: (query: Partial<MetricQuery> & Pick<MetricQuery, 'metric' | 'aggregation'>): Promise<MetricReading> =>
      readMetric({
        tenant: 't',
        plugin: 'shop',
        interval: 'hour',
        start: new Date('2026-03-15T10:00:00Z'),
        end: new Date('2026-03-15T13:00:00Z'),
        filters: {},
        groupLimit: 10,
        ...query,
      }),
  };
};

export const at = (time: string): number => Date.parse(`2026-03-15T${time}Z`);
