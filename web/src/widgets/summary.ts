import type { AnomalyData, ForecastData, TimeChartData, WidgetShape } from '../api/contract.ts';
import { formatChange, formatShare, formatTime, formatValue } from '../format/number-format.ts';

/** What a drawing shows, in a few sentences: the label that a screen reader says. */

const MOST_NAMED = 4;

const listed = (items: readonly string[]): string => {
  const more = items.length - MOST_NAMED;
  return items.slice(0, MOST_NAMED).join('; ') + (more > 0 ? `; and ${more} more` : '');
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const periodOf = (timestamps: readonly string[]): string => {
  const [first] = timestamps;
  const last = timestamps.at(-1);
  return first === undefined || last === undefined ? '' : ` from ${formatTime(first)} to ${formatTime(last)}`;
};

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

const CHART_NAMES = { line: 'Line chart', area: 'Area chart', bar: 'Bar chart', stacked: 'Stacked bar chart' };

const ofSeries = (chartType: keyof typeof CHART_NAMES, { unit, timestamps, series }: TimeChartData): string => {
  const parts = series.map(({ name, values }) => {
    const numbers = known(values);
    const last = numbers.at(-1);
    if (last === undefined) return `${name || 'All'}: no values`;
    const range = `lowest ${formatValue(Math.min(...numbers), unit)}, highest ${formatValue(Math.max(...numbers), unit)}`;
    return `${name || 'All'}: ${range}, latest ${formatValue(last, unit)}`;
  });
  return `${CHART_NAMES[chartType]}${periodOf(timestamps)}. ${listed(parts)}.`;
};

const ofForecast = ({ unit, series }: ForecastData): string => {
  const parts = series.map(({ name, forecast }) => {
    const end = forecast.mean.at(-1) ?? null;
    const [interval] = forecast.intervals;
    const range =
      interval === undefined
        ? ''
        : `, between ${formatValue(interval.lower.at(-1) ?? null, unit)} and ${formatValue(interval.upper.at(-1) ?? null, unit)} with ${formatShare(interval.level)} probability`;
    return `${name || 'Forecast'}: ${formatValue(end, unit)} expected at ${formatTime(forecast.timestamps.at(-1) ?? '')}${range}`;
  });
  return `Forecast. ${listed(parts)}.`;
};

const ofAnomaly = ({ series, incidents }: AnomalyData): string => {
  const parts = series.map(({ name, alarms }) => `${name}: ${counted(alarms.length, 'alarm')}`);
  const told = incidents.map(({ severity, message }) => `${severity}: ${message}`);
  const end = told.length === 0 ? '.' : `: ${listed(told)}.`;
  return `Anomalies${periodOf(series[0]?.timestamps ?? [])}. ${listed(parts)}. ${counted(incidents.length, 'incident')}${end}`;
};

export const summaryOf = (shape: WidgetShape): string => {
  switch (shape.shape) {
    case 'series':
      return ofSeries(shape.chartType, shape.data);
    case 'pie':
      return `Pie chart. ${listed(shape.data.categories.map(({ name, value }) => `${name}: ${formatValue(value, shape.data.unit)}`))}.`;
    case 'scatter':
      return `Scatter chart of ${shape.data.y.title} against ${shape.data.x.title}, ${shape.data.points.length} points.`;
    case 'metric': {
      const { value, unit, change } = shape.data;
      const compared = change === null ? '' : `, ${formatChange(change)} against the period before`;
      return `${formatValue(value, unit)}${compared}.`;
    }
    case 'table':
      return `Table of ${shape.data.rows.length} rows.`;
    case 'funnel':
      return `Funnel. ${listed(shape.data.steps.map(({ name, count, share }) => `${name}: ${count}, ${formatShare(share)} of the first step`))}.`;
    case 'flow':
      return `Flow. ${listed(shape.data.links.map(({ source, target, value }) => `${source} to ${target}: ${value}`))}.`;
    case 'heatmap':
      return `Heatmap of ${shape.data.rows.length} rows and ${shape.data.columns.length} columns.`;
    case 'forecast':
      return ofForecast(shape.data);
    case 'anomaly':
      return ofAnomaly(shape.data);
    case 'clusters':
      return `Scatter chart of segments. ${listed(shape.data.segments.map(({ name, size, share }) => `${name}: ${size}, ${formatShare(share)}`))}.`;
    case 'text':
      return shape.data.text;
  }
};
