import type { Plugin } from 'esbuild';
import type { DiscoveredPlugin } from '../../plugins/discovery.ts';
import { root, WORKER_HANDLER } from '../function-entries.ts';

/** Generates the two entry modules of a worker: the Lambda handler, and the thread that holds the plugin's code. */
export const workerModules = (plugins: readonly DiscoveredPlugin[]): Plugin => ({
  name: 'worker-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^plugin-(worker|thread):/ }, ({ path }) => {
      const [namespace, name] = path.split(':');
      return { namespace: namespace ?? '', path: name ?? '' };
    });
    onLoad({ filter: /.*/, namespace: 'plugin-worker' }, ({ path }) => {
      const plugin = plugins.find(({ manifest }) => manifest.name === path);
      return {
        resolveDir: root,
        contents: `import { createPluginWorker } from './${WORKER_HANDLER}';
          export const handler = createPluginWorker(${JSON.stringify(plugin?.manifest)});`,
      };
    });
    onLoad({ filter: /.*/, namespace: 'plugin-thread' }, ({ path }) => {
      const plugin = plugins.find(({ manifest }) => manifest.name === path);
      // What runs networks weighs more than most plugins: those that do not ask for models go without,
      // and those that do load it when they first use one.
      const loader = plugin?.manifest.models === true ? ", () => import('./functions/adapters/network-loader.ts')" : '';
      return {
        resolveDir: root,
        contents: `import * as plugin from ${JSON.stringify(plugin?.entry)};
          import { servePlugin } from './functions/plugin-host/thread.ts';
          servePlugin(plugin, ${JSON.stringify(plugin?.manifest)}${loader});`,
      };
    });
  },
});
