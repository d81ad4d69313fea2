import type { View } from '../../../plugins/view.ts';
import type { DimensionFilters } from '../rollups/metric-query.ts';
import type { DataSource } from './data-source.ts';
import type { WidgetContext } from './source-reading.ts';
import type { Origin, WidgetShape } from './widget-data.ts';

type ViewShape = Extract<WidgetShape, Partial<Origin>>;

const shortened = (view: View, rows: number): View =>
  view.type === 'table' && view.rows.length > rows
    ? { ...view, rows: view.rows.slice(0, rows), more: view.more + view.rows.length - rows }
    : view;

/**
 * A view of the newest result that has one.
 *
 * @param rows that a table shows at most
 * @returns undefined when there is no such result.
 */
export const readViewWidget = async (
  { tenant, readView }: WidgetContext,
  source: DataSource,
  { filters, rows = Number.POSITIVE_INFINITY }: { filters: DimensionFilters; rows?: number },
): Promise<ViewShape | undefined> => {
  const reading = await readView(tenant, source.plugin, source.name, filters);
  if (reading === undefined) return undefined;
  const { type: _, ...shape } = shortened(reading.view, rows);
  return { ...shape, analysisId: reading.analysisId, endedAt: reading.endedAt };
};
