import type { WidgetDraft } from '../../../plugins/widget.ts';
import type { MetricReading } from '../rollups/metric-query.ts';
import {
  isEmpty,
  periodOf,
  readSelection,
  type Selection,
  selectMetric,
  unitOf,
  type WidgetContext,
} from './source-reading.ts';
import { latestHours } from './time-range.ts';
import type { HeatmapData } from './widget-data.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));

/** Weekday (0 is Monday) and hour of an instant where people are. */
const createLocalTime = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' });
  return (instant: string): { weekday: number; hour: number } => {
    const parts = new Map(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
    return { weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? ''), hour: Number(parts.get('hour')) };
  };
};

type Values = readonly (number | null)[];
type Summary = (values: readonly number[]) => number | null;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean: Summary = (values) => (values.length === 0 ? null : sum(values) / values.length);
const median: Summary = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return mean(sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1));
};
const smallest: Summary = (values) => (values.length === 0 ? null : Math.min(...values));
const largest: Summary = (values) => (values.length === 0 ? null : Math.max(...values));
const newest: Summary = (values) => values.at(-1) ?? null;

/** How the hours of one cell become one figure; an average needs the observations behind it and is made elsewhere. */
const summaryOf = ({ aggregation }: Selection): Summary => {
  if (aggregation === 'min') return smallest;
  if (aggregation === 'max') return largest;
  if (aggregation === 'last') return newest;
  return aggregation.startsWith('p') ? median : mean;
};

/** The hours of each cell, row by row. */
const byCell = ({ timestamps }: MetricReading, values: Values, timeZone: string): number[][][] => {
  const cells = WEEKDAYS.map(() => HOURS.map((): number[] => []));
  const localTime = createLocalTime(timeZone);
  for (const [index, instant] of timestamps.entries()) {
    const value = values[index] ?? null;
    const { weekday, hour } = localTime(instant);
    if (value !== null) cells[weekday]?.[hour]?.push(value);
  }
  return cells;
};

const valuesOf = ({ groups }: MetricReading): Values => groups[0]?.values ?? [];

/** Hours before the first observation are no quiet hours: nobody looked. */
const sinceFirst = (values: Values): Values => {
  const first = values.findIndex((value) => value !== null && value !== 0);
  return values.map((value, index) => (index < first ? null : value));
};

const readAverages = async (
  read: (selection: Selection) => Promise<MetricReading>,
  selection: Selection,
  timeZone: string,
): Promise<(number | null)[][]> => {
  const [sums, counts] = await Promise.all([
    read({ ...selection, aggregation: 'sum' }),
    read({ ...selection, aggregation: 'count' }),
  ]);
  const observations = byCell(counts, valuesOf(counts), timeZone);
  return byCell(sums, valuesOf(sums), timeZone).map((row, weekday) =>
    row.map((cell, hour) => {
      const count = sum(observations[weekday]?.[hour] ?? []);
      return count === 0 ? null : sum(cell) / count;
    }),
  );
};

/**
 * A metric by hour and weekday of a time zone: of counts, sums and users the mean of such an hour, of percentiles the
 * median of such hours, of averages the average of all observations in them.
 *
 * @returns undefined where nothing was observed.
 */
export const readHourWeekday = async (
  context: WidgetContext,
  config: Extract<WidgetDraft, { type: 'heatmap' }>['config'],
): Promise<HeatmapData | undefined> => {
  const selection = selectMetric(context, config.dataSource, config.aggregation, config.filters);
  const period = latestHours(periodOf(context, config));
  const read = (selected: Selection) => readSelection(context, selected, period, 'hour');
  const reading = await read(selection);
  if (isEmpty(reading)) return undefined;
  const summarize = summaryOf(selection);
  const values =
    selection.aggregation === 'average'
      ? await readAverages(read, selection, config.timeZone)
      : byCell(reading, sinceFirst(valuesOf(reading)), config.timeZone).map((row) => row.map(summarize));
  return { unit: unitOf(selection), columns: HOURS, rows: WEEKDAYS, values };
};
