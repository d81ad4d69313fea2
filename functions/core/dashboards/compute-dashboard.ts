import pMap from 'p-map';
import { AppError } from '../errors.ts';
import type { Clock, Logger, PluginCatalog } from '../ports.ts';
import type { MetricQuery, MetricReading, ReadMetric, ReadView } from '../rollups/metric-query.ts';
import { once } from '../rollups/read-once.ts';
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
/** Lambda answers with at most 6 MB. */
const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;

export interface ComputeDependencies {
  readonly catalog: PluginCatalog;
  /** Metrics as they are at this moment, for all the readings of one dashboard. */
  readonly openMetrics: () => ReadMetric;
  readonly readView: ReadView;
  readonly clock: Clock;
  readonly wait: (ms: number, value: undefined, options: { readonly signal: AbortSignal }) => Promise<unknown>;
  readonly logger: Logger;
}

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

type Computed = readonly [id: string, data: WidgetData];

const TOO_LARGE = {
  code: 'widget.too_large',
  message: 'The widgets have more to show than one answer holds; ask for this one alone, or for fewer groups',
};

/** Leaves out what one answer does not hold, and says so in its place. */
const fitAnswer = (widgets: readonly Computed[]): Computed[] => {
  let room = LARGEST_ANSWER_BYTES;
  return widgets.map(([id, data]): Computed => {
    const bytes = Buffer.byteLength(JSON.stringify(data));
    if (bytes > room) return [id, { status: 'error', error: TOO_LARGE }];
    room -= bytes;
    return [id, data];
  });
};

/** Puts each question of a dashboard's widgets once, and knows until when its answers are complete. */
const watchReadings = (readMetric: ReadMetric, now: string) => {
  let asOf = now;
  const read = once<[MetricQuery], MetricReading>(async (query) => {
    const reading = await readMetric(query);
    if (reading.asOf < asOf) asOf = reading.asOf;
    return reading;
  });
  return { read, asOf: () => asOf };
};

/**
 * What the widgets of a dashboard show, computed side by side within a budget of time. A widget that fails or is late
 * says so and takes nothing from the others.
 *
 * @param period what widgets without a range of their own show
 */
export const computeDashboard = async (
  { catalog, openMetrics, readView, clock, wait, logger }: ComputeDependencies,
  { tenant, dashboard, period }: { tenant: string; dashboard: Dashboard; period: Period },
): Promise<DashboardData> => {
  const now = clock();
  const readings = watchReadings(openMetrics(), now.toISOString());
  const context: WidgetContext = {
    tenant,
    now: now.getTime(),
    period,
    sources: listDataSources(catalog.list()),
    readMetric: readings.read,
    readView,
  };
  const compute = async (widget: Widget): Promise<Computed> => {
    const left = DASHBOARD_BUDGET_MS - (clock().getTime() - now.getTime());
    const data = within(Math.min(left, WIDGET_BUDGET_MS), wait, computeWidget(context, widget));
    return [widget.id, await data.catch((error: unknown) => toFailure(error, widget, logger))];
  };
  const widgets = await pMap(dashboard.widgets, compute, { concurrency: CONCURRENT_WIDGETS });
  return {
    dashboardId: dashboard.id,
    version: dashboard.version,
    generatedAt: now.toISOString(),
    asOf: readings.asOf(),
    timeRange: { start: new Date(period.start).toISOString(), end: new Date(period.end).toISOString() },
    widgets: Object.fromEntries(fitAnswer(widgets)),
  };
};
