import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { root } from '../function-entries.ts';

/**
 * TensorFlow.js as ES modules, of which only what is used is bundled, and its WebAssembly beside each bundle that holds
 * the backend.
 */
export const tensorFlow = (): Plugin => {
  const modules = join(root, 'node_modules', '@tensorflow');
  const wasm = 'tfjs-backend-wasm-simd.wasm';
  return {
    name: 'tensorflow',
    setup({ onResolve, onEnd }) {
      onResolve({ filter: /^@tensorflow\/tfjs-(core|layers|backend-cpu|backend-wasm)$/ }, ({ path }) => ({
        path: join(root, 'node_modules', path, 'dist', 'index.js'),
      }));
      onEnd(async ({ metafile, outputFiles }) => {
        const bundles = Object.entries(metafile?.outputs ?? {}).filter(([, { inputs }]) =>
          Object.keys(inputs).some((input) => input.includes('tfjs-backend-wasm/')),
        );
        if (bundles.length === 0) return;
        const contents = await readFile(join(modules, 'tfjs-backend-wasm', 'dist', wasm));
        for (const [file] of bundles) {
          const path = join(root, dirname(file), wasm);
          outputFiles?.push({ path, contents, hash: '', text: '' });
        }
      });
    },
  };
};
