import type { ForecastData } from '../api/contract.ts';
import { axisName, formatTime, formatValue } from '../format/number-format.ts';
import {
  chartBase,
  gridPart,
  largestOf,
  legendPart,
  pointerPart,
  timeAxis,
  tooltipPart,
  valueAxis,
} from './chart-parts.ts';
import { type ChartTheme, seriesStyle } from './chart-theme.ts';
import type { ChartOption } from './echarts.ts';
import { nameOf, toPoints } from './time-series-option.ts';
import { type TooltipRow, tooltipElement } from './tooltip.ts';

type ForecastSeries = ForecastData['series'][number];

/** Opacity of the widest interval; narrower ones lie upon it. */
const BAND_OPACITY = 0.16;

const levelName = (level: number): string => `${Math.round(level * 100)}% interval`;

interface Band {
  readonly stack: string;
  readonly timestamps: readonly string[];
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
  readonly color: string;
}

/** A band as two stacked lines: an unseen one at its lower edge, and its height filled above it. */
export const bandSeries = ({ stack, timestamps, lower, upper, color }: Band) => {
  const unseen = {
    type: 'line' as const,
    stack,
    stackStrategy: 'all' as const,
    symbol: 'none',
    silent: true,
    lineStyle: { opacity: 0 },
    emphasis: { disabled: true },
    tooltip: { show: false },
  };
  const heights = upper.map((value, index) => {
    const from = lower[index] ?? null;
    return value === null || from === null ? null : value - from;
  });
  return [
    { ...unseen, data: toPoints(timestamps, lower) },
    { ...unseen, data: toPoints(timestamps, heights), areaStyle: { color, opacity: BAND_OPACITY } },
  ];
};

const forecastSeries = (entry: ForecastSeries, index: number, theme: ChartTheme) => {
  const { history, forecast } = entry;
  const { color, symbol } = seriesStyle(theme, index);
  const name = nameOf(entry.name, 'Forecast');
  const lastTime = history.timestamps.at(-1);
  const lastValue = history.values.at(-1);
  // The forecast begins at the last value, so that there is no gap between what was and what is to come.
  const start: [string, number | null][] = lastTime === undefined ? [] : [[lastTime, lastValue ?? null]];
  const line = {
    type: 'line' as const,
    name,
    symbol,
    showSymbol: false,
    itemStyle: { color },
    emphasis: { disabled: true },
  };
  return [
    ...forecast.intervals.flatMap(({ level, lower, upper }) =>
      bandSeries({ stack: `${index}:${level}`, timestamps: forecast.timestamps, lower, upper, color }),
    ),
    { ...line, data: toPoints(history.timestamps, history.values), lineStyle: { color, width: 2 } },
    {
      ...line,
      data: [...start, ...toPoints(forecast.timestamps, forecast.mean)],
      lineStyle: { color, width: 2, type: [5, 4] },
    },
  ];
};

const rowsAt = (entry: ForecastSeries, index: number, time: number, unit: string, theme: ChartTheme): TooltipRow[] => {
  const { color } = seriesStyle(theme, index);
  const name = nameOf(entry.name, 'Forecast');
  const at = (timestamps: readonly string[]) => timestamps.findIndex((timestamp) => Date.parse(timestamp) === time);
  const past = at(entry.history.timestamps);
  if (past >= 0) return [{ color, name, value: formatValue(entry.history.values[past] ?? null, unit) }];
  const ahead = at(entry.forecast.timestamps);
  if (ahead < 0) return [];
  const { mean, intervals } = entry.forecast;
  return [
    { color, name: `${name}, expected`, value: formatValue(mean[ahead] ?? null, unit) },
    ...intervals.map(({ level, lower, upper }) => ({
      name: levelName(level),
      value: `${formatValue(lower[ahead] ?? null, unit)} – ${formatValue(upper[ahead] ?? null, unit)}`,
    })),
  ];
};

/** What was, what is expected, and the ranges that it will lie in with a stated probability. */
export const forecastOption = ({ unit, series }: ForecastData, theme: ChartTheme): ChartOption => ({
  ...chartBase(theme),
  grid: gridPart({ hasLegend: series.length > 1, hasAxisName: axisName(unit) !== '' }),
  legend: legendPart(
    theme,
    series.map(({ name }) => nameOf(name, 'Forecast')),
  ),
  tooltip: {
    ...tooltipPart('axis'),
    axisPointer: pointerPart(theme),
    formatter: (params: unknown) => {
      const [first] = params as readonly { readonly axisValue: number }[];
      const time = Number(first?.axisValue);
      const rows = series.flatMap((entry, index) => rowsAt(entry, index, time, unit, theme));
      return rows.length === 0 ? '' : tooltipElement(formatTime(new Date(time).toISOString()), rows);
    },
  },
  xAxis: timeAxis(theme),
  yAxis: {
    ...valueAxis(theme, {
      unit,
      largest: largestOf(series.flatMap(({ history, forecast }) => [...history.values, ...forecast.mean])),
    }),
    scale: true,
  },
  series: series.flatMap((entry, index) => forecastSeries(entry, index, theme)),
});
