import type { PluginCache } from '../../plugins/contract.ts';

const MOST_ENTRIES = 1000;

interface Entry {
  readonly value: unknown;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/**
 * A cache that lives as long as the plugin's thread, apart for each tenant. Beyond its bound the entry that was
 * written longest ago goes first.
 */
export const createMemoryCache = (now: () => Date): { forTenant(tenant: string): PluginCache } => {
  const entries = new Map<string, Entry>();
  return {
    forTenant: (tenant) => ({
      async get<Value>(key: string): Promise<Value | undefined> {
        const entry = entries.get(`${tenant}\n${key}`);
        return entry === undefined || entry.expiresAt <= now().getTime() ? undefined : (entry.value as Value);
      },
      async set(key, value, { ttlSeconds }) {
        const name = `${tenant}\n${key}`;
        entries.delete(name);
        entries.set(name, { value, expiresAt: now().getTime() + ttlSeconds * 1000 });
        const oldest = entries.keys().next().value;
        if (entries.size > MOST_ENTRIES && oldest !== undefined) entries.delete(oldest);
      },
    }),
  };
};
