import type { Hour } from '../../core/rollups/contribution.ts';
import type {
  DayRollup,
  FiledContribution,
  HourRollup,
  PendingHour,
  RollupQueue,
  RollupScope,
  RollupStore,
  Versioned,
} from '../../core/rollups/rollup-store.ts';

const sortedKeys = <Value>(map: ReadonlyMap<string, Value>, prefix: string): string[] =>
  [...map.keys()].filter((key) => key.startsWith(prefix)).sort();

const keyOf = ({ tenant, plugin }: RollupScope, ...rest: string[]): string =>
  `${[tenant, plugin, ...rest].join('\n')}\n`;

/** The rollup store in memory, for tests and for trying a use case out. What is stored goes through JSON, as it would. */
export const createMemoryRollupStore = (): RollupStore => {
  const contributions = new Map<string, string>();
  const notes = new Map<string, PendingHour>();
  const merged = new Map<string, string>();
  const hours = new Map<string, { version: number; json: string }>();
  const days = new Map<string, { version: number; json: string }>();

  const noteKey = (scope: RollupScope, { hour, until, shard, lateAnalysis = '' }: PendingHour): string =>
    keyOf(scope, hour, until, String(shard ?? ''), lateAnalysis);

  const read = <Rollup>(stored: { version: number; json: string }): Versioned<Rollup> => ({
    version: stored.version,
    rollup: JSON.parse(stored.json),
  });

  const put = (
    map: Map<string, { version: number; json: string }>,
    key: string,
    rollup: HourRollup | DayRollup,
    version: number,
  ): boolean => {
    if ((map.get(key)?.version ?? 0) !== version) return false;
    map.set(key, { version: version + 1, json: JSON.stringify(rollup) });
    return true;
  };

  const hoursOf = (scope: RollupScope, hour: Hour): Map<string, Versioned<HourRollup>> => {
    const prefix = keyOf(scope, hour);
    const found = sortedKeys(hours, prefix).map((key) => [key.slice(prefix.length, -1), hours.get(key)] as const);
    return new Map(
      found.flatMap(([metric, stored]): [string, Versioned<HourRollup>][] =>
        stored === undefined ? [] : [[metric, read(stored)]],
      ),
    );
  };

  return {
    shards: 1,
    shardOf: () => 0,
    async file(scope, { analysisId, endedAt }, filed) {
      for (const { hour, metrics } of filed) {
        contributions.set(keyOf(scope, hour, endedAt, analysisId), JSON.stringify({ endedAt, analysisId, metrics }));
      }
    },
    async note(scope, pending) {
      for (const note of pending) notes.set(noteKey(scope, note), note);
    },
    pending: async (scope, { from, to }, limit) =>
      sortedKeys(notes, keyOf(scope))
        .flatMap((key) => notes.get(key) ?? [])
        .filter(({ hour }) => hour >= from && hour <= to)
        .reverse()
        .slice(0, limit),
    async forget(scope, pending) {
      for (const note of pending) notes.delete(noteKey(scope, note));
    },
    async *contributions(scope, hour, { from, before }, { limit } = {}) {
      const filed = sortedKeys(contributions, keyOf(scope, hour))
        .map((key): FiledContribution => JSON.parse(contributions.get(key) ?? ''))
        .filter(({ endedAt }) => endedAt >= from && endedAt < before);
      yield { contributions: filed.slice(0, limit), cut: limit !== undefined && filed.length > limit };
    },
    readHour: async (scope, hour) => ({
      mergedUntil: merged.get(keyOf(scope, hour)),
      rollups: hoursOf(scope, hour),
    }),
    readMerged: async (scope, asked) =>
      new Map(
        asked.flatMap((hour): [Hour, string][] => {
          const mergedUntil = merged.get(keyOf(scope, hour));
          return mergedUntil === undefined ? [] : [[hour, mergedUntil]];
        }),
      ),
    async noteMerged(scope, hour, mergedUntil) {
      const key = keyOf(scope, hour);
      if ((merged.get(key) ?? '') < mergedUntil) merged.set(key, mergedUntil);
    },
    storeHour: async (scope, metric, hour, rollup, version) => put(hours, keyOf(scope, hour, metric), rollup, version),
    storeDay: async (scope, metric, day, rollup, version) => put(days, keyOf(scope, metric, day), rollup, version),
    readHours: async (scope, metric, asked) =>
      new Map(
        asked.flatMap((hour): [Hour, HourRollup][] => {
          const stored = hours.get(keyOf(scope, hour, metric));
          return stored === undefined ? [] : [[hour, read<HourRollup>(stored).rollup]];
        }),
      ),
    async readDays(scope, metric, { from, to }) {
      const prefix = keyOf(scope, metric);
      return new Map(
        sortedKeys(days, prefix)
          .map((key) => [key.slice(prefix.length, -1), days.get(key)] as const)
          .flatMap(([day, stored]): [string, Versioned<DayRollup>][] =>
            stored === undefined || day < from || day > to ? [] : [[day, read(stored)]],
          ),
      );
    },
  };
};

/** A queue that keeps who was asked for. */
export const createMemoryRollupQueue = () => {
  const asked: (RollupScope & { delaySeconds: number })[] = [];
  const queue: RollupQueue = {
    async send(scope, { delaySeconds }) {
      asked.push({ ...scope, delaySeconds });
    },
  };
  return { asked, queue };
};
