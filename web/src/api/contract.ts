/** What the API answers. The service validates what it sends; the page trusts it. */

import type { Placement } from '../layout/grid-layout.ts';
import type { TimeRange } from '../time/time-range.ts';

export type WidgetType =
  | 'chart'
  | 'metric'
  | 'table'
  | 'funnel'
  | 'flow'
  | 'heatmap'
  | 'forecast'
  | 'anomaly'
  | 'clusters'
  | 'text';

export type ChartType = 'line' | 'area' | 'bar' | 'stacked' | 'pie' | 'scatter';

export interface WidgetConfig {
  readonly dataSource?: string;
  readonly chartType?: ChartType;
  readonly aggregation?: string;
  readonly groupBy?: string;
  readonly filters?: { readonly [dimension: string]: readonly string[] };
  readonly timeRange?: TimeRange;
  readonly interval?: string;
  readonly groupLimit?: number;
  /** Data sources of a scatter chart's axes. */
  readonly x?: string;
  readonly y?: string;
  readonly layout?: string;
  readonly timeZone?: string;
  readonly text?: string;
}

/** A widget without the id that the service gives it. */
export interface NewWidget {
  readonly type: WidgetType;
  readonly title: string;
  readonly config: WidgetConfig;
  readonly position: Placement;
}

export interface Widget extends NewWidget {
  readonly id: string;
}

export interface DashboardSummary {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly readyMade?: boolean;
  readonly updatedAt?: string;
}

export interface Dashboard extends DashboardSummary {
  readonly timeRange?: TimeRange;
  readonly widgets: readonly Widget[];
}

export interface CatalogSource {
  readonly dataSource: string;
  readonly plugin: string;
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly unit?: string;
  readonly kind: 'count' | 'sum' | 'gauge' | 'distribution' | 'unique' | 'view';
  readonly aggregations: readonly string[];
  readonly dimensions: readonly string[];
  readonly widgetTypes: readonly WidgetType[];
}

type Values = readonly (number | null)[];

export interface SeriesChartData {
  readonly unit: string;
  readonly interval: string;
  readonly timestamps: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: Values }[];
  readonly otherSeries: number;
}

export interface PieChartData {
  readonly unit: string;
  readonly categories: readonly { readonly name: string; readonly value: number }[];
  readonly otherCategories: number;
}

interface Axis {
  readonly title: string;
  readonly unit: string;
}

export interface ScatterChartData {
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

export interface MetricData {
  readonly unit: string;
  readonly value: number | null;
  readonly previous: number | null;
  /** Ratio: 0.12 is 12% more than in the period before. */
  readonly change: number | null;
  readonly timestamps: readonly string[];
  readonly values: Values;
}

export type TableCell = string | number | boolean | null;

export interface TableData {
  readonly columns: readonly { readonly key: string; readonly title: string; readonly unit?: string }[];
  readonly rows: readonly { readonly [key: string]: TableCell | undefined }[];
  /** Rows that were left out. */
  readonly more: number;
}

export interface FunnelData {
  readonly steps: readonly {
    readonly name: string;
    readonly count: number;
    /** Of the first step, 0 to 1. */
    readonly share: number;
    readonly fromPrevious: number;
    readonly medianSeconds?: number | null;
  }[];
}

export interface FlowData {
  readonly nodes: readonly { readonly name: string; readonly depth?: number }[];
  readonly links: readonly { readonly source: string; readonly target: string; readonly value: number }[];
}

export interface HeatmapData {
  readonly unit: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  readonly values: readonly Values[];
}

export interface ForecastSeries {
  readonly name: string;
  readonly history: { readonly timestamps: readonly string[]; readonly values: Values };
  readonly forecast: {
    readonly timestamps: readonly string[];
    readonly mean: Values;
    readonly intervals: readonly { readonly level: number; readonly lower: Values; readonly upper: Values }[];
  };
  readonly model?: string;
  readonly backtest?: { readonly [measure: string]: number | null | undefined };
}

export interface ForecastData {
  readonly unit: string;
  readonly series: readonly ForecastSeries[];
  readonly analysisId: string;
  readonly endedAt: string;
}

export type Severity = 'info' | 'warning' | 'critical';

export interface Alarm {
  readonly timestamp: string;
  readonly value: number;
  readonly score?: number;
  readonly severity: Severity;
}

export interface AnomalySeries {
  readonly name: string;
  readonly unit?: string;
  readonly timestamps: readonly string[];
  readonly values: Values;
  readonly expected?: Values;
  readonly lower?: Values;
  readonly upper?: Values;
  readonly alarms: readonly Alarm[];
}

export interface AnomalyData {
  readonly series: readonly AnomalySeries[];
  readonly incidents: readonly {
    readonly start: string;
    readonly end: string;
    readonly severity: Severity;
    readonly message: string;
    readonly affected: readonly string[];
  }[];
  readonly analysisId: string;
  readonly endedAt: string;
}

export interface ClustersData {
  readonly axes: { readonly x: string; readonly y: string };
  readonly points: readonly { readonly x: number; readonly y: number; readonly segment: string }[];
  readonly segments: readonly {
    readonly name: string;
    readonly size: number;
    readonly share: number;
    readonly description?: string;
  }[];
  readonly analysisId: string;
  readonly endedAt: string;
}

/** What is drawn, named for its shape. */
export type WidgetShape =
  | {
      readonly shape: 'series';
      readonly chartType: 'line' | 'area' | 'bar' | 'stacked';
      readonly data: SeriesChartData;
    }
  | { readonly shape: 'pie'; readonly data: PieChartData }
  | { readonly shape: 'scatter'; readonly data: ScatterChartData }
  | { readonly shape: 'metric'; readonly data: MetricData }
  | { readonly shape: 'table'; readonly data: TableData }
  | { readonly shape: 'funnel'; readonly data: FunnelData }
  | { readonly shape: 'flow'; readonly data: FlowData }
  | { readonly shape: 'heatmap'; readonly data: HeatmapData }
  | { readonly shape: 'forecast'; readonly data: ForecastData }
  | { readonly shape: 'anomaly'; readonly data: AnomalyData }
  | { readonly shape: 'clusters'; readonly data: ClustersData }
  | { readonly shape: 'text'; readonly data: { readonly text: string } };

/** What the API says of one widget: its fields are those of the widget's shape. */
export type WidgetAnswer =
  | ({ readonly status: 'ok' } & { readonly [field: string]: unknown })
  | { readonly status: 'empty'; readonly message: string }
  | { readonly status: 'error'; readonly error: { readonly code: string; readonly message: string } };

export interface DashboardData {
  readonly dashboardId: string;
  readonly generatedAt: string;
  readonly timeRange: { readonly start: string; readonly end: string };
  readonly widgets: { readonly [id: string]: WidgetAnswer | undefined };
}

/** A finding as it is pushed, and as it stands in a result. */
export interface Insight {
  readonly kind?: string;
  readonly title?: string;
  readonly message?: string;
  readonly severity?: Severity;
  readonly confidence?: number;
  readonly evidence?: { readonly [name: string]: unknown };
}
