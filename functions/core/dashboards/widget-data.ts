import type { ViewOf, ViewType } from '../../../plugins/view.ts';
import type { MetricInterval } from '../rollups/metric-query.ts';

/**
 * What a dashboard's widgets show, as `GET /api/dashboard/{id}/data` answers it. Times are ISO 8601 in UTC; a value
 * that nothing is known of is null.
 */

interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** Line, area, bar and stacked charts. */
export interface TimeChartData {
  readonly unit: string;
  readonly interval: MetricInterval;
  /** Where each interval begins. */
  readonly timestamps: readonly string[];
  readonly series: readonly Series[];
  /** Groups beyond the limit, which are not shown. */
  readonly otherSeries: number;
}

export interface PieData {
  readonly unit: string;
  readonly categories: readonly { readonly name: string; readonly value: number }[];
  /** Groups beyond the limit, and what they come to together. */
  readonly otherCategories: number;
  readonly otherValue: number;
}

export interface ScatterData {
  readonly x: { readonly title: string; readonly unit: string };
  readonly y: { readonly title: string; readonly unit: string };
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

export interface MetricData {
  readonly unit: string;
  readonly value: number | null;
  /** The same of a stretch as long that ends where this one begins. */
  readonly previous: number | null;
  /** A ratio: 0.12 is 12% more than before; null when there is nothing to compare to. */
  readonly change: number | null;
  readonly interval: MetricInterval;
  readonly timestamps: readonly string[];
  readonly values: readonly (number | null)[];
}

/** Of what analysis a widget shows the result. */
export interface Origin {
  readonly analysisId: string;
  readonly endedAt: string;
}

type ViewData<Type extends ViewType> = Omit<ViewOf<Type>, 'type'> & Origin;

export type FunnelData = ViewData<'funnel'>;
export type FlowData = ViewData<'flow'>;
export type ForecastData = ViewData<'forecast'>;
export type AnomalyData = ViewData<'anomaly'>;
export type ClustersData = ViewData<'clusters'>;

/** Of a metric, or of a view, which then says of what analysis. */
export type HeatmapData = Omit<ViewOf<'heatmap'>, 'type'> & Partial<Origin>;
export type TableData = Omit<ViewOf<'table'>, 'type'> & Partial<Origin>;

export interface TextData {
  readonly text: string;
}

export type WidgetShape =
  | TimeChartData
  | PieData
  | ScatterData
  | MetricData
  | TableData
  | HeatmapData
  | FunnelData
  | FlowData
  | ForecastData
  | AnomalyData
  | ClustersData
  | TextData;

/** One widget that fails says so and takes nothing from the others. */
export type WidgetData =
  | ({ readonly status: 'ok' } & WidgetShape)
  | { readonly status: 'empty'; readonly message: string }
  | { readonly status: 'error'; readonly error: { readonly code: string; readonly message: string } };

export interface DashboardData {
  readonly dashboardId: string;
  readonly version: number;
  readonly generatedAt: string;
  /** Metrics hold every analysis that ended before; of later ones some may be missing, for half a minute or so. */
  readonly asOf: string;
  /** What widgets without a range of their own show. */
  readonly timeRange: { readonly start: string; readonly end: string };
  readonly widgets: { readonly [id: string]: WidgetData };
}
