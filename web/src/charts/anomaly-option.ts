import type { AnomalyData, Severity } from '../api/contract.ts';
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
import { type ChartTheme, SEVERITY_SYMBOLS, seriesStyle } from './chart-theme.ts';
import type { ChartOption } from './echarts.ts';
import { bandSeries } from './forecast-option.ts';
import { nameOf, toPoints } from './time-series-option.ts';
import { type TooltipRow, tooltipElement } from './tooltip.ts';

type AnomalySeries = AnomalyData['series'][number];
type Alarm = AnomalySeries['alarms'][number];

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];

/** The same for an alarm wherever it is met again. */
const alarmKey = (series: string, { timestamp }: Alarm): string => `${series}\n${timestamp}`;

export const alarmKeys = ({ series }: AnomalyData): string[] =>
  series.flatMap(({ name, alarms }) => alarms.map((alarm) => alarmKey(name, alarm)));

/** New alarms are larger and ringed; of all, the shape says how grave they are. */
const alarmSeries = (entry: AnomalySeries, theme: ChartTheme, isNew: (key: string) => boolean) =>
  SEVERITIES.flatMap((severity) => {
    const alarms = entry.alarms.filter((alarm) => alarm.severity === severity);
    if (alarms.length === 0) return [];
    return [
      {
        type: 'scatter' as const,
        name: `${severity} alarm`,
        symbol: SEVERITY_SYMBOLS[severity],
        itemStyle: { color: theme.severity[severity], borderColor: theme.surface, borderWidth: 1 },
        z: 5,
        data: alarms.map((alarm) => {
          const value = [alarm.timestamp, alarm.value];
          return isNew(alarmKey(entry.name, alarm))
            ? { value, symbolSize: 17, itemStyle: { borderColor: theme.text, borderWidth: 2 } }
            : { value, symbolSize: 10 };
        }),
      },
    ];
  });

const lineSeries = (entry: AnomalySeries, index: number, theme: ChartTheme) => {
  const { color, dash, symbol } = seriesStyle(theme, index);
  return {
    type: 'line' as const,
    name: nameOf(entry.name, 'Value'),
    symbol,
    showSymbol: false,
    itemStyle: { color },
    lineStyle: { color, width: 1.5, type: dash },
    emphasis: { disabled: true },
    data: toPoints(entry.timestamps, entry.values),
  };
};

/** The times of incidents as shades from top to bottom, on an axis of their own that is not shown. */
const incidentShades = ({ incidents }: AnomalyData, theme: ChartTheme) => ({
  type: 'line' as const,
  yAxisIndex: 1,
  symbol: 'none',
  silent: true,
  lineStyle: { opacity: 0 },
  emphasis: { disabled: true },
  areaStyle: { color: theme.severity.critical, opacity: 0.08 },
  data: incidents.flatMap(({ start, end }): [string, number | null][] => [
    [start, 1],
    [end, 1],
    [end, null],
  ]),
});

const seriesParts = (data: AnomalyData, theme: ChartTheme, isNew: (key: string) => boolean) =>
  data.series.flatMap((entry, index) => {
    const { color } = seriesStyle(theme, index);
    const { lower, upper, timestamps } = entry;
    const band =
      lower === undefined || upper === undefined
        ? []
        : bandSeries({ stack: `usual:${index}`, timestamps, lower, upper, color });
    return [...band, lineSeries(entry, index, theme), ...alarmSeries(entry, theme, isNew)];
  });

const rowsAt = (entry: AnomalySeries, index: number, time: number, theme: ChartTheme): TooltipRow[] => {
  const at = entry.timestamps.findIndex((timestamp) => Date.parse(timestamp) === time);
  const unit = entry.unit ?? '';
  const alarm = entry.alarms.find(({ timestamp }) => Date.parse(timestamp) === time);
  const lower = entry.lower?.[at] ?? null;
  const upper = entry.upper?.[at] ?? null;
  const value = alarm?.value ?? entry.values[at] ?? null;
  if (value === null) return [];
  return [
    { color: seriesStyle(theme, index).color, name: nameOf(entry.name, 'Value'), value: formatValue(value, unit) },
    ...(lower === null || upper === null
      ? []
      : [{ name: 'usual', value: `${formatValue(lower, unit)} – ${formatValue(upper, unit)}` }]),
    ...(alarm === undefined
      ? []
      : [{ color: theme.severity[alarm.severity], name: `${alarm.severity} alarm`, value: '' }]),
  ];
};

/** Series with their usual ranges, the alarms upon them, and the incidents they were merged to as a shaded time. */
export const anomalyOption = (
  data: AnomalyData,
  theme: ChartTheme,
  isNew: (key: string) => boolean = () => false,
): ChartOption => {
  const [unit = '', ...otherUnits] = new Set(data.series.map((entry) => entry.unit));
  const axisUnit = otherUnits.length > 0 ? '' : unit;
  return {
    ...chartBase(theme),
    grid: gridPart({ hasLegend: data.series.length > 1, hasAxisName: axisName(axisUnit) !== '' }),
    legend: legendPart(
      theme,
      data.series.map(({ name }) => nameOf(name, 'Value')),
    ),
    tooltip: {
      ...tooltipPart('axis'),
      axisPointer: pointerPart(theme),
      formatter: (params: unknown) => {
        const [first] = params as readonly { readonly axisValue: number }[];
        const time = Number(first?.axisValue);
        const rows = data.series.flatMap((entry, index) => rowsAt(entry, index, time, theme));
        return rows.length === 0 ? '' : tooltipElement(formatTime(new Date(time).toISOString()), rows);
      },
    },
    xAxis: timeAxis(theme),
    yAxis: [
      {
        ...valueAxis(theme, { unit: axisUnit, largest: largestOf(data.series.flatMap(({ values }) => values)) }),
        scale: true,
      },
      { type: 'value', show: false, min: 0, max: 1 },
    ],
    series: [incidentShades(data, theme), ...seriesParts(data, theme, isNew)],
  };
};
