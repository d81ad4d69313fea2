import type { DocumentStore } from '../../core/ports.ts';

export const createMemoryDocumentStore = (): DocumentStore => {
  const documents = new Map<string, string>();
  return {
    async put(key, json) {
      documents.set(key, json);
    },
    async get(key) {
      const json = documents.get(key);
      return json === undefined ? undefined : JSON.parse(json);
    },
    async delete(key) {
      documents.delete(key);
    },
    link: async (key) => ({
      url: `data:application/json,${encodeURIComponent(documents.get(key) ?? '')}`,
      expiresAt: '9999-12-31T23:59:59.999Z',
    }),
  };
};
