import type { ArtifactStore } from '../../core/model-ports.ts';

export const createMemoryArtifactStore = (): ArtifactStore => {
  const artifacts = new Map<string, Uint8Array>();
  return {
    async put(key, bytes) {
      artifacts.set(key, Uint8Array.from(bytes));
    },
    get: async (key) => artifacts.get(key),
    async delete(key) {
      artifacts.delete(key);
    },
  };
};
