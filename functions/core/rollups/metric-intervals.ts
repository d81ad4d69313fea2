import { AGGREGATIONS_OF } from '../../../plugins/metric.ts';
import { AppError } from '../errors.ts';
import type { PluginCatalog } from '../ports.ts';
import { type Hour, hourOf } from './contribution.ts';
import type { MetricInterval, MetricQuery } from './metric-query.ts';

const LENGTH_MS: Record<MetricInterval, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const HOUR_MS = LENGTH_MS.hour;
/** Intervals of one reading: a day of minutes, two months of hours, four years of days. */
const MOST_INTERVALS = 1_500;

/** The whole intervals (UTC) that a query asks for. */
export interface Intervals {
  /** Where each begins, in epoch ms. */
  readonly starts: readonly number[];
  /** The hours that the first and the last lie in. */
  readonly range: { readonly from: Hour; readonly to: Hour };
  readonly hours: () => Hour[];
  /** The interval of an instant; undefined before the first and after the last. */
  readonly indexOf: (at: number) => number | undefined;
}

const invalid = (field: string, message: string): AppError =>
  new AppError('query.invalid_metric', `The metric cannot be read so: ${field} ${message}`, {
    details: [{ field, message }],
  });

const divide = ({ interval, start, end }: MetricQuery): Intervals => {
  const length = LENGTH_MS[interval];
  const first = Math.floor(start.getTime() / length) * length;
  const count = Math.ceil((end.getTime() - first) / length);
  if (!(count >= 1)) throw invalid('end', 'must be later than start');
  if (count > MOST_INTERVALS) {
    throw invalid('interval', `must be longer: there would be ${count} values, at most ${MOST_INTERVALS} are read`);
  }
  const after = first + count * length;
  return {
    starts: Array.from({ length: count }, (_, index) => first + index * length),
    range: { from: hourOf(first), to: hourOf(after - 1) },
    hours: () =>
      Array.from({ length: Math.ceil((after - Math.floor(first / HOUR_MS) * HOUR_MS) / HOUR_MS) }, (_, index) =>
        hourOf(first + index * HOUR_MS),
      ),
    indexOf: (at) => (at < first || at >= after ? undefined : Math.floor((at - first) / length)),
  };
};

/** @throws {AppError} `query.invalid_metric` naming what does not fit the metric. */
export const checkMetricQuery = (
  catalog: PluginCatalog,
  query: MetricQuery,
): { readonly unit: string; readonly intervals: Intervals } => {
  const declared = catalog.find(query.plugin)?.metrics[query.metric];
  if (declared === undefined)
    throw invalid('metric', `"${query.plugin}.${query.metric}" is not declared by any plugin`);
  const aggregations: readonly string[] = AGGREGATIONS_OF[declared.kind];
  if (!aggregations.includes(query.aggregation)) {
    throw invalid('aggregation', `must be one of: ${aggregations.join(', ')}`);
  }
  const known =
    declared.dimensions.length > 0 ? `one of: ${declared.dimensions.join(', ')}` : 'left out: it has no dimensions';
  const named = [
    ...(query.groupBy === undefined ? [] : [['groupBy', query.groupBy]]),
    ...Object.keys(query.filters).map((name) => [`filters.${name}`, name]),
  ];
  for (const [field = '', name = ''] of named) {
    if (!declared.dimensions.includes(name)) throw invalid(field, `must be ${known}`);
  }
  return { unit: declared.unit, intervals: divide(query) };
};
