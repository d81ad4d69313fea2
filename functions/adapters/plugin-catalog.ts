import type { PluginManifest } from '../../plugins/manifest.ts';
import type { PluginCatalog } from '../core/ports.ts';

export const createPluginCatalog = (manifests: readonly PluginManifest[]): PluginCatalog => {
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  return { list: () => manifests, find: (type) => byName.get(type) };
};
