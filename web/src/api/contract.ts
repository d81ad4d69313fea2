import type {
  AnomalyData,
  ClustersData,
  FlowData,
  ForecastData,
  FunnelData,
  HeatmapData,
  MetricData,
  PieData,
  ScatterData,
  TableData,
  TextData,
  TimeChartData,
} from '../../../functions/core/dashboards/widget-data.ts';
import type { Position, TimeRange, WidgetType } from '../../../plugins/widget.ts';

/** What the API answers, by its own types: the service validates what it sends, and the page trusts it. */

export type { DashboardSummary } from '../../../functions/core/dashboards/dashboard.ts';
export type { DataSource } from '../../../functions/core/dashboards/data-source.ts';
export type { DashboardPermissions } from '../../../functions/core/dashboards/permissions.ts';
export type { ShareView } from '../../../functions/core/dashboards/share-dashboard.ts';
export type { DashboardData, WidgetData } from '../../../functions/core/dashboards/widget-data.ts';
export type { Insight, Severity } from '../../../plugins/contract.ts';
export type {
  AnomalyData,
  ClustersData,
  FlowData,
  ForecastData,
  FunnelData,
  HeatmapData,
  MetricData,
  PieData,
  Position,
  ScatterData,
  TableData,
  TimeChartData,
  TimeRange,
  WidgetType,
};

/** Every key that the configuration of some type of widget has; the form changes the type while it is written. */
interface WidgetConfig {
  readonly dataSource?: string;
  readonly chartType?: ChartType;
  readonly aggregation?: string;
  readonly aggregations?: readonly string[];
  readonly groupBy?: string;
  readonly groupLimit?: number;
  readonly filters?: { readonly [dimension: string]: readonly string[] };
  readonly timeRange?: TimeRange;
  readonly interval?: string;
  /** Data sources of a scatter chart's axes, and what is asked of them. */
  readonly x?: string;
  readonly y?: string;
  readonly xAggregation?: string;
  readonly yAggregation?: string;
  readonly layout?: string;
  readonly timeZone?: string;
  readonly text?: string;
}

type TimeChartType = 'line' | 'area' | 'bar' | 'stacked';
export type ChartType = TimeChartType | 'pie' | 'scatter';

/** What a widget shows; where it lies is the grid's. */
export interface WidgetContent {
  readonly type: WidgetType;
  readonly title: string;
  readonly config: WidgetConfig;
}

export interface Widget extends WidgetContent {
  readonly id: string;
  readonly position: Position;
}

export interface Dashboard {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly readyMade: boolean;
  readonly timeRange: TimeRange;
  readonly widgets: readonly Widget[];
}

export type TableCell = TableData['rows'][number][string] | undefined;

/** What is drawn, named for its shape. */
export type WidgetShape =
  | { readonly shape: 'series'; readonly chartType: TimeChartType; readonly data: TimeChartData }
  | { readonly shape: 'pie'; readonly data: PieData }
  | { readonly shape: 'scatter'; readonly data: ScatterData }
  | { readonly shape: 'metric'; readonly data: MetricData }
  | { readonly shape: 'table'; readonly data: TableData }
  | { readonly shape: 'funnel'; readonly data: FunnelData }
  | { readonly shape: 'flow'; readonly data: FlowData }
  | { readonly shape: 'heatmap'; readonly data: HeatmapData }
  | { readonly shape: 'forecast'; readonly data: ForecastData }
  | { readonly shape: 'anomaly'; readonly data: AnomalyData }
  | { readonly shape: 'clusters'; readonly data: ClustersData }
  | { readonly shape: 'text'; readonly data: TextData };
