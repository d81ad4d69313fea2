import type { FiledPage, RollupStore } from './rollup-store.ts';

/** What readings read. */
export type RollupReads = Pick<RollupStore, 'pending' | 'readMerged' | 'readHours' | 'readDays'> & {
  readonly readContributions: (...args: Parameters<RollupStore['contributions']>) => Promise<readonly FiledPage[]>;
};

const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
};

/**
 * Lets readings that overlap, as those of a dashboard's widgets do, share what they read: contributions and notes are
 * the same for all metrics of a plugin. It is forgotten once no reading is under way, so that the next one sees what has
 * been filed since.
 */
export const createSharedReads = (rollups: RollupStore) => {
  const known = new Map<string, Promise<unknown>>();
  let underWay = 0;

  const share =
    <Args extends readonly unknown[], Value>(name: string, read: (...args: Args) => Promise<Value>) =>
    (...args: Args): Promise<Value> => {
      const key = JSON.stringify([name, args]);
      const shared = (known.get(key) as Promise<Value> | undefined) ?? read(...args);
      known.set(key, shared);
      return shared;
    };

  const reads: RollupReads = {
    pending: share('pending', (...args) => rollups.pending(...args)),
    readMerged: share('readMerged', (...args) => rollups.readMerged(...args)),
    readHours: share('readHours', (...args) => rollups.readHours(...args)),
    readDays: share('readDays', (...args) => rollups.readDays(...args)),
    readContributions: share('contributions', (...args) => collect(rollups.contributions(...args))),
  };

  /** Runs a reading. */
  return async <Value>(reading: (reads: RollupReads) => Promise<Value>): Promise<Value> => {
    underWay += 1;
    try {
      return await reading(reads);
    } finally {
      underWay -= 1;
      if (underWay === 0) known.clear();
    }
  };
};
