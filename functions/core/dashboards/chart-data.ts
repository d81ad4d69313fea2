import type { WidgetDraft } from '../../../plugins/widget.ts';
import type { MetricReading } from '../rollups/metric-query.ts';
import {
  groupName,
  isEmpty,
  periodOf,
  readSelection,
  type Selection,
  selectMetric,
  titleOf,
  unitOf,
  type WidgetContext,
} from './source-reading.ts';
import { chooseInterval, finestInterval } from './time-range.ts';
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
  const { groups } = await readSelection(context, selection, period, finestInterval(period));
  return Math.max(0, (groups[0]?.total ?? 0) - shown.groups.reduce((sum, { total }) => sum + (total ?? 0), 0));
};

const readPie = async (context: WidgetContext, config: PieConfig): Promise<PieData | undefined> => {
  const selection = selectMetric(context, config.dataSource, config.aggregation, config.filters);
  const period = periodOf(context, config);
  const reading = await readSelection(context, selection, period, finestInterval(period), config);
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

const readScatter = async (context: WidgetContext, config: ScatterConfig): Promise<ScatterData | undefined> => {
  const { groupBy, groupLimit, filters } = config;
  const x = selectMetric(context, config.x, config.xAggregation, filters);
  const y = selectMetric(context, config.y, config.yAggregation, filters);
  const period = periodOf(context, config);
  const interval = groupBy === undefined ? chooseInterval(config.interval, period) : finestInterval(period);
  const across = await readSelection(context, x, period, interval, { groupBy, groupLimit });
  const names = across.groups.flatMap(({ name }) => name ?? []);
  const upwards = groupBy === undefined ? y : { ...y, filters: { ...filters, [groupBy]: names } };
  const up = await readSelection(context, upwards, period, interval, { groupBy, groupLimit });
  const points = groupBy === undefined ? pairByTime(across, up) : pairByGroup(across, up);
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
