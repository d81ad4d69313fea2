import type { Interval } from './time-range.ts';

/**
 * What a dashboard's widgets show, as `GET /api/dashboard/{id}/data` answers it. Times are ISO 8601 in UTC; a value
 * that nothing is known of is null.
 */

export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** Line, area, bar and stacked charts. */
export interface TimeChartData {
  readonly unit: string;
  readonly interval: Interval;
  /** Where each interval begins. */
  readonly timestamps: readonly string[];
  readonly series: readonly Series[];
  /** Groups beyond the limit, which are not shown. */
  readonly otherSeries: number;
}

export interface PieData {
  readonly unit: string;
  readonly categories: readonly { readonly name: string; readonly value: number }[];
  /** Groups beyond the limit, which are not shown. */
  readonly otherCategories: number;
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
  readonly interval: Interval;
  readonly timestamps: readonly string[];
  readonly values: readonly (number | null)[];
}

export interface TableColumn {
  readonly key: string;
  readonly title: string;
  readonly unit?: string;
}

export interface TableData {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly { readonly [key: string]: string | number | null }[];
  /** Rows beyond the limit, which are not shown. */
  readonly more: number;
}

export interface HeatmapData {
  readonly unit: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** One list a row. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** Of what analysis a widget shows the result. */
export interface Origin {
  readonly analysisId: string;
  readonly endedAt: string;
}

export interface FunnelData extends Origin {
  readonly steps: readonly {
    readonly name: string;
    readonly count: number;
    /** Of the first step, 0 to 1. */
    readonly share: number;
    /** Of the step before, 0 to 1. */
    readonly fromPrevious: number;
    readonly medianSeconds?: number | null;
  }[];
}

/** An acyclic flow, as a Sankey diagram shows it. */
export interface FlowData extends Origin {
  readonly nodes: readonly { readonly name: string; readonly depth?: number }[];
  readonly links: readonly { readonly source: string; readonly target: string; readonly value: number }[];
}

export interface ForecastData extends Origin {
  readonly unit: string;
  readonly series: readonly {
    readonly name: string;
    readonly history: { readonly timestamps: readonly string[]; readonly values: readonly (number | null)[] };
    readonly forecast: {
      readonly timestamps: readonly string[];
      readonly mean: readonly number[];
      /** Prediction intervals; `level` is the share of actual values they are to hold, 0 to 1. */
      readonly intervals: readonly {
        readonly level: number;
        readonly lower: readonly number[];
        readonly upper: readonly number[];
      }[];
    };
    readonly model: string;
    readonly backtest?: {
      readonly mase: number | null;
      readonly smape: number | null;
      readonly coverage: number | null;
    };
  }[];
}

export interface AnomalyData extends Origin {
  readonly series: readonly {
    readonly name: string;
    readonly unit: string;
    readonly timestamps: readonly string[];
    readonly values: readonly (number | null)[];
    readonly expected?: readonly (number | null)[];
    readonly lower?: readonly (number | null)[];
    readonly upper?: readonly (number | null)[];
    readonly alarms: readonly {
      readonly timestamp: string;
      readonly value: number;
      readonly score: number;
      readonly severity: string;
    }[];
  }[];
  readonly incidents: readonly {
    readonly start: string;
    readonly end: string;
    readonly severity: string;
    readonly message: string;
    readonly affected: readonly string[];
  }[];
}

export interface ClustersData extends Origin {
  readonly axes: { readonly x: string; readonly y: string };
  readonly points: readonly { readonly x: number; readonly y: number; readonly segment: string }[];
  readonly segments: readonly {
    readonly name: string;
    readonly size: number;
    readonly share: number;
    readonly description: string;
  }[];
}

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
  /** What widgets without a range of their own show. */
  readonly timeRange: { readonly start: string; readonly end: string };
  readonly widgets: { readonly [id: string]: WidgetData };
}
