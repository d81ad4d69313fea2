import pMap from 'p-map';
import type { MetricAggregation } from '../../../plugins/metric.ts';
import type { Clock, PluginCatalog } from '../ports.ts';
import { type Hour, startOfHour } from './contribution.ts';
import { WINDOW_MS } from './file-contribution.ts';
import { checkMetricQuery, type Intervals } from './metric-intervals.ts';
import type { MetricGroup, MetricQuery, MetricReading, ReadMetric } from './metric-query.ts';
import type { PendingHour, RollupScope, RollupStore } from './rollup-store.ts';
import { type Cells, OTHER_SERIES, parseSeriesKey } from './series.ts';
import { createSummarizer, type Summarizer, type Summary } from './summary.ts';

export interface ReadMetricDependencies {
  readonly catalog: PluginCatalog;
  readonly rollups: RollupStore;
  readonly clock: Clock;
}

/** Bounds of one reading, whatever the traffic was; docs/dashboards.md states them. */
const MOST_NOTES = 100;
const MOST_FRESH_HOURS = 6;
/** Of each shard of a fresh hour. */
const MOST_FRESH_CONTRIBUTIONS = 100;
const CONCURRENT_HOURS = 3;

/** The group of series that were too many to be kept apart. */
const OTHER_GROUP = '(other)';

/** Cells of one moment, in epoch ms. */
type Visit = (at: number, cells: Cells) => void;

/** What of a summary an aggregation needs: the rest is not worth merging. */
const project = (summary: Summary, aggregation: MetricAggregation): Summary => {
  const { n, sum, min, max, last, sketch, uniques } = summary;
  const extremes = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  switch (aggregation) {
    case 'count':
      return n === undefined ? {} : { n };
    case 'sum':
      return sum === undefined ? {} : { sum };
    case 'average':
      return n === undefined || sum === undefined ? {} : { n, sum };
    case 'min':
    case 'max':
      return extremes;
    case 'last':
      return last === undefined ? {} : { last };
    case 'unique':
      return uniques === undefined ? {} : { uniques };
    default:
      return sketch === undefined ? {} : { sketch, ...extremes };
  }
};

/** Sorts series into groups; undefined for those that the filters leave out. */
const createGrouping = ({ groupBy, filters }: MetricQuery) => {
  const known = new Map<string, { name: string | null } | undefined>();
  const filtered = Object.entries(filters);
  const decide = (key: string): { name: string | null } | undefined => {
    if (key === OTHER_SERIES)
      return filtered.length > 0 ? undefined : { name: groupBy === undefined ? null : OTHER_GROUP };
    const values = parseSeriesKey(key);
    const passes = filtered.every(([name, wanted]) => wanted.includes(values.get(name) ?? ''));
    return passes ? { name: groupBy === undefined ? null : (values.get(groupBy) ?? null) } : undefined;
  };
  return (key: string): { name: string | null } | undefined => {
    if (!known.has(key)) known.set(key, decide(key));
    return known.get(key);
  };
};

/** Groups × intervals in the making. */
const createTable = (query: MetricQuery, intervals: Intervals) => {
  const groupOf = createGrouping(query);
  const groups = new Map<string | null, Map<number, Summarizer>>();
  const cell = (name: string | null, index: number): Summarizer => {
    const group = groups.get(name) ?? new Map<number, Summarizer>();
    groups.set(name, group);
    const summarizer = group.get(index) ?? createSummarizer();
    group.set(index, summarizer);
    return summarizer;
  };
  const visit: Visit = (at, cells) => {
    const index = intervals.indexOf(at);
    if (index === undefined) return;
    for (const [series, summary] of Object.entries(cells)) {
      const group = groupOf(series);
      if (group !== undefined) cell(group.name, index).merge(project(summary, query.aggregation));
    }
  };
  return { groups, visit };
};

const presentGroup = (
  name: string | null,
  cells: ReadonlyMap<number, Summarizer>,
  { aggregation }: MetricQuery,
  known: readonly boolean[],
): MetricGroup => {
  const total = createSummarizer();
  for (const summarizer of cells.values()) total.merge(summarizer.summarize());
  const nothing = createSummarizer().aggregate(aggregation);
  const values = known.map((isKnown, index) => cells.get(index)?.aggregate(aggregation) ?? (isKnown ? nothing : null));
  return { name, values, total: total.aggregate(aggregation) };
};

const largestFirst = (a: MetricGroup, b: MetricGroup): number =>
  (b.total ?? Number.NEGATIVE_INFINITY) - (a.total ?? Number.NEGATIVE_INFINITY) ||
  ((a.name ?? '') < (b.name ?? '') ? -1 : 1);

/** What was merged, minute by minute or hour by hour. Returns until when each hour of the metric is merged. */
const visitRollups = async (
  { rollups }: ReadMetricDependencies,
  scope: RollupScope,
  { metric, interval }: MetricQuery,
  intervals: Intervals,
  visit: Visit,
): Promise<ReadonlyMap<Hour, string>> => {
  const merged = new Map<Hour, string>();
  if (interval === 'minute') {
    for (const [hour, rollup] of await rollups.readHours(scope, metric, intervals.hours())) {
      merged.set(hour, rollup.mergedUntil);
      for (const [minute, cells] of Object.entries(rollup.minutes)) {
        visit(startOfHour(hour) + Number(minute) * 60_000, cells);
      }
    }
    return merged;
  }
  const { from, to } = intervals.range;
  for (const [day, { rollup }] of await rollups.readDays(scope, metric, {
    from: from.slice(0, 10),
    to: to.slice(0, 10),
  })) {
    for (const [name, { mergedUntil, cells }] of Object.entries(rollup.hours)) {
      const hour = `${day}T${name}`;
      merged.set(hour, mergedUntil);
      visit(startOfHour(hour), cells);
    }
  }
  return merged;
};

/** What has ended since, of one hour. Returns where it had to stop short of the newest, if it had to. */
const visitFresh = async (
  { rollups }: ReadMetricDependencies,
  scope: RollupScope,
  metric: string,
  { hour, from }: { hour: Hour; from: string },
  visit: Visit,
): Promise<string | undefined> => {
  let stoppedAt: string | undefined;
  const range = { from, before: '9999' };
  for await (const { contributions, cut } of rollups.contributions(scope, hour, range, MOST_FRESH_CONTRIBUTIONS)) {
    for (const { metrics } of contributions) {
      for (const [minute, cells] of Object.entries(metrics[metric] ?? {})) {
        visit(startOfHour(hour) + Number(minute) * 60_000, cells);
      }
    }
    const last = contributions.at(-1)?.endedAt;
    if (cut && last !== undefined) stoppedAt = earlier(stoppedAt, last);
  }
  return stoppedAt;
};

const earlier = (a: string | undefined, b: string): string => (a === undefined || b < a ? b : a);

/** The hours to be looked at beside their rollups, the latest of them, and since when others are not known. */
const chooseFresh = (pending: readonly PendingHour[]): { hours: Hour[]; unknownSince: string | undefined } => {
  const hours = [...new Set(pending.map(({ hour }) => hour))].slice(0, MOST_FRESH_HOURS);
  const unread = pending.filter(({ hour }) => !hours.includes(hour));
  if (pending.length === MOST_NOTES) return { hours, unknownSince: new Date(0).toISOString() };
  const since = unread.map(({ until }) => new Date(Date.parse(until) - WINDOW_MS).toISOString());
  return { hours, unknownSince: since.sort()[0] };
};

/**
 * Reads a metric off its rollups, and off what was filed since they were merged.
 *
 * The order of reading is what makes it exact while hours are being merged: first the notes, then how far hours are
 * merged, then the rollups, which can only have come further since.
 */
export const createReadMetric =
  (dependencies: ReadMetricDependencies): ReadMetric =>
  async (query): Promise<MetricReading> => {
    const { unit, intervals } = checkMetricQuery(dependencies.catalog, query);
    const scope = { tenant: query.tenant, plugin: query.plugin };
    const now = dependencies.clock();
    const pending = await dependencies.rollups.pending(scope, intervals.range, MOST_NOTES);
    const { hours, unknownSince } = chooseFresh(pending);
    const settled = await dependencies.rollups.readMerged(scope, hours);
    const table = createTable(query, intervals);
    const merged = await visitRollups(dependencies, scope, query, intervals, table.visit);
    const mergedOf = (hour: Hour): string => [merged.get(hour) ?? '', settled.get(hour) ?? ''].sort().at(-1) ?? '';
    const stops = await pMap(
      hours,
      (hour) => visitFresh(dependencies, scope, query.metric, { hour, from: mergedOf(hour) }, table.visit),
      { concurrency: CONCURRENT_HOURS },
    );
    const asOf = [...stops, unknownSince].reduce<string>((a, b) => earlier(b, a), now.toISOString());
    const known = intervals.starts.map((start) => start <= now.getTime());
    const groups = [...table.groups].map(([name, cells]) => presentGroup(name, cells, query, known)).sort(largestFirst);
    const whole =
      query.groupBy === undefined && groups.length === 0 ? [presentGroup(null, new Map(), query, known)] : groups;
    return {
      unit,
      timestamps: intervals.starts.map((start) => new Date(start).toISOString()),
      groups: whole.slice(0, query.groupLimit),
      otherGroups: Math.max(0, whole.length - query.groupLimit),
      asOf,
    };
  };
