import pMap from 'p-map';
import { AppError } from '../errors.ts';
import type { Clock, Logger, PluginCatalog } from '../ports.ts';
import type { MetricReading, ReadMetric, ReadView } from '../rollups/metric-query.ts';
import { computeWidget } from './compute-widget.ts';
import type { Dashboard, Widget } from './dashboard.ts';
import { listDataSources } from './data-source.ts';
import type { WidgetContext } from './source-reading.ts';
import type { Period } from './time-range.ts';
import type { DashboardData, WidgetData } from './widget-data.ts';

/** Widgets that are computed at the same time; each makes several reads of its own. */
const CONCURRENT_WIDGETS = 8;
/** Milliseconds that one widget may take, … */
const WIDGET_BUDGET_MS = 8_000;
/** … and all of them together, which leaves time to answer within what API Gateway waits. */
const DASHBOARD_BUDGET_MS = 20_000;

export interface ComputeDependencies {
  readonly catalog: PluginCatalog;
  readonly readMetric: ReadMetric;
  readonly readView: ReadView;
  readonly clock: Clock;
  readonly wait: (ms: number, value: undefined, options: { readonly signal: AbortSignal }) => Promise<unknown>;
  readonly logger: Logger;
}

/** Widgets often ask the same of a metric; each question is put once a dashboard. */
const askOnce = (readMetric: ReadMetric): ReadMetric => {
  const asked = new Map<string, Promise<MetricReading>>();
  return (query) => {
    const key = JSON.stringify(query);
    const reading = asked.get(key) ?? readMetric(query);
    asked.set(key, reading);
    return reading;
  };
};

const within = async <Value>(ms: number, wait: ComputeDependencies['wait'], work: Promise<Value>): Promise<Value> => {
  const timer = new AbortController();
  const late = wait(Math.max(0, ms), undefined, { signal: timer.signal }).then((): never => {
    throw new AppError('widget.timeout', 'The data took too long to read; choose a shorter time range, or try again');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
};

const toFailure = (error: unknown, widget: Widget, logger: Logger): WidgetData => {
  if (error instanceof AppError) return { status: 'error', error: { code: error.code, message: error.message } };
  logger.error('A widget could not be computed', { widget: widget.id, type: widget.type, error });
  const message = 'The data could not be read; try again';
  return { status: 'error', error: { code: 'internal', message } };
};

/**
 * What the widgets of a dashboard show, computed side by side within a budget of time. A widget that fails or is late
 * says so and takes nothing from the others.
 *
 * @param period what widgets without a range of their own show
 */
export const computeDashboard = async (
  { catalog, readMetric, readView, clock, wait, logger }: ComputeDependencies,
  { tenant, dashboard, period }: { tenant: string; dashboard: Dashboard; period: Period },
): Promise<DashboardData> => {
  const now = clock();
  const context: WidgetContext = {
    tenant,
    now: now.getTime(),
    period,
    sources: listDataSources(catalog.list()),
    readMetric: askOnce(readMetric),
    readView,
  };
  const compute = async (widget: Widget): Promise<[string, WidgetData]> => {
    const left = DASHBOARD_BUDGET_MS - (clock().getTime() - now.getTime());
    const data = within(Math.min(left, WIDGET_BUDGET_MS), wait, computeWidget(context, widget));
    return [widget.id, await data.catch((error: unknown) => toFailure(error, widget, logger))];
  };
  const widgets = await pMap(dashboard.widgets, compute, { concurrency: CONCURRENT_WIDGETS });
  return {
    dashboardId: dashboard.id,
    version: dashboard.version,
    generatedAt: now.toISOString(),
    timeRange: { start: new Date(period.start).toISOString(), end: new Date(period.end).toISOString() },
    widgets: Object.fromEntries(widgets),
  };
};
