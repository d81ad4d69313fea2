import type { QueueOptions } from './api.ts';
import { parseJson } from './http.ts';

/** Where what waits is kept between the lives of a client. Each entry is a submission's JSON. */
export interface QueueStorage {
  /** What earlier clients of this name have left. */
  load(): Promise<string[]>;
  /** Keeps these in place of what was kept before. */
  save(entries: () => string[]): void;
}

const none: QueueStorage = { load: async () => [], save: () => {} };

const asNames = (text: string | null): string[] => {
  const value = text === null ? undefined : parseJson(text);
  return Array.isArray(value) ? value.map(String) : [];
};

/**
 * Keeps a queue in a key-value storage that several tabs may share. Each client writes under a key of its own, and a list
 * names those keys. A client that starts takes over all of them, even those of tabs that are still there: what two tabs
 * send is taken once, because it goes with the same idempotency key.
 */
export const createQueueStorage = (
  persistence: QueueOptions['persistence'],
  instance: string,
  onError: (cause: unknown) => void,
): QueueStorage => {
  if (persistence === undefined) return none;
  const { storage, name } = persistence;
  const list = `ai-analytics:${name}`;
  const keyOf = (id: string): string => `${list}:${id}`;
  let found: string[] = [];
  let wanted: (() => string[]) | undefined;
  let writing = false;

  const write = async (entries: readonly string[]): Promise<void> => {
    const key = keyOf(instance);
    if (entries.length > 0) await storage.setItem(key, entries.join('\n'));
    const names = asNames(await storage.getItem(list));
    const kept = names.filter((id) => id !== instance && !found.includes(id));
    if (entries.length > 0) kept.push(instance);
    if (kept.length === 0) await storage.removeItem(list);
    else if (kept.join() !== names.join()) await storage.setItem(list, JSON.stringify(kept));
    if (entries.length === 0) await storage.removeItem(key);
    // Only now are the entries of others safe under this client's own key.
    for (const id of found) await storage.removeItem(keyOf(id));
    found = [];
  };

  return {
    async load() {
      try {
        const names = asNames(await storage.getItem(list));
        const texts = await Promise.all(names.map((id) => storage.getItem(keyOf(id))));
        found = names;
        return texts.flatMap((text) => text?.split('\n') ?? []).filter((text) => text !== '');
      } catch (cause) {
        onError(cause);
        return [];
      }
    },

    async save(entries) {
      wanted = entries;
      if (writing) return;
      writing = true;
      try {
        for (; wanted !== undefined; ) {
          // Whatever changes in this turn is written at once.
          await Promise.resolve();
          const latest: () => string[] = wanted;
          wanted = undefined;
          await write(latest());
        }
      } catch (cause) {
        onError(cause);
      } finally {
        writing = false;
      }
    },
  };
};
