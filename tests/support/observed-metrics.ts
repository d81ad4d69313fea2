import type {
  MetricInterval,
  MetricQuery,
  MetricReading,
  ReadMetric,
} from '../../functions/core/rollups/metric-query.ts';
import type { MetricAggregation } from '../../plugins/metric.ts';

export interface Observation {
  readonly metric: string;
  /** ISO 8601. */
  readonly at: string;
  readonly value: number | string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

const LENGTH_MS: Record<MetricInterval, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const aggregate = (aggregation: MetricAggregation, observed: readonly Observation[]): number | null => {
  if (aggregation === 'unique') return new Set(observed.map(({ value }) => value)).size;
  const values = observed.map(({ value }) => Number(value));
  if (aggregation === 'count') return values.length;
  if (values.length === 0) return null;
  if (aggregation === 'sum') return sum(values);
  if (aggregation === 'average') return sum(values) / values.length;
  if (aggregation === 'min') return Math.min(...values);
  if (aggregation === 'max') return Math.max(...values);
  if (aggregation === 'last') return values.at(-1) ?? null;
  return quantile(values, Number(aggregation.slice(1)) / 100);
};

const groupsOf = (observed: readonly Observation[], groupBy: string | undefined): [string | null, Observation[]][] => {
  if (groupBy === undefined) return [[null, [...observed]]];
  return [...Map.groupBy(observed, ({ dimensions }) => dimensions?.[groupBy] ?? null)];
};

const startsOf = ({ start, end, interval }: MetricQuery): number[] => {
  const length = LENGTH_MS[interval];
  const first = Math.floor(start.getTime() / length) * length;
  return Array.from({ length: Math.ceil((end.getTime() - first) / length) }, (_, index) => first + index * length);
};

const passes =
  ({ metric, filters }: MetricQuery) =>
  (observation: Observation): boolean =>
    observation.metric === metric &&
    Object.entries(filters).every(([name, wanted]) => wanted.includes(observation.dimensions?.[name] ?? ''));

/** Metrics of one plugin, read off every single observation, with the questions that were put. */
export const createObservedMetrics = (observations: readonly Observation[]) => {
  const asked: MetricQuery[] = [];
  const readMetric: ReadMetric = async (query): Promise<MetricReading> => {
    asked.push(query);
    const { aggregation, groupBy, groupLimit, interval } = query;
    const starts = startsOf(query);
    const after = (starts.at(-1) ?? 0) + LENGTH_MS[interval];
    const within = (from: number, before: number) => (observation: Observation) =>
      Date.parse(observation.at) >= from && Date.parse(observation.at) < before;
    const observed = observations.filter(passes(query)).filter(within(starts[0] ?? 0, after));
    const groups = groupsOf(observed, groupBy)
      .map(([name, members]) => ({
        name,
        values: starts.map((start) =>
          aggregate(aggregation, members.filter(within(start, start + LENGTH_MS[interval]))),
        ),
        total: aggregate(aggregation, members),
      }))
      .sort((a, b) => (b.total ?? 0) - (a.total ?? 0));
    return {
      unit: '',
      timestamps: starts.map((start) => new Date(start).toISOString()),
      groups: groups.slice(0, groupLimit),
      otherGroups: Math.max(0, groups.length - groupLimit),
      asOf: query.end.toISOString(),
    };
  };
  return { asked, readMetric };
};
