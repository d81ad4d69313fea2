import { readChart } from './chart-data.ts';
import type { Widget } from './dashboard.ts';
import type { DataSource } from './data-source.ts';
import { readHourWeekday } from './heatmap-data.ts';
import { readMetricWidget } from './metric-data.ts';
import { findSource, type WidgetContext } from './source-reading.ts';
import { readMetricTable } from './table-data.ts';
import { readViewWidget } from './view-data.ts';
import type { WidgetData, WidgetShape } from './widget-data.ts';

/** What a widget without data says: why there is nothing, and what changes that. */
const describeAbsence = ({ kind, title, plugin }: DataSource, isFiltered: boolean): string => {
  const filtered = isFiltered ? ' with these filters' : '';
  const submit = `submit data of type "${plugin}"`;
  return kind === 'view'
    ? `No result has a ${title} yet${filtered}: ${submit}.`
    : `Nothing was observed of ${title} in this time range${filtered}: choose a longer one, or ${submit}.`;
};

const readWidget = (context: WidgetContext, widget: Exclude<Widget, { type: 'text' }>, source: DataSource) => {
  const isView = source.kind === 'view';
  switch (widget.type) {
    case 'chart':
      return readChart(context, widget.config);
    case 'metric':
      return readMetricWidget(context, widget.config);
    case 'table': {
      const { filters, groupLimit: rows } = widget.config;
      return isView ? readViewWidget(context, source, { filters, rows }) : readMetricTable(context, widget.config);
    }
    case 'heatmap':
      return isView ? readViewWidget(context, source, widget.config) : readHourWeekday(context, widget.config);
    default:
      return readViewWidget(context, source, widget.config);
  }
};

/** What one widget shows. Throws what its data source throws. */
export const computeWidget = async (context: WidgetContext, widget: Widget): Promise<WidgetData> => {
  if (widget.type === 'text') return { status: 'ok', text: widget.config.text };
  const source = findSource(context, 'x' in widget.config ? widget.config.x : widget.config.dataSource);
  const shape: WidgetShape | undefined = await readWidget(context, widget, source);
  if (shape !== undefined) return { status: 'ok', ...shape };
  const isFiltered = Object.keys(widget.config.filters).length > 0;
  return { status: 'empty', message: describeAbsence(source, isFiltered) };
};
