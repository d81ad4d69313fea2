import { metricScale } from '../../models/anomaly/row-alarms.ts';
import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import type { Alarm, MetricShare } from './alarms.ts';
import { type AnomalyInput, metricsOf } from './input.ts';

const MOST_SHARES = 8;

/** Rows in order of time, each time once, as a matrix. */
export interface Rows {
  readonly metrics: readonly string[];
  readonly times: Float64Array;
  /** [n × d] flat, without gaps. */
  readonly data: Float64Array;
  readonly missing: number;
  readonly duplicates: number;
}

/** What stands in for a value that is missing: the median of all, or, where no later row may be known, the last one. */
export type Filling = 'median' | { readonly last: Float64Array | undefined };

const fillColumn = (present: readonly (number | null)[], column: number, filling: Filling): number[] => {
  const known = present.filter((value) => value !== null);
  if (filling === 'median') {
    const middle = known.length === 0 ? 0 : quantile(sortedCopy(known), 0.5);
    return present.map((value) => value ?? middle);
  }
  let last = filling.last?.[column] ?? known[0] ?? 0;
  return present.map((value) => {
    last = value ?? last;
    return last;
  });
};

/** @param metrics columns that are wanted, by default all that occur, in alphabetical order */
export const toRows = (
  rows: AnomalyInput['rows'],
  metrics: readonly string[] = metricsOf(rows).sort(),
  filling: Filling = 'median',
): Rows => {
  const byTime = new Map(rows.map((row) => [row.timestamp, row.metrics] as const));
  const ordered = [...byTime].sort((a, b) => a[0] - b[0]);
  const data = new Float64Array(ordered.length * metrics.length);
  let missing = 0;
  for (const [column, metric] of metrics.entries()) {
    const present = ordered.map(([, values]) => values[metric] ?? null);
    missing += present.filter((value) => value === null).length;
    for (const [row, value] of fillColumn(present, column, filling).entries())
      data[row * metrics.length + column] = value;
  }
  return {
    metrics,
    times: Float64Array.from(ordered, ([time]) => time),
    data,
    missing,
    duplicates: rows.length - byTime.size,
  };
};

export const columnOf = ({ data, metrics, times }: Rows, column: number): Float64Array =>
  Float64Array.from(times, (_, row) => data[row * metrics.length + column] ?? 0);

export const scalesOf = (rows: Rows): Float64Array =>
  Float64Array.from(rows.metrics, (_, column) => metricScale(columnOf(rows, column)));

/** Parts of what is strange by the squared deviations of a row from what was expected of it. */
export const sharesByDeviation = (
  metrics: readonly string[],
  row: Float64Array,
  expected: Float64Array,
  scales: Float64Array,
): MetricShare[] => {
  const deviations = row.map((value, k) => (value - (expected[k] ?? 0)) / (scales[k] ?? 1));
  const total = deviations.reduce((sum, deviation) => sum + deviation ** 2, 0);
  return metrics.map((metric, k) => ({
    metric,
    value: row[k] ?? 0,
    expected: expected[k] ?? 0,
    deviations: deviations[k] ?? 0,
    share: total > 0 ? (deviations[k] ?? 0) ** 2 / total : 0,
  }));
};

/** An alarm of a row goes under the metric that has most to do with it. */
export const alarmOfRow = (time: number, probability: number, shares: readonly MetricShare[]): Alarm => {
  const metrics = shares.toSorted((a, b) => b.share - a.share);
  const most = metrics[0];
  return {
    series: most?.metric ?? '',
    time,
    value: most?.value ?? 0,
    expected: most?.expected ?? 0,
    lower: null,
    upper: null,
    deviations: most?.deviations ?? 0,
    probability,
    metrics: metrics.slice(0, MOST_SHARES),
  };
};
