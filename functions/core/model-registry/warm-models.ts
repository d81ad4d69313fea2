import type { ModelAnswer, ServedBy } from '../../../plugins/contract.ts';
import type { LoadedNetwork, NetworkLoader } from '../model-ports.ts';
import type { Clock, Logger } from '../ports.ts';
import type { DataRow } from '../training/training-data.ts';
import { type Champion, type FindChampion, UNUSABLE_ALERT } from './find-champion.ts';
import type { ModelKey } from './model.ts';

export interface WarmModelDependencies {
  readonly findChampion: FindChampion;
  readonly loader: NetworkLoader;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Milliseconds that a champion is served before it is asked whether it still is one. */
const FRESH_MS = 60_000;
/** Models an execution environment keeps in memory; beyond them the one that was used longest ago goes. */
const MOST_WARM = 20;

interface WarmModel extends ServedBy {
  readonly network: LoadedNetwork;
}

interface Entry {
  model: WarmModel | undefined;
  /** Epoch ms of the last look. */
  lookedAt: number;
  looking: Promise<void> | undefined;
  /** Predictions in hand: a network is not freed under them. */
  inUse: number;
}

export interface WarmModels {
  /** @returns undefined when the tenant has no champion of that name */
  predict(key: ModelKey, rows: readonly DataRow[]): Promise<(ModelAnswer & ServedBy) | undefined>;
}

/**
 * Keeps champions in memory and asks once a minute at most whether another has been promoted. While that cannot be told,
 * or the new one cannot be loaded, the one in memory goes on serving.
 */
export const createWarmModels = ({ findChampion, loader, clock, logger }: WarmModelDependencies): WarmModels => {
  const entries = new Map<string, Entry>();

  const replace = async (entry: Entry, key: ModelKey, champion: Exclude<Champion, 'unchanged'>): Promise<void> => {
    const { model: former } = entry;
    if (champion === undefined) {
      entry.model = undefined;
    } else {
      const { version, learnedUntil } = champion;
      entry.model = { version, learnedUntil, network: await loader.load(champion) };
      logger.info('A champion was loaded', { ...key, version: champion.version });
    }
    // Answers that are being worked out have the former one's numbers in hand until they end.
    if (former !== undefined) retire(entry, former);
  };

  const retire = (entry: Entry, { network }: WarmModel): void => {
    if (entry.inUse === 0) network.dispose();
    else setTimeout(() => network.dispose(), FRESH_MS).unref();
  };

  const look = async (entry: Entry, key: ModelKey): Promise<void> => {
    const found = await findChampion({ ...key, known: entry.model?.version });
    if (found !== 'unchanged') await replace(entry, key, found);
    // That there is none is not remembered: the first version shall serve as soon as it is there.
    entry.lookedAt = found === undefined ? 0 : clock().getTime();
  };

  const lookUnlessFresh = async (entry: Entry, key: ModelKey): Promise<void> => {
    if (clock().getTime() - entry.lookedAt < FRESH_MS) return;
    entry.looking ??= look(entry, key).finally(() => {
      entry.looking = undefined;
    });
    try {
      await entry.looking;
    } catch (error) {
      if (entry.model === undefined) throw error;
      logger.error('A champion could not be looked at; the last one goes on serving', {
        alert: UNUSABLE_ALERT,
        ...key,
        version: entry.model.version,
        error,
      });
      entry.lookedAt = clock().getTime();
    }
  };

  const entryOf = ({ tenant, model }: ModelKey): Entry => {
    const name = `${tenant}\n${model}`;
    const entry = entries.get(name) ?? { model: undefined, lookedAt: 0, looking: undefined, inUse: 0 };
    // Last used, last in the order.
    entries.delete(name);
    entries.set(name, entry);
    const [oldest] = entries;
    if (entries.size > MOST_WARM && oldest !== undefined) {
      entries.delete(oldest[0]);
      if (oldest[1].model !== undefined) retire(oldest[1], oldest[1].model);
    }
    return entry;
  };

  return {
    async predict(key, rows) {
      const entry = entryOf(key);
      await lookUnlessFresh(entry, key);
      const { model } = entry;
      if (model === undefined) return undefined;
      entry.inUse += 1;
      try {
        const { version, learnedUntil, network } = model;
        return { ...(await network.predict(rows)), version, learnedUntil };
      } finally {
        entry.inUse -= 1;
      }
    },
  };
};
