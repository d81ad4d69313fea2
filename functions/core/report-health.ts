import type { ModelRegistry } from './model-ports.ts';
import { listModels } from './model-registry/manage-models.ts';
import type { ComponentProbe, ComponentState, PluginCatalog, QueueDepth, QueueMonitor, UsageTotals } from './ports.ts';
import { totalUsage, type UsageDependencies } from './usage.ts';

export interface HealthDependencies extends UsageDependencies {
  readonly catalog: PluginCatalog;
  readonly registry: ModelRegistry;
  readonly probes: readonly ComponentProbe[];
}

export interface HealthReport {
  readonly success: true;
  readonly status: 'healthy' | 'degraded';
  readonly components: { readonly [name: string]: ComponentState };
  /** Of the tenant that asks; absent when nobody in particular does. */
  readonly metrics?: {
    readonly totalAnalyzed: number;
    /** Milliseconds; null before the first analysis has completed. */
    readonly averageProcessingTime: number | null;
    /** Trained models of which a version serves. */
    readonly modelsLoaded: number;
  };
}

const average = ({ completed, processingMs }: UsageTotals): number | null =>
  completed === 0 ? null : Math.round((processingMs / completed) * 100) / 100;

const totalsByType = async (
  dependencies: UsageDependencies & { catalog: PluginCatalog },
  tenant: string,
): Promise<Map<string, UsageTotals>> =>
  new Map(
    await Promise.all(
      dependencies.catalog
        .list()
        .map(async ({ name }) => [name, await totalUsage(dependencies, { tenant, type: name })] as const),
    ),
  );

const sum = (all: Iterable<UsageTotals>): UsageTotals =>
  [...all].reduce(
    (a, b) => ({
      completed: a.completed + b.completed,
      failed: a.failed + b.failed,
      processingMs: a.processingMs + b.processingMs,
    }),
    { completed: 0, failed: 0, processingMs: 0 },
  );

/** The state of each component and the totals of what was analysed, in the shape monitors of this service expect. */
export const reportHealth = async (
  dependencies: HealthDependencies,
  { tenant }: { tenant: string | undefined },
): Promise<HealthReport> => {
  const states = await Promise.all(
    dependencies.probes.map(async (probe) => [probe.name, await probe.check()] as const),
  );
  const report = {
    success: true as const,
    status: states.some(([, state]) => state === 'unhealthy') ? ('degraded' as const) : ('healthy' as const),
    components: Object.fromEntries(states),
  };
  if (tenant === undefined) return report;
  const [byType, models] = await Promise.all([
    totalsByType(dependencies, tenant),
    listModels(dependencies.registry, tenant),
  ]);
  const totals = sum(byType.values());
  return {
    ...report,
    metrics: {
      totalAnalyzed: totals.completed,
      averageProcessingTime: average(totals),
      modelsLoaded: models.filter(({ champion }) => champion !== null).length,
    },
  };
};

export interface MetricsDependencies extends UsageDependencies {
  readonly catalog: PluginCatalog;
  readonly queues: QueueMonitor;
}

interface UsageView {
  readonly totalAnalyzed: number;
  readonly totalFailed: number;
  readonly averageProcessingTime: number | null;
}

const toView = (totals: UsageTotals): UsageView => ({
  totalAnalyzed: totals.completed,
  totalFailed: totals.failed,
  averageProcessingTime: average(totals),
});

/** What was analysed, in all and by plugin, and what is waiting. */
export const reportMetrics = async (
  dependencies: MetricsDependencies,
  { tenant }: { tenant: string },
): Promise<{ success: true; metrics: UsageView & { plugins: Record<string, UsageView & { queue: QueueDepth }> } }> => {
  const totals = await totalsByType(dependencies, tenant);
  const plugins = await Promise.all(
    [...totals].map(
      async ([type, usage]) => [type, { ...toView(usage), queue: await dependencies.queues.depth(type) }] as const,
    ),
  );
  return { success: true, metrics: { ...toView(sum(totals.values())), plugins: Object.fromEntries(plugins) } };
};
