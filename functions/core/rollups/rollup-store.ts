import * as z from 'zod';
import type { Hour, HourContribution, MinuteCells } from './contribution.ts';
import type { Cells } from './series.ts';

/** What travels through the queue of merges. */
export const rollupScopeSchema = z.object({ tenant: z.string().min(1), plugin: z.string().min(1) });
/** Whose metrics: a tenant's, of one plugin. */
export type RollupScope = Readonly<z.infer<typeof rollupScopeSchema>>;

/** An analysis's addition to one hour, as it was filed. */
export interface FiledContribution {
  /** When the analysis ended, ISO 8601 in UTC with milliseconds: contributions to an hour lie in this order. */
  readonly endedAt: string;
  readonly analysisId: string;
  readonly metrics: HourContribution['metrics'];
}

/** A part of an hour's contributions. */
interface FilingPart {
  readonly shards?: readonly number[];
  readonly limit?: number;
}

export interface FiledPage {
  readonly contributions: readonly FiledContribution[];
  /** Whether the limit kept some back. */
  readonly cut: boolean;
}

/** A note that contributions to an hour wait to be merged. */
export interface PendingHour {
  readonly hour: Hour;
  /** They ended before this instant, ISO 8601 in UTC. */
  readonly until: string;
  /** Where they lie, as far as it is known: readers need not look at the other shards. */
  readonly shard?: number;
  /** The analysis that was filed so late that its place may have been passed: the hour is to be merged anew. */
  readonly lateAnalysis?: string;
}

/** One metric within one hour: everything that ended before `mergedUntil` and was filed in time. */
export interface HourRollup {
  readonly mergedUntil: string;
  readonly minutes: MinuteCells;
}

/** One hour within a day, and which version of the hour's rollup it was taken from. */
export interface DayHour {
  readonly mergedUntil: string;
  readonly version: number;
  readonly cells: Cells;
}

/** One metric within one day, by hour of the day, `00` to `23`. */
export interface DayRollup {
  readonly hours: Readonly<Record<string, DayHour>>;
}

/** A stored rollup and its version, by which whoever changes it makes sure that nobody else did meanwhile. */
export interface Versioned<Rollup> {
  readonly version: number;
  readonly rollup: Rollup;
}

/** What an hour's rollups are known to hold, of every metric. */
interface HourState {
  readonly mergedUntil: string | undefined;
  readonly rollups: ReadonlyMap<string, Versioned<HourRollup>>;
}

/** Instants between which analyses ended: at or after the first, before the second; ISO 8601 in UTC. */
interface FilingRange {
  readonly from: string;
  readonly before: string;
}

/** The contributions of analyses, and what was merged of them: a view that can be recomputed from the contributions. */
export interface RollupStore {
  /** Parts that the contributions to an hour are spread over. */
  readonly shards: number;
  /** The one that an analysis's contributions lie in. */
  shardOf(analysisId: string): number;
  /** Files what an analysis adds; filing it twice changes nothing. */
  file(
    scope: RollupScope,
    analysis: { analysisId: string; endedAt: string },
    hours: readonly HourContribution[],
  ): Promise<void>;
  note(scope: RollupScope, pending: readonly PendingHour[]): Promise<void>;
  /** At most `limit` notes of hours within a range (both ends included), the latest hours first. */
  pending(scope: RollupScope, range: { from: Hour; to: Hour }, limit: number): Promise<PendingHour[]>;
  forget(scope: RollupScope, pending: readonly PendingHour[]): Promise<void>;
  /**
   * Contributions to an hour, page by page.
   * @param part the shards to look at, all when left out, and the most of each
   */
  contributions(scope: RollupScope, hour: Hour, range: FilingRange, part?: FilingPart): AsyncIterable<FiledPage>;
  readHour(scope: RollupScope, hour: Hour): Promise<HourState>;
  /** Until when each hour is merged, of every metric; hours that never were are left out. */
  readMerged(scope: RollupScope, hours: readonly Hour[]): Promise<Map<Hour, string>>;
  /** Says that an hour's rollups, of every metric, hold what ended before; an earlier instant than noted changes nothing. */
  noteMerged(scope: RollupScope, hour: Hour, mergedUntil: string): Promise<void>;
  /** Returns false when somebody else has stored another version meanwhile; `version` is the one read, 0 for none. */
  storeHour(scope: RollupScope, metric: string, hour: Hour, rollup: HourRollup, version: number): Promise<boolean>;
  storeDay(scope: RollupScope, metric: string, day: string, rollup: DayRollup, version: number): Promise<boolean>;
  readHours(scope: RollupScope, metric: string, hours: readonly Hour[]): Promise<Map<Hour, HourRollup>>;
  /** The rollups between two days, both included, by day `YYYY-MM-DD`. */
  readDays(
    scope: RollupScope,
    metric: string,
    range: { from: string; to: string },
  ): Promise<Map<string, Versioned<DayRollup>>>;
}

/** Asks that a plugin's pending hours be merged. */
export interface RollupQueue {
  send(scope: RollupScope, options: { readonly delaySeconds: number }): Promise<void>;
}
