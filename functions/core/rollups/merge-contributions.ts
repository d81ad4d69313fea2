import pMap from 'p-map';
import type { Clock } from '../ports.ts';
import type { Hour, MinuteCells } from './contribution.ts';
import { SETTLING_MS } from './file-contribution.ts';
import type {
  DayHour,
  DayRollup,
  HourRollup,
  PendingHour,
  RollupQueue,
  RollupScope,
  RollupStore,
  Versioned,
} from './rollup-store.ts';
import { type Cells, createSeriesSummarizer, type SeriesSummarizer } from './series.ts';

export interface MergeDependencies {
  readonly rollups: RollupStore;
  readonly rollupQueue: RollupQueue;
  readonly clock: Clock;
}

/** Notes one run takes on; the rest is left to the next. */
const MOST_NOTES = 500;
const CONCURRENT_HOURS = 8;
const CONCURRENT_METRICS = 4;
/** Tries to store a day that other hours of it are being stored in at the same time. */
const MOST_DAY_TRIES = 8;
/** Seconds until the rest is looked at. */
const NEXT_RUN_SECONDS = 2;

/** Every hour that can be named. */
const ALL_HOURS = { from: '0000', to: '9999' };

/** The rollups of one hour in the making, by metric. */
class HourMerge {
  readonly #metrics = new Map<string, Map<string, SeriesSummarizer>>();

  add(metric: string, minutes: MinuteCells): void {
    const known = this.#metrics.get(metric) ?? new Map<string, SeriesSummarizer>();
    this.#metrics.set(metric, known);
    for (const [minute, cells] of Object.entries(minutes)) {
      const series = known.get(minute) ?? createSeriesSummarizer();
      known.set(minute, series);
      series.merge(cells);
    }
  }

  finish(mergedUntil: string): Map<string, HourRollup> {
    return new Map(
      [...this.#metrics].map(([metric, minutes]) => {
        const cells = Object.fromEntries([...minutes].map(([minute, series]) => [minute, series.summarize()]));
        return [metric, { mergedUntil, minutes: cells }];
      }),
    );
  }
}

const sumMinutes = ({ minutes }: HourRollup): Cells => {
  const hour = createSeriesSummarizer();
  for (const cells of Object.values(minutes)) hour.merge(cells);
  return hour.summarize();
};

type MergedHour = ReadonlyMap<string, Versioned<HourRollup>>;

/** The latest of some instants; another run, whose clock is ahead, may have merged further than this one would. */
const latest = (instants: readonly string[]): string => [...instants].sort().at(-1) ?? '';

/**
 * Merges into an hour what ended since it was last merged, or anew everything there is.
 * Returns its rollups by metric; undefined when somebody else is merging it too.
 */
const mergeHour = async (
  { rollups }: MergeDependencies,
  scope: RollupScope,
  hour: Hour,
  { settled, anew }: { settled: string; anew: boolean },
): Promise<MergedHour | undefined> => {
  const state = await rollups.readHour(scope, hour);
  const versionOf = (metric: string): number => state.rollups.get(metric)?.version ?? 0;
  const mergedUntil = (metric: string): string => (anew ? '' : (state.rollups.get(metric)?.rollup.mergedUntil ?? ''));
  const before = latest([settled, ...[...state.rollups.values()].map(({ rollup }) => rollup.mergedUntil)]);
  const merge = new HourMerge();
  if (!anew) for (const [metric, { rollup }] of state.rollups) merge.add(metric, rollup.minutes);
  const range = { from: anew ? '' : (state.mergedUntil ?? ''), before };
  for await (const { contributions } of rollups.contributions(scope, hour, range)) {
    for (const { endedAt, metrics } of contributions) {
      for (const [metric, minutes] of Object.entries(metrics)) {
        // A rollup may be ahead of the others, when a run before this one ended half-way.
        if (endedAt >= mergedUntil(metric)) merge.add(metric, minutes);
      }
    }
  }
  const merged = merge.finish(before);
  const stored = await pMap(
    merged,
    ([metric, rollup]) => rollups.storeHour(scope, metric, hour, rollup, versionOf(metric)),
    { concurrency: CONCURRENT_METRICS },
  );
  if (!stored.every(Boolean)) return undefined;
  return new Map([...merged].map(([metric, rollup]) => [metric, { version: versionOf(metric) + 1, rollup }]));
};

/** Whether an hour of a day is to be replaced: it was merged further, or merged anew as far. */
const isNewer = (entry: DayHour, known: DayHour | undefined): boolean =>
  known === undefined ||
  entry.mergedUntil > known.mergedUntil ||
  (entry.mergedUntil === known.mergedUntil && entry.version > known.version);

/** Puts hours into the day they lie in; an hour that was merged further meanwhile stays. */
const storeDay = async (
  { rollups }: MergeDependencies,
  scope: RollupScope,
  metric: string,
  day: string,
  hours: ReadonlyMap<Hour, Versioned<HourRollup>>,
): Promise<boolean> => {
  const entries = [...hours].map(([hour, { version, rollup }]) => ({
    name: hour.slice(11),
    entry: { mergedUntil: rollup.mergedUntil, version, cells: sumMinutes(rollup) },
  }));
  for (let attempt = 0; attempt < MOST_DAY_TRIES; attempt += 1) {
    const stored = (await rollups.readDays(scope, metric, { from: day, to: day })).get(day);
    const known: DayRollup = stored?.rollup ?? { hours: {} };
    const newer = entries.filter(({ name, entry }) => isNewer(entry, known.hours[name]));
    if (newer.length === 0) return true;
    const changed = Object.fromEntries(newer.map(({ name, entry }) => [name, entry]));
    const rollup = { hours: { ...known.hours, ...changed } };
    if (await rollups.storeDay(scope, metric, day, rollup, stored?.version ?? 0)) return true;
  }
  return false;
};

/** Metric and day → the hours that were merged. */
const byDay = (merged: ReadonlyMap<Hour, MergedHour>) => {
  const days = new Map<string, { metric: string; day: string; hours: Map<Hour, Versioned<HourRollup>> }>();
  for (const [hour, rollups] of merged) {
    for (const [metric, rollup] of rollups) {
      const day = hour.slice(0, 10);
      const group = days.get(`${metric}#${day}`) ?? { metric, day, hours: new Map() };
      days.set(`${metric}#${day}`, group);
      group.hours.set(hour, rollup);
    }
  }
  return [...days.values()];
};

const mergeHours = async (
  dependencies: MergeDependencies,
  scope: RollupScope,
  due: readonly PendingHour[],
  settled: string,
): Promise<Map<Hour, MergedHour>> => {
  const hours = [...new Set(due.map(({ hour }) => hour))];
  const late = new Set(due.flatMap(({ hour, lateAnalysis }) => (lateAnalysis === undefined ? [] : hour)));
  const merged = new Map<Hour, MergedHour>();
  await pMap(
    hours,
    async (hour) => {
      const rollups = await mergeHour(dependencies, scope, hour, { settled, anew: late.has(hour) });
      if (rollups !== undefined) merged.set(hour, rollups);
    },
    { concurrency: CONCURRENT_HOURS },
  );
  return merged;
};

/**
 * Merges what waits of a plugin's contributions into the rollups of the hours they belong to, and those into their
 * days. It may be asked for at any time and any number of times: each rollup says until when it holds everything.
 *
 * The order of writing is what makes a run that ends half-way harmless: hours, days, how far the hour is merged, and
 * only then the notes are forgotten.
 */
export const mergeContributions = async (dependencies: MergeDependencies, scope: RollupScope): Promise<void> => {
  const { rollups, rollupQueue, clock } = dependencies;
  const settled = new Date(clock().getTime() - SETTLING_MS).toISOString();
  const pending = await rollups.pending(scope, ALL_HOURS, MOST_NOTES);
  const due = pending.filter(({ until }) => until <= settled);
  const merged = await mergeHours(dependencies, scope, due, settled);
  const unfinished = new Set<string>();
  await pMap(
    byDay(merged),
    async ({ metric, day, hours }) => {
      if (!(await storeDay(dependencies, scope, metric, day, hours))) unfinished.add(day);
    },
    { concurrency: CONCURRENT_METRICS },
  );
  const done = due.filter(({ hour }) => merged.has(hour) && !unfinished.has(hour.slice(0, 10)));
  const doneHours = [...new Set(done.map(({ hour }) => hour))];
  await pMap(doneHours, (hour) => rollups.noteMerged(scope, hour, settled), { concurrency: CONCURRENT_HOURS });
  await rollups.forget(scope, done);
  if (pending.length === MOST_NOTES || done.length < due.length) {
    await rollupQueue.send(scope, { delaySeconds: NEXT_RUN_SECONDS });
  }
};
