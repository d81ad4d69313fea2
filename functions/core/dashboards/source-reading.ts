import type { MetricAggregation } from '../../../plugins/metric.ts';
import type { TimeRange } from '../../../plugins/widget.ts';
import { AppError } from '../errors.ts';
import type { MetricInterval, MetricQuery, MetricReading, ReadMetric, ReadView } from '../rollups/metric-query.ts';
import type { DataSource } from './data-source.ts';
import { resolveSource } from './data-source.ts';
import { finestInterval, type Period, resolveRange } from './time-range.ts';

/** What a widget is computed from. */
export interface WidgetContext {
  readonly tenant: string;
  /** Epoch ms. */
  readonly now: number;
  /** What widgets without a range of their own show. */
  readonly period: Period;
  readonly sources: readonly DataSource[];
  readonly readMetric: ReadMetric;
  readonly readView: ReadView;
}

/** A data source that a widget asks something of. */
export interface Selection {
  readonly source: DataSource;
  readonly aggregation: MetricAggregation;
  readonly filters: { readonly [dimension: string]: readonly string[] };
}

/** @throws {AppError} `widget.unknown_source` for a source that has gone since the dashboard was written. */
export const findSource = ({ sources }: WidgetContext, name: string): DataSource => {
  const resolution = resolveSource(sources, name);
  if ('source' in resolution) return resolution.source;
  throw new AppError('widget.unknown_source', resolution.problem);
};

/** The selection of a metric; what no aggregation was named for is summed up as its kind suggests. */
export const selectMetric = (
  context: WidgetContext,
  name: string,
  aggregation: MetricAggregation | undefined,
  filters: Selection['filters'],
): Selection => {
  const source = findSource(context, name);
  const chosen = aggregation ?? source.aggregations[0];
  if (chosen !== undefined) return { source, aggregation: chosen, filters };
  throw new AppError('widget.unknown_source', `${source.dataSource} is a view, not a metric`);
};

export const periodOf = (
  { period, now }: WidgetContext,
  { timeRange }: { timeRange?: TimeRange | undefined },
): Period => (timeRange === undefined ? period : resolveRange(timeRange, now));

export interface Grouping {
  readonly groupBy?: string | undefined;
  readonly groupLimit?: number;
}

const toQuery = (
  { tenant }: WidgetContext,
  { source, aggregation, filters }: Selection,
  { start, end }: Period,
  interval: MetricInterval,
  { groupBy, groupLimit = 1 }: Grouping,
): MetricQuery => ({
  tenant,
  plugin: source.plugin,
  metric: source.name,
  aggregation,
  interval,
  start: new Date(start),
  end: new Date(end),
  filters,
  groupLimit,
  ...(groupBy === undefined ? {} : { groupBy }),
});

export const readSelection = (
  context: WidgetContext,
  selection: Selection,
  period: Period,
  interval: MetricInterval,
  grouping: Grouping = {},
): Promise<MetricReading> => context.readMetric(toQuery(context, selection, period, interval, grouping));

/** The figures over a whole period, which is met as closely as it can be. */
export const readTotals = (
  context: WidgetContext,
  selection: Selection,
  period: Period,
  grouping: Grouping = {},
): Promise<MetricReading> =>
  context.readMetric({
    ...toQuery(context, selection, period, finestInterval(period), grouping),
    totalsOnly: true,
  });

/** What grows with the time it is taken over. */
const COUNTING: readonly MetricAggregation[] = ['count', 'sum', 'unique'];

/** Whether a reading holds nothing that is worth an axis. */
export const isEmpty = ({ groups }: MetricReading): boolean =>
  groups.every(({ total }) => total === null || total === 0);

export const isCounting = (aggregation: MetricAggregation): boolean => COUNTING.includes(aggregation);

/** `Response time (p95)`; of a count or of users there is only one figure to mean. */
export const titleOf = ({ source, aggregation }: Selection): string =>
  source.aggregations.length === 1 ? source.title : `${source.title} (${aggregation})`;

/** The unit of a figure: how many observations there were has none of theirs. */
export const unitOf = ({ source, aggregation }: Selection): string =>
  aggregation === 'count' && source.kind !== 'count' ? '' : source.unit;

/** What a group is called; observations without the dimension are one too. */
export const groupName = (name: string | null): string => name ?? '(none)';
