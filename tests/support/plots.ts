import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createMemoryRollupQueue,
  createMemoryRollupStore,
} from '../../functions/adapters/memory/memory-rollup-store.ts';
import { createPluginCatalog } from '../../functions/adapters/plugin-catalog.ts';
import { mergeContributions } from '../../functions/core/rollups/merge-contributions.ts';
import type { MetricQuery } from '../../functions/core/rollups/metric-query.ts';
import { createReadMetric } from '../../functions/core/rollups/read-metric.ts';
import { hostPlugin } from '../../functions/plugin-host/plugin-forms.ts';
import { plotResult } from '../../functions/plugin-host/plugin-plots.ts';
import { manifestSchema, type PluginManifest } from '../../plugins/manifest.ts';
import { processContext } from './process-context.ts';

export const manifestOf = (name: string): PluginManifest =>
  manifestSchema.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, '../../plugins', name, 'manifest.json'), 'utf8')),
  );

/** Runs a plugin as the worker does and reads its metrics and views off what it gives to dashboards. */
export const plotPlugin = async (name: string, plugin: unknown, data: unknown) => {
  const manifest = manifestOf(name);
  const { config } = manifest;
  const { eventBus, logger } = processContext();
  const hosted = hostPlugin(plugin, { name, config, eventBus, logger });
  const { output, plotting } = await hosted.process(data, processContext());
  const submittedAt = '2026-02-01T00:00:00.000Z';
  const { plots, problems } = plotResult(manifest, plotting, { result: output, submittedAt });
  const rollups = createMemoryRollupStore();
  const scope = { tenant: 't', plugin: name };
  await rollups.file(scope, { analysisId: 'a', endedAt: submittedAt }, plots.hours);
  await rollups.note(
    scope,
    plots.hours.map(({ hour }) => ({ hour, until: submittedAt })),
  );
  const clock = () => new Date('2026-02-02T00:00:00.000Z');
  const { asked, queue: rollupQueue } = createMemoryRollupQueue();
  do {
    asked.length = 0;
    await mergeContributions({ rollups, rollupQueue, clock }, scope);
  } while (asked.length > 0);
  const read = createReadMetric({ catalog: createPluginCatalog([manifest]), rollups, clock });
  return {
    problems,
    views: plots.views,
    bytes: JSON.stringify(plots.views).length,
    read: async (query: Pick<MetricQuery, 'metric' | 'aggregation'> & Partial<MetricQuery>) => {
      const whole = { interval: 'day' as const, start: new Date('2025-12-01'), end: new Date('2026-03-01') };
      const { groups } = await read({ ...scope, ...whole, filters: {}, groupLimit: 10, ...query });
      return Object.fromEntries(groups.map((group) => [group.name ?? '', group.total]));
    },
  };
};
