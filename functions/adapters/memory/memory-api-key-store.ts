import type { ApiKey } from '../../core/api-key.ts';
import type { ApiKeyStore } from '../../core/ports.ts';

export const createMemoryApiKeyStore = (): ApiKeyStore => {
  const keys = new Map<string, ApiKey>();
  return {
    async add(key, hash) {
      keys.set(hash, key);
    },
    find: async (hash) => keys.get(hash),
    list: async (tenant) => [...keys.values()].filter((key) => key.tenant === tenant),
    async revoke(tenant, id) {
      const [hash] = [...keys].find(([, key]) => key.tenant === tenant && key.id === id) ?? [];
      return hash !== undefined && keys.delete(hash);
    },
  };
};
