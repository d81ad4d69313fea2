import { parseDuration, type TimeRange } from '../../../plugins/widget.ts';
import type { MetricInterval } from '../rollups/metric-query.ts';

const INTERVAL_MS: Record<MetricInterval, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const FROM_FINE_TO_COARSE: readonly MetricInterval[] = ['minute', 'hour', 'day'];

/** Points that a chart as wide as a page can show apart. */
const POINTS_OF_CHOICE = 400;
/** Points that a metric is read by at most; above them an interval gives way to the next coarser one. */
const MOST_POINTS = 1_500;

/** A stretch of time in epoch milliseconds; the end is exclusive. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

export const resolveRange = (range: TimeRange, now: number): Period =>
  'last' in range
    ? { start: now - (parseDuration(range.last) ?? 0), end: now }
    : { start: Date.parse(range.start), end: Date.parse(range.end) };

const floor = (instant: number, interval: MetricInterval): number =>
  Math.floor(instant / INTERVAL_MS[interval]) * INTERVAL_MS[interval];

/** Intervals are read whole, the one that the period begins in included. */
const countPoints = ({ start, end }: Period, interval: MetricInterval): number =>
  Math.ceil((end - floor(start, interval)) / INTERVAL_MS[interval]);

/**
 * The interval a period is shown by. `auto` takes the finest that gives at most 400 points; one that is named gives way
 * to coarser ones only where it would give more than 1,500.
 */
export const chooseInterval = (wanted: MetricInterval | 'auto', period: Period): MetricInterval => {
  const most = wanted === 'auto' ? POINTS_OF_CHOICE : MOST_POINTS;
  const finest = wanted === 'auto' ? 0 : FROM_FINE_TO_COARSE.indexOf(wanted);
  return FROM_FINE_TO_COARSE.slice(finest).find((interval) => countPoints(period, interval) <= most) ?? 'day';
};

/** The finest interval that a period is read by: its ends are met the closest. */
export const finestInterval = (period: Period): MetricInterval => chooseInterval('minute', period);

/** As long a period before another, by its finest interval: it ends where the one begins that the other begins in. */
export const periodBefore = (period: Period): Period => {
  const border = floor(period.start, finestInterval(period));
  return { start: border - (period.end - border), end: border };
};

/** A period by parts that can be read by the hour. */
export const hourlyParts = ({ start, end }: Period): Period[] => {
  const first = floor(start, 'hour');
  const length = MOST_POINTS * INTERVAL_MS.hour;
  return Array.from({ length: Math.ceil((end - first) / length) }, (_, index) => ({
    start: first + index * length,
    end: Math.min(end, first + (index + 1) * length),
  }));
};
