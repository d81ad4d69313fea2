import type { PluginManifest } from '../../plugins/manifest.ts';
import { AppError } from './errors.ts';
import type { PluginCatalog } from './ports.ts';

/** @throws {AppError} `analysis.unknown_type`, naming the types there are. */
export const requirePlugin = (catalog: PluginCatalog, type: string): PluginManifest => {
  const manifest = catalog.find(type);
  if (manifest !== undefined) return manifest;
  const known = catalog.list().map(({ name }) => name);
  throw new AppError('analysis.unknown_type', `No plugin handles the type "${type}"`, {
    details: [{ field: 'type', message: `must be one of: ${known.join(', ')}` }],
  });
};
