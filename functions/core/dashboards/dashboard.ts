import type { Position, TimeRange, WidgetDraft } from '../../../plugins/widget.ts';

/** A widget as it is kept: everybody can name it and knows where it lies. */
export type Widget = WidgetDraft & { readonly id: string; readonly position: Position };

export interface DashboardContent {
  readonly name: string;
  readonly description: string;
  /** What widgets without a range of their own show. */
  readonly timeRange: TimeRange;
  readonly widgets: readonly Widget[];
}

/** A dashboard, as it is kept and as it is answered. */
export interface Dashboard extends DashboardContent {
  /** A UUIDv7, or `plugin:<name>` for the one that a plugin brings. */
  readonly id: string;
  /** Counts the changes from 1, and is the dashboard's ETag; 0 for one that a plugin brings. */
  readonly version: number;
  /** Whether a plugin brings it: such a one can be read, duplicated and shared, but not changed. */
  readonly readyMade: boolean;
  /** ISO 8601; absent for one that a plugin brings. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

/** What a list shows of a dashboard. */
export interface DashboardSummary extends Omit<Dashboard, 'widgets' | 'timeRange'> {
  readonly widgetCount: number;
}

export const toSummary = ({ widgets, timeRange: _, ...rest }: Dashboard): DashboardSummary => ({
  ...rest,
  widgetCount: widgets.length,
});

/** Names a version of a dashboard in `ETag` and `If-Match`. */
export const etagOf = ({ version }: Pick<Dashboard, 'version'>): string => `"${version}"`;
