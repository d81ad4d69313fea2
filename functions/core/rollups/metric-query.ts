import type { MetricAggregation } from '../../../plugins/metric.ts';
import type { View } from '../../../plugins/view.ts';

export type MetricInterval = 'minute' | 'hour' | 'day';

/** Values of dimensions: of each one that is named, any of the values given. */
export type DimensionFilters = Readonly<Record<string, readonly string[]>>;

/** What a plugin's metric was between two instants. */
export interface MetricQuery {
  readonly tenant: string;
  readonly plugin: string;
  readonly metric: string;
  /** One that the metric's kind has. */
  readonly aggregation: MetricAggregation;
  readonly interval: MetricInterval;
  /** Intervals are whole ones (UTC): the first is the one that `start` lies in, … */
  readonly start: Date;
  /** … the last the one before `end` or that `end` lies in. */
  readonly end: Date;
  /** A dimension of the metric: one group a value. */
  readonly groupBy?: string;
  readonly filters: DimensionFilters;
  /** Groups that are returned, those with the largest totals. */
  readonly groupLimit: number;
  /** Whether the totals are all that is wanted: then there are no timestamps and no values. @default false */
  readonly totalsOnly?: boolean;
}

export interface MetricGroup {
  /** The dimension's value; null without grouping and for observations without such a value. */
  readonly name: string | null;
  /** One an interval; null where nothing was observed, 0 where that is what counting comes to. */
  readonly values: readonly (number | null)[];
  /** The same aggregation over the whole time. */
  readonly total: number | null;
}

export interface MetricReading {
  readonly unit: string;
  /** Where each interval begins, ISO 8601 in UTC. */
  readonly timestamps: readonly string[];
  readonly groups: readonly MetricGroup[];
  /** Groups beyond the limit. */
  readonly otherGroups: number;
  /** Everything that ended before this instant is in it; later than that, only some. ISO 8601 in UTC. */
  readonly asOf: string;
}

/** @throws {AppError} `query.invalid_metric` naming what does not fit the metric. */
export type ReadMetric = (query: MetricQuery) => Promise<MetricReading>;

/** A view of the newest result that has one. */
export interface ViewReading {
  readonly analysisId: string;
  readonly endedAt: string;
  readonly view: View;
}

export type ReadView = (
  tenant: string,
  plugin: string,
  view: string,
  filters: DimensionFilters,
) => Promise<ViewReading | undefined>;
