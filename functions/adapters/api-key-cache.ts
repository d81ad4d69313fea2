import type { ApiKey } from '../core/api-key.ts';
import type { ApiKeyStore, Clock } from '../core/ports.ts';

/** Milliseconds that a key is taken to hold once it was found: a third of the minute within which a revocation must act. */
const TTL_MS = 20_000;
const MOST_KEYS = 1_000;

/** Remembers keys that were found, so that a busy client does not cost a read a request. */
export const createApiKeyCache = (store: ApiKeyStore, clock: Clock): Pick<ApiKeyStore, 'find'> => {
  const kept = new Map<string, { readonly key: ApiKey; readonly until: number }>();
  return {
    async find(hash) {
      const now = clock().getTime();
      const entry = kept.get(hash);
      if (entry !== undefined && entry.until > now) return entry.key;
      kept.delete(hash);
      const key = await store.find(hash);
      if (key === undefined) return undefined;
      const [oldest] = kept.keys();
      if (kept.size >= MOST_KEYS && oldest !== undefined) kept.delete(oldest);
      kept.set(hash, { key, until: now + TTL_MS });
      return key;
    },
  };
};
