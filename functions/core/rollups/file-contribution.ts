import type { EndedAnalysis } from '../analysis.ts';
import type { Clock } from '../ports.ts';
import type { HourContribution } from './contribution.ts';
import type { PendingHour, RollupQueue, RollupStore } from './rollup-store.ts';

/**
 * What ended this long ago has been filed, or says that it was late: rollups hold nothing that ended later. Half of it
 * is for filing, half for clocks that differ.
 */
export const SETTLING_MS = 15_000;
/** Contributions that end within one window share a note and a request to merge them. */
export const WINDOW_MS = 30_000;
/** Notes remembered as left already; forgetting them costs a write. */
const MOST_REMEMBERED = 10_000;
/** SQS's limit. */
const LONGEST_DELAY_SECONDS = 900;

export interface FilingDependencies {
  readonly rollups: RollupStore;
  readonly rollupQueue: RollupQueue;
  readonly clock: Clock;
}

export type FileContribution = (
  analysis: Pick<EndedAnalysis, 'tenant' | 'type' | 'analysisId' | 'endedAt'>,
  hours: readonly HourContribution[],
) => Promise<void>;

const windowEnd = (at: number): number => (Math.floor(at / WINDOW_MS) + 1) * WINDOW_MS;

/**
 * Files what a completed analysis adds to its plugin's metrics, notes the hours that it touches, and asks for them to
 * be merged once the window has settled.
 *
 * Its place follows from when the analysis ended, which is stored with it, so a redelivery files the same at the same
 * place. When that place may have been merged already, because a worker died in between or was held up, a note says so
 * and the hour is merged anew.
 */
export const createContributionFiler = ({ rollups, rollupQueue, clock }: FilingDependencies): FileContribution => {
  const remembered = new Set<string>();
  const isNew = (key: string): boolean => !remembered.has(key);
  const remember = (keys: readonly string[]): void => {
    if (remembered.size > MOST_REMEMBERED) remembered.clear();
    for (const key of keys) remembered.add(key);
  };

  return async ({ tenant, type, analysisId, endedAt }, hours) => {
    if (hours.length === 0) return;
    const scope = { tenant, plugin: type };
    await rollups.file(scope, { analysisId, endedAt }, hours);
    const until = windowEnd(Date.parse(endedAt));
    const isLate = clock().getTime() - Date.parse(endedAt) > SETTLING_MS / 2;
    const shard = rollups.shardOf(analysisId);
    const keyOf = (hour: string): string => [tenant, type, hour, until, shard].join('\n');
    const notes = hours
      .filter(({ hour }) => isLate || isNew(keyOf(hour)))
      .map(
        ({ hour }): PendingHour => ({
          hour,
          until: new Date(until).toISOString(),
          shard,
          ...(isLate ? { lateAnalysis: analysisId } : {}),
        }),
      );
    if (notes.length === 0) return;
    await rollups.note(scope, notes);
    const settled = Math.ceil((until + SETTLING_MS - clock().getTime()) / 1000) + 1;
    await rollupQueue.send(scope, { delaySeconds: Math.min(LONGEST_DELAY_SECONDS, Math.max(1, settled)) });
    if (!isLate) remember(notes.map(({ hour }) => keyOf(hour)));
  };
};
