import type { TimeChartData } from '../api/contract.ts';
import { axisName, formatTime, formatValue } from '../format/number-format.ts';
import {
  chartBase,
  gridPart,
  largestOf,
  legendPart,
  MOST_TOOLTIP_ROWS,
  pointerPart,
  timeAxis,
  tooltipPart,
  valueAxis,
} from './chart-parts.ts';
import { type ChartTheme, seriesStyle } from './chart-theme.ts';
import type { ChartOption } from './echarts.ts';
import { tooltipElement } from './tooltip.ts';

type Values = readonly (number | null)[];

/** A series without a name of its own is the whole. */
export const nameOf = (name: string | null, fallback = 'All'): string =>
  name === null || name === '' ? fallback : name;

export const toPoints = (timestamps: readonly string[], values: Values): [string, number | null][] =>
  timestamps.map((timestamp, index) => [timestamp, values[index] ?? null]);

/** A value between two gaps has no line to be seen by. */
const isAlone = (values: Values, index: number): boolean =>
  (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;

interface AxisPoint {
  readonly dataIndex: number;
  readonly seriesIndex?: number;
}

const tooltipOf =
  ({ unit, timestamps, series }: TimeChartData, theme: ChartTheme) =>
  (params: unknown) => {
    const [first] = params as readonly AxisPoint[];
    const index = first?.dataIndex ?? 0;
    const rows = series
      .map(({ name, values }, at) => ({ name: nameOf(name), value: values[index] ?? null, at }))
      .filter(({ value }) => value !== null)
      .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
    const shown = rows.slice(0, MOST_TOOLTIP_ROWS).map(({ name, value, at }) => ({
      color: seriesStyle(theme, at).color,
      name,
      value: formatValue(value, unit),
    }));
    const hidden = rows.length - shown.length;
    const more = hidden > 0 ? [{ name: `${hidden} more`, value: '' }] : [];
    return tooltipElement(formatTime(timestamps[index] ?? ''), [...shown, ...more]);
  };

const seriesOf = (chartType: 'line' | 'area' | 'bar' | 'stacked', theme: ChartTheme, data: TimeChartData) =>
  data.series.map(({ name, values }, index) => {
    const { color, dash, symbol } = seriesStyle(theme, index);
    const base = { name: nameOf(name), data: toPoints(data.timestamps, values), itemStyle: { color } };
    if (chartType === 'bar') return { ...base, type: 'bar' as const, barMaxWidth: 28, barGap: '10%' };
    if (chartType === 'stacked') return { ...base, type: 'bar' as const, barMaxWidth: 28, stack: 'all' };
    return {
      ...base,
      type: 'line' as const,
      symbol,
      showSymbol: true,
      symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) => (isAlone(values, dataIndex) ? 6 : 0),
      lineStyle: { color, width: 2, type: dash },
      ...(chartType === 'area' ? { areaStyle: { color, opacity: 0.16 } } : {}),
      emphasis: { disabled: true },
    };
  });

/** Values over time as lines, areas, or bars beside or upon each other. */
export const timeSeriesOption = (
  chartType: 'line' | 'area' | 'bar' | 'stacked',
  data: TimeChartData,
  theme: ChartTheme,
): ChartOption => ({
  ...chartBase(theme),
  grid: gridPart({ hasLegend: data.series.length > 1, hasAxisName: axisName(data.unit) !== '' }),
  legend: legendPart(
    theme,
    data.series.map(({ name }) => nameOf(name)),
    chartType === 'bar' || chartType === 'stacked' ? 10 : 22,
  ),
  tooltip: { ...tooltipPart('axis'), axisPointer: pointerPart(theme), formatter: tooltipOf(data, theme) },
  xAxis: timeAxis(theme),
  yAxis: {
    ...valueAxis(theme, {
      unit: data.unit,
      largest: largestOf(allValues(data)),
      isWhole: allValues(data).every(Number.isInteger),
    }),
    scale: chartType === 'line' && isFarFromZero(data),
  },
  series: seriesOf(chartType, theme, data),
});

const allValues = ({ series }: TimeChartData): number[] =>
  series.flatMap(({ values }) => values.filter((value) => value !== null));

/** Lines whose range is small beside their level would be flat on an axis that begins at zero. */
const isFarFromZero = (data: TimeChartData): boolean => {
  const values = allValues(data);
  const least = Math.min(...values);
  const most = Math.max(...values);
  return least > 0 && most - least < 0.1 * most;
};
