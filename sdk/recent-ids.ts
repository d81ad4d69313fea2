/** Milliseconds that an id is remembered for, at least. Events come again within a minute or two of one another. */
const REMEMBERED_MS = 5 * 60_000;
/** Ids of one generation, however young it is. */
const MOST_IDS = 20_000;

/** Remembers the ids of the last minutes in two generations, of which the older is forgotten as a whole. */
export const createRecentIds = () => {
  let young = new Set<string>();
  let old = new Set<string>();
  let since = Date.now();
  return {
    /** @returns whether it is met for the first time */
    add(id: string): boolean {
      if (young.has(id) || old.has(id)) return false;
      if (young.size >= MOST_IDS || Date.now() - since > REMEMBERED_MS) {
        old = young;
        young = new Set();
        since = Date.now();
      }
      young.add(id);
      return true;
    },
  };
};
