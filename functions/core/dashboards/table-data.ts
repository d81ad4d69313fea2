import type { MetricAggregation } from '../../../plugins/metric.ts';
import type { WidgetDraft } from '../../../plugins/widget.ts';
import type { MetricReading } from '../rollups/metric-query.ts';
import {
  groupName,
  isEmpty,
  periodOf,
  readSelection,
  readTotals,
  type Selection,
  selectMetric,
  titleOf,
  unitOf,
  type WidgetContext,
} from './source-reading.ts';
import { chooseInterval } from './time-range.ts';
import type { TableData } from './widget-data.ts';

type TableConfig = Extract<WidgetDraft, { type: 'table' }>['config'];
type Row = TableData['rows'][number];

const selectAll = (context: WidgetContext, config: TableConfig): readonly [Selection, ...Selection[]] => {
  const select = (aggregation?: MetricAggregation) =>
    selectMetric(context, config.dataSource, aggregation, config.filters);
  const [first, ...others] = config.aggregations ?? [];
  return [select(first), ...others.map(select)];
};

const columnsOf = (first: { key: string; title: string }, selections: readonly Selection[]): TableData['columns'] => [
  first,
  ...selections.map((selection) => ({
    key: selection.aggregation,
    title: titleOf(selection),
    unit: unitOf(selection),
  })),
];

/** The groups that are largest by the first column, with the others' figures of the same groups. */
const readByGroup = async (
  context: WidgetContext,
  config: TableConfig,
  groupBy: string,
): Promise<TableData | undefined> => {
  const selections = selectAll(context, config);
  const [first, ...others] = selections;
  const period = periodOf(context, config);
  const leading = await readTotals(context, first, period, config);
  if (isEmpty(leading)) return undefined;
  const filters = { ...config.filters, [groupBy]: leading.groups.flatMap(({ name }) => name ?? []) };
  const following = await Promise.all(
    others.map((selection) => readTotals(context, { ...selection, filters }, period, config)),
  );
  const totals = [leading, ...following].map(({ groups }) => new Map(groups.map(({ name, total }) => [name, total])));
  const rows = leading.groups.map(
    ({ name }): Row => ({
      [groupBy]: groupName(name),
      ...Object.fromEntries(
        selections.map(({ aggregation }, index) => [aggregation, totals[index]?.get(name) ?? null]),
      ),
    }),
  );
  return { columns: columnsOf({ key: groupBy, title: groupBy }, selections), rows, more: leading.otherGroups };
};

const rowsByTime = (selections: readonly Selection[], readings: readonly MetricReading[]): Row[] =>
  (readings[0]?.timestamps ?? []).map((time, at) => ({
    time,
    ...Object.fromEntries(
      selections.map(({ aggregation }, index) => [aggregation, readings[index]?.groups[0]?.values[at] ?? null]),
    ),
  }));

/** The newest stretches of time, newest first. */
const readByTime = async (context: WidgetContext, config: TableConfig): Promise<TableData | undefined> => {
  const selections = selectAll(context, config);
  const period = periodOf(context, config);
  const interval = chooseInterval(config.interval, period);
  const readings = await Promise.all(
    selections.map((selection) => readSelection(context, selection, period, interval)),
  );
  if (readings.every(isEmpty)) return undefined;
  const rows = rowsByTime(selections, readings).reverse();
  return {
    columns: columnsOf({ key: 'time', title: 'Time' }, selections),
    rows: rows.slice(0, config.groupLimit),
    more: Math.max(0, rows.length - config.groupLimit),
  };
};

/** A metric as a table; undefined where nothing was observed. */
export const readMetricTable = (context: WidgetContext, config: TableConfig): Promise<TableData | undefined> =>
  config.groupBy === undefined ? readByTime(context, config) : readByGroup(context, config, config.groupBy);
