import type { WidgetDraft } from '../../../plugins/widget.ts';
import {
  isCounting,
  isEmpty,
  periodOf,
  readSelection,
  type Selection,
  selectMetric,
  unitOf,
  type WidgetContext,
} from './source-reading.ts';
import { hourlyParts, type Period } from './time-range.ts';
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

/** A metric hour by hour. */
interface Hours {
  readonly timestamps: readonly string[];
  readonly values: Values;
}

/** The values of each cell, row by row. */
const byCell = ({ timestamps, values }: Hours, timeZone: string): number[][][] => {
  const cells = WEEKDAYS.map(() => HOURS.map((): number[] => []));
  const localTime = createLocalTime(timeZone);
  for (const [index, instant] of timestamps.entries()) {
    const value = values[index] ?? null;
    const { weekday, hour } = localTime(instant);
    if (value !== null) cells[weekday]?.[hour]?.push(value);
  }
  return cells;
};

/** Hours before the first observation are no quiet hours: nobody looked. */
const sinceFirst = ({ timestamps, values }: Hours): Hours => {
  const first = values.findIndex((value) => value !== null && value !== 0);
  return { timestamps, values: values.map((value, index) => (index < first ? null : value)) };
};

const createHourReader = (context: WidgetContext, period: Period) => async (selection: Selection) => {
  const parts = hourlyParts(period).map((part) => readSelection(context, selection, part, 'hour'));
  const readings = await Promise.all(parts);
  return {
    isEmpty: readings.every(isEmpty),
    timestamps: readings.flatMap(({ timestamps }) => timestamps),
    values: readings.flatMap(({ groups, timestamps }) => groups[0]?.values ?? timestamps.map(() => null)),
  };
};

const readAverages = async (
  read: (selection: Selection) => Promise<Hours>,
  selection: Selection,
  timeZone: string,
): Promise<(number | null)[][]> => {
  const [sums, counts] = await Promise.all([
    read({ ...selection, aggregation: 'sum' }),
    read({ ...selection, aggregation: 'count' }),
  ]);
  const observations = byCell(counts, timeZone);
  return byCell(sums, timeZone).map((row, weekday) =>
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
  const read = createHourReader(context, periodOf(context, config));
  const hours = await read(selection);
  if (hours.isEmpty) return undefined;
  const summarize = summaryOf(selection);
  const values =
    selection.aggregation === 'average'
      ? await readAverages(read, selection, config.timeZone)
      : byCell(sinceFirst(hours), config.timeZone).map((row) => row.map(summarize));
  const unit = isCounting(selection.aggregation) ? `${unitOf(selection) || '1'}/h` : unitOf(selection);
  return { unit, columns: HOURS, rows: WEEKDAYS, values };
};
