import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Loads a plugin's `.js` files without regard to this package's `"type": "module"`,
 * so that a CommonJS plugin (`module.exports = class …`) and an ESM one both work as they were written.
 */
export const pluginJavaScript = (pluginsDir: string): Plugin => ({
  name: 'plugin-javascript',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.js$/ }, ({ path, resolveDir, kind }) => {
      const file = resolve(resolveDir, path);
      const own = kind !== 'entry-point' && file.startsWith(pluginsDir) && !file.includes('node_modules');
      return own ? { namespace: 'plugin-javascript', path: file } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'plugin-javascript' }, async ({ path }) => ({
      contents: await readFile(path, 'utf8'),
      resolveDir: dirname(path),
      loader: 'js',
    }));
  },
});
