import type { LegendComponentOption } from 'echarts/components';
import { axisFormatter, axisName } from '../format/number-format.ts';
import type { ChartTheme } from './chart-theme.ts';

/** Parts that the charts have in common: axes, grid, legend and the box of the tooltip. */

/** Lines at most in a tooltip: more would not fit beside the pointer. */
export const MOST_TOOLTIP_ROWS = 10;

const LEGEND_HEIGHT = 28;

export const gridPart = (options: { readonly hasLegend?: boolean; readonly hasAxisName?: boolean } = {}) => ({
  left: 4,
  right: 14,
  top: (options.hasLegend === true ? LEGEND_HEIGHT : 0) + (options.hasAxisName === true ? 26 : 12),
  bottom: 4,
  outerBoundsMode: 'same' as const,
  outerBoundsContain: 'axisLabel' as const,
});

/** @param iconWidth pixels; of points less than of lines, whose dash is to be seen */
export const legendPart = (
  { text, muted }: ChartTheme,
  names: readonly string[],
  iconWidth = 22,
): LegendComponentOption => ({
  show: names.length > 1,
  type: 'scroll',
  data: [...names],
  top: 0,
  left: 0,
  right: 0,
  itemWidth: iconWidth,
  itemHeight: 9,
  itemGap: 14,
  textStyle: { color: text, fontSize: 12, width: 160, overflow: 'truncate' },
  pageTextStyle: { color: muted },
  pageIconColor: text,
  pageIconInactiveColor: muted,
  pageIconSize: 10,
});

export const tooltipPart = (trigger: 'axis' | 'item') => ({
  trigger,
  confine: true,
  transitionDuration: 0,
  padding: 0,
  borderWidth: 0,
  backgroundColor: 'transparent',
  extraCssText: 'box-shadow:none',
});

export const pointerPart = ({ muted }: ChartTheme) => ({
  type: 'line' as const,
  lineStyle: { color: muted, type: [3, 3] as number[] },
});

/** By what the step of the axis is; a day says its month, which may be far away. */
const TIME_LABELS = {
  year: '{yyyy}',
  month: '{MMM}',
  day: '{d} {MMM}',
  hour: '{HH}:{mm}',
  minute: '{HH}:{mm}',
  second: '{HH}:{mm}:{ss}',
};

export const timeAxis = ({ muted, line }: ChartTheme) => ({
  type: 'time' as const,
  axisLine: { lineStyle: { color: line } },
  axisTick: { show: false },
  splitLine: { show: false },
  axisLabel: { color: muted, fontSize: 11, hideOverlap: true, margin: 10, formatter: TIME_LABELS },
});

/** The largest of values that may be missing; 0 of none. */
export const largestOf = (values: readonly (number | null | undefined)[]): number =>
  values.reduce<number>((largest, value) => Math.max(largest, Math.abs(value ?? 0)), 0);

export interface ValueAxisOptions {
  readonly unit: string;
  /** The largest value that is drawn, which decides the scale of the figures. */
  readonly largest: number;
  /** There is nothing between one and two of what is counted. */
  readonly isWhole?: boolean;
  /** @default the unit, where the figures do not have it themselves */
  readonly title?: string;
}

export const valueAxis = (
  { muted, line }: ChartTheme,
  { unit, largest, isWhole = false, title }: ValueAxisOptions,
) => ({
  type: 'value' as const,
  name: title ?? axisName(unit),
  nameLocation: 'end' as const,
  nameGap: 12,
  nameTextStyle: { color: muted, fontSize: 11, align: 'left' as const },
  splitNumber: 4,
  ...(isWhole ? { minInterval: 1 } : {}),
  splitLine: { lineStyle: { color: line } },
  axisLabel: { color: muted, fontSize: 11, formatter: axisFormatter(unit, largest) },
});

export const categoryAxis = ({ muted, line }: ChartTheme, categories: readonly string[]) => ({
  type: 'category' as const,
  data: [...categories],
  axisLine: { lineStyle: { color: line } },
  axisTick: { show: false },
  axisLabel: { color: muted, fontSize: 11, hideOverlap: true },
});

/** What every chart begins with. */
export const chartBase = ({ text }: ChartTheme) => ({
  animation: false,
  textStyle: { color: text, fontFamily: 'system-ui, sans-serif' },
});
