import pMap from 'p-map';
import type { MetricAggregation } from '../../../plugins/metric.ts';
import type { Clock, PluginCatalog } from '../ports.ts';
import { type Hour, startOfHour } from './contribution.ts';
import { checkMetricQuery, type Intervals } from './metric-intervals.ts';
import type { MetricGroup, MetricQuery, ReadMetric } from './metric-query.ts';
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
/** In all, and of one shard of an hour. */
const MOST_CONTRIBUTIONS = 5_000;
const MOST_OF_SHARD = 250;
const CONCURRENT_HOURS = 12;

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
      if (group !== undefined)
        cell(group.name, query.totalsOnly ? 0 : index).merge(project(summary, query.aggregation));
    }
  };
  return { groups, visit };
};

const totalOf = (cells: ReadonlyMap<number, Summarizer>): Summarizer => {
  const [only] = cells.values();
  if (only !== undefined && cells.size === 1) return only;
  const total = createSummarizer();
  for (const summarizer of cells.values()) total.merge(summarizer.summarize());
  return total;
};

const presentGroup = (
  name: string | null,
  cells: ReadonlyMap<number, Summarizer>,
  { aggregation, totalsOnly }: MetricQuery,
  known: readonly boolean[],
): MetricGroup => {
  const total = totalOf(cells);
  if (totalsOnly) return { name, values: [], total: total.aggregate(aggregation) };
  const nothing = createSummarizer().aggregate(aggregation);
  const values = known.map((isKnown, index) => cells.get(index)?.aggregate(aggregation) ?? (isKnown ? nothing : null));
  return { name, values, total: total.aggregate(aggregation) };
};

const largestFirst = (a: MetricGroup, b: MetricGroup): number =>
  (b.total ?? Number.NEGATIVE_INFINITY) - (a.total ?? Number.NEGATIVE_INFINITY) ||
  ((a.name ?? '') < (b.name ?? '') ? -1 : 1);

/** What was merged, minute by minute or hour by hour. Returns until when each hour of the metric is merged. */
const visitRollups = async (
  rollups: RollupStore,
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

const earlier = (a: string | undefined, b: string): string => (a === undefined || b < a ? b : a);

interface FreshHour {
  readonly hour: Hour;
  /** Those that have notes; all when left out. */
  readonly shards?: readonly number[];
}

/** What has ended since, of one hour. Returns where it had to stop short of the newest, if it had to. */
const visitFresh = async (
  rollups: RollupStore,
  scope: RollupScope,
  metric: string,
  { hour, shards, from, limit }: FreshHour & { from: string; limit: number },
  visit: Visit,
): Promise<string | undefined> => {
  let stoppedAt: string | undefined;
  const range = { from, before: '9999' };
  const part = { limit, ...(shards === undefined ? {} : { shards }) };
  for await (const { contributions, cut } of rollups.contributions(scope, hour, range, part)) {
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

/** The hours to be looked at beside their rollups. */
const freshHours = (pending: readonly PendingHour[]): FreshHour[] =>
  [...Map.groupBy(pending, ({ hour }) => hour)].map(([hour, notes]) => {
    const shards = [...new Set(notes.map(({ shard }) => shard))];
    const known = shards.flatMap((shard) => shard ?? []);
    return known.length < shards.length ? { hour } : { hour, shards: known };
  });

/** Everything there is. Returns since when some of it had to be left out, if it had to. */
const visitAll = async (
  rollups: RollupStore,
  scope: RollupScope,
  query: MetricQuery,
  intervals: Intervals,
  visit: Visit,
): Promise<string | undefined> => {
  const pending = await rollups.pending(scope, intervals.range, MOST_NOTES);
  const hours = freshHours(pending);
  // Of the hours before those of the latest notes nothing is known.
  const unknownSince = pending.length === MOST_NOTES ? new Date(0).toISOString() : undefined;
  const settled = await rollups.readMerged(
    scope,
    hours.map(({ hour }) => hour),
  );
  const merged = await visitRollups(rollups, scope, query, intervals, visit);
  const mergedOf = (hour: Hour): string => [merged.get(hour) ?? '', settled.get(hour) ?? ''].sort().at(-1) ?? '';
  const shards = hours.reduce((sum, fresh) => sum + (fresh.shards?.length ?? rollups.shards), 0);
  const limit = Math.min(MOST_OF_SHARD, Math.floor(MOST_CONTRIBUTIONS / shards));
  const stops = await pMap(
    hours,
    (fresh) => visitFresh(rollups, scope, query.metric, { ...fresh, from: mergedOf(fresh.hour), limit }, visit),
    { concurrency: CONCURRENT_HOURS },
  );
  return [...stops, unknownSince].flatMap((instant) => instant ?? []).sort()[0];
};

/**
 * Reads a metric off its rollups, and off what was filed since they were merged.
 *
 * The order of reading is what makes it exact while hours are being merged: first the notes, then how far hours are
 * merged, then the rollups, which can only have come further since.
 */
export const createReadMetric =
  ({ catalog, rollups, clock }: ReadMetricDependencies): ReadMetric =>
  async (query) => {
    const { unit, intervals } = checkMetricQuery(catalog, query);
    const scope = { tenant: query.tenant, plugin: query.plugin };
    const now = clock();
    const table = createTable(query, intervals);
    const unknownSince = await visitAll(rollups, scope, query, intervals, table.visit);
    const known = intervals.starts.map((start) => start <= now.getTime());
    const groups = [...table.groups].map(([name, cells]) => presentGroup(name, cells, query, known)).sort(largestFirst);
    const isEmpty = query.groupBy === undefined && groups.length === 0;
    const whole = isEmpty ? [presentGroup(null, new Map(), query, known)] : groups;
    return {
      unit,
      timestamps: query.totalsOnly ? [] : intervals.starts.map((start) => new Date(start).toISOString()),
      groups: whole.slice(0, query.groupLimit),
      otherGroups: Math.max(0, whole.length - query.groupLimit),
      asOf: earlier(unknownSince, now.toISOString()),
    };
  };
