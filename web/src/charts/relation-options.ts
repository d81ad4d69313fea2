import type { ClustersData, FlowData, HeatmapData, ScatterData } from '../api/contract.ts';
import { axisName, formatShort, formatValue } from '../format/number-format.ts';
import {
  categoryAxis,
  chartBase,
  gridPart,
  largestOf,
  legendPart,
  tooltipPart,
  type ValueAxisOptions,
  valueAxis,
} from './chart-parts.ts';
import { type ChartTheme, seriesStyle } from './chart-theme.ts';
import { colorAt } from './color-scale.ts';
import type { ChartOption } from './echarts.ts';
import { tooltipElement } from './tooltip.ts';

/** A value axis that lies below, with its title in the middle. */
const axisBelow = (theme: ChartTheme, options: ValueAxisOptions) => ({
  ...valueAxis(theme, options),
  nameLocation: 'middle' as const,
  nameGap: 26,
  nameTextStyle: { color: theme.muted, fontSize: 11 },
  scale: true,
  splitLine: { show: false },
  axisLine: { show: true, lineStyle: { color: theme.line } },
});

const withUnit = ({ title, unit }: { readonly title: string; readonly unit: string }): string => {
  const name = axisName(unit);
  return name === '' || title.toLowerCase().includes(name.toLowerCase()) ? title : `${title} (${name})`;
};

const planeGrid = (hasLegend: boolean) => ({ ...gridPart({ hasLegend, hasAxisName: true }), bottom: 24 });

/** Two metrics against each other. */
export const scatterOption = ({ x, y, points }: ScatterData, theme: ChartTheme): ChartOption => ({
  ...chartBase(theme),
  grid: planeGrid(false),
  tooltip: {
    ...tooltipPart('item'),
    formatter: (params: unknown) => {
      const point = points[(params as { dataIndex: number }).dataIndex];
      if (point === undefined) return '';
      return tooltipElement(point.label, [
        { name: x.title, value: formatValue(point.x, x.unit) },
        { name: y.title, value: formatValue(point.y, y.unit) },
      ]);
    },
  },
  xAxis: axisBelow(theme, { unit: x.unit, title: withUnit(x), largest: largestOf(points.map((point) => point.x)) }),
  yAxis: {
    ...valueAxis(theme, { unit: y.unit, title: withUnit(y), largest: largestOf(points.map((point) => point.y)) }),
    scale: true,
  },
  series: [
    {
      type: 'scatter',
      symbolSize: 8,
      itemStyle: { color: theme.series[0] ?? '', opacity: 0.7 },
      data: points.map((point) => [point.x, point.y]),
    },
  ],
});

/** Groups in a plane, each with a colour and a symbol of its own. */
export const clustersOption = ({ axes, points, segments }: ClustersData, theme: ChartTheme): ChartOption => {
  const names = segments.map(({ name }) => name);
  const others = [...new Set(points.map(({ segment }) => segment))].filter((name) => !names.includes(name));
  const groups = [...names, ...others];
  return {
    ...chartBase(theme),
    grid: planeGrid(groups.length > 1),
    legend: legendPart(theme, groups, 10),
    tooltip: {
      ...tooltipPart('item'),
      formatter: (params: unknown) => {
        const { seriesName, value, color } = params as { seriesName: string; value: number[]; color: string };
        return tooltipElement('', [
          { color, name: seriesName, value: '' },
          { name: axes.x, value: formatShort(value[0] ?? null, '') },
          { name: axes.y, value: formatShort(value[1] ?? null, '') },
        ]);
      },
    },
    xAxis: axisBelow(theme, { unit: '', title: axes.x, largest: 0 }),
    yAxis: { ...valueAxis(theme, { unit: '', title: axes.y, largest: 0 }), scale: true },
    series: groups.map((name, index) => {
      const { color, symbol } = seriesStyle(theme, index);
      return {
        type: 'scatter' as const,
        name,
        symbol,
        symbolSize: 8,
        itemStyle: { color, opacity: 0.75 },
        data: points.filter(({ segment }) => segment === name).map(({ x, y }) => [x, y]),
      };
    }),
  };
};

/** What leads where: the wider a band, the more went that way. */
export const flowOption = ({ nodes, links }: FlowData, theme: ChartTheme): ChartOption => ({
  ...chartBase(theme),
  tooltip: {
    ...tooltipPart('item'),
    formatter: (params: unknown) => {
      const { dataType, name, value, data } = params as {
        dataType: 'node' | 'edge';
        name: string;
        value: number;
        data: { source?: string; target?: string };
      };
      const title = dataType === 'edge' ? `${data.source} → ${data.target}` : name;
      return tooltipElement('', [{ name: title, value: formatShort(value, '') }]);
    },
  },
  series: [
    {
      type: 'sankey',
      left: 2,
      right: 96,
      top: 8,
      bottom: 8,
      nodeWidth: 12,
      nodeGap: 10,
      draggable: false,
      label: { color: theme.text, fontSize: 12, width: 88, overflow: 'truncate' },
      lineStyle: { color: 'source', opacity: theme.surface === '#ffffff' ? 0.28 : 0.38, curveness: 0.5 },
      emphasis: { focus: 'adjacency' },
      data: nodes.map(({ name, depth }, index) => ({
        name,
        ...(depth === undefined ? {} : { depth }),
        itemStyle: { color: seriesStyle(theme, index).color, borderWidth: 0 },
      })),
      links: links.map(({ source, target, value }) => ({ source, target, value })),
    },
  ],
});

/** The largest value, at which the colours end. */
export const largestIn = ({ values }: HeatmapData): number => largestOf(values.flat());

/** A table of values as colours from zero to the largest. */
export const heatmapOption = (data: HeatmapData, theme: ChartTheme): ChartOption => {
  const { unit, columns, rows, values } = data;
  const largest = largestIn(data);
  const cells = values.flatMap((row, y) =>
    row.flatMap((value, x) => {
      if (value === null) return [];
      const color = colorAt(theme.scale, largest === 0 ? 0 : value / largest);
      return [{ value: [x, y, value], itemStyle: { color } }];
    }),
  );
  return {
    ...chartBase(theme),
    grid: { ...gridPart(), right: 4, top: 4 },
    tooltip: {
      ...tooltipPart('item'),
      formatter: (params: unknown) => {
        const [x = 0, y = 0, value = null] = (params as { value: number[] }).value;
        return tooltipElement(`${rows[y]}, ${columns[x]}`, [{ name: '', value: formatValue(value, unit) }]);
      },
    },
    xAxis: { ...categoryAxis(theme, columns), axisLine: { show: false } },
    yAxis: { ...categoryAxis(theme, rows), inverse: true, axisLine: { show: false } },
    series: [
      {
        type: 'heatmap',
        data: cells,
        itemStyle: { borderColor: theme.surface, borderWidth: 2, borderRadius: 3 },
        emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1 } },
      },
    ],
  };
};
