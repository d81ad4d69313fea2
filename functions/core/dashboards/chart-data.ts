import type { WidgetDraft } from '../../../plugins/widget.ts';
import type { MetricReading } from '../rollups/metric-query.ts';
import {
  type Grouping,
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
import { chooseInterval, type Period } from './time-range.ts';
import type { PieData, ScatterData, TimeChartData } from './widget-data.ts';

type ChartConfig = Extract<WidgetDraft, { type: 'chart' }>['config'];
type TimeChartConfig = Extract<ChartConfig, { chartType: 'line' | 'area' | 'bar' | 'stacked' }>;
type PieConfig = Extract<ChartConfig, { chartType: 'pie' }>;
type ScatterConfig = Extract<ChartConfig, { chartType: 'scatter' }>;

const readTimeChart = async (context: WidgetContext, config: TimeChartConfig): Promise<TimeChartData | undefined> => {
  const selection = selectMetric(context, config.dataSource, config.aggregation, config.filters);
  const period = periodOf(context, config);
  const interval = chooseInterval(config.interval, period);
  const reading = await readSelection(context, selection, period, interval, config);
  if (isEmpty(reading)) return undefined;
  const series = reading.groups.map(({ name, values }) => ({
    name: config.groupBy === undefined ? titleOf(selection) : groupName(name),
    values,
  }));
  return {
    unit: unitOf(selection),
    interval,
    timestamps: reading.timestamps,
    series,
    otherSeries: reading.otherGroups,
  };
};

/** What the groups that are shown leave of the whole. */
const readRest = async (
  context: WidgetContext,
  config: PieConfig,
  selection: Selection,
  shown: MetricReading,
): Promise<number> => {
  if (shown.otherGroups === 0) return 0;
  const period = periodOf(context, config);
  const { groups } = await readTotals(context, selection, period);
  return Math.max(0, (groups[0]?.total ?? 0) - shown.groups.reduce((sum, { total }) => sum + (total ?? 0), 0));
};

const readPie = async (context: WidgetContext, config: PieConfig): Promise<PieData | undefined> => {
  const selection = selectMetric(context, config.dataSource, config.aggregation, config.filters);
  const period = periodOf(context, config);
  const reading = await readTotals(context, selection, period, config);
  if (isEmpty(reading)) return undefined;
  return {
    unit: unitOf(selection),
    categories: reading.groups.flatMap(({ name, total }) =>
      total === null ? [] : [{ name: groupName(name), value: total }],
    ),
    otherCategories: reading.otherGroups,
    otherValue: await readRest(context, config, selection, reading),
  };
};

type Point = ScatterData['points'][number];

const pairByTime = (x: MetricReading, y: MetricReading): Point[] => {
  const [across, up] = [x.groups[0]?.values ?? [], y.groups[0]?.values ?? []];
  return x.timestamps.flatMap((label, index) => {
    const [atX, atY] = [across[index] ?? null, up[index] ?? null];
    return atX === null || atY === null ? [] : [{ x: atX, y: atY, label }];
  });
};

const pairByGroup = (x: MetricReading, y: MetricReading): Point[] => {
  const heights = new Map(y.groups.map(({ name, total }) => [name, total]));
  return x.groups.flatMap(({ name, total }) => {
    const height = heights.get(name) ?? null;
    return total === null || height === null ? [] : [{ x: total, y: height, label: groupName(name) }];
  });
};

/** The same groups by both figures: those that are largest across. */
const readByGroup = async (
  context: WidgetContext,
  [x, y]: readonly [Selection, Selection],
  period: Period,
  grouping: Grouping & { readonly groupBy: string },
): Promise<Point[]> => {
  const across = await readTotals(context, x, period, grouping);
  const names = across.groups.flatMap(({ name }) => name ?? []);
  const filters = { ...y.filters, [grouping.groupBy]: names };
  return pairByGroup(across, await readTotals(context, { ...y, filters }, period, grouping));
};

const readScatter = async (context: WidgetContext, config: ScatterConfig): Promise<ScatterData | undefined> => {
  const { groupBy, groupLimit, filters } = config;
  const x = selectMetric(context, config.x, config.xAggregation, filters);
  const y = selectMetric(context, config.y, config.yAggregation, filters);
  const period = periodOf(context, config);
  const interval = chooseInterval(config.interval, period);
  const read = (selection: Selection) => readSelection(context, selection, period, interval);
  const points =
    groupBy === undefined
      ? pairByTime(await read(x), await read(y))
      : await readByGroup(context, [x, y], period, { groupBy, groupLimit });
  if (points.length === 0) return undefined;
  const axis = (selection: Selection) => ({ title: titleOf(selection), unit: unitOf(selection) });
  return { x: axis(x), y: axis(y), points };
};

/** @returns undefined where nothing was observed. */
export const readChart = (
  context: WidgetContext,
  config: ChartConfig,
): Promise<TimeChartData | PieData | ScatterData | undefined> => {
  if (config.chartType === 'pie') return readPie(context, config);
  return config.chartType === 'scatter' ? readScatter(context, config) : readTimeChart(context, config);
};
