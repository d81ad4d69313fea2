import type { PluginManifest } from '../../plugins/manifest.ts';
import type { PluginCatalog, QueueDepth, QueueMonitor } from './ports.ts';

export interface PluginView {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly type: string;
  readonly capabilities: readonly string[];
  readonly dimensions: readonly string[];
  readonly resources: PluginManifest['resources'];
  readonly state: { readonly status: 'active' | 'failing'; readonly queue: QueueDepth };
}

/** The installed plugins with what their manifests say and the state of their queues. */
export const listPlugins = async ({
  catalog,
  queues,
}: {
  catalog: PluginCatalog;
  queues: QueueMonitor;
}): Promise<{ success: true; plugins: PluginView[] }> => {
  const plugins = await Promise.all(
    catalog.list().map(async ({ name, version, description, type, capabilities, dimensions, resources }) => {
      const queue = await queues.depth(name);
      const status = queue.deadLettered > 0 ? ('failing' as const) : ('active' as const);
      return { name, version, description, type, capabilities, dimensions, resources, state: { status, queue } };
    }),
  );
  return { success: true, plugins };
};
