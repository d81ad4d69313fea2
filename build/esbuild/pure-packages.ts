import type { Plugin } from 'esbuild';

/**
 * Packages that do nothing when they are imported but do not say so (`sideEffects`) in their package.json. Without it
 * each would stay in every function, because the composition root names the adapters of all.
 */
const PURE =
  /^(@upstash\/(ratelimit|core-analytics|redis)|@socket\.io\/component-emitter|socket\.io-parser|engine\.io-parser|aws4fetch|@aws\/lambda-invoke-store|@aws-lambda-powertools\/[\w/]+)$/;

/** Of these, `main` names CommonJS, of which nothing can be left out; the ES module lies beside it. */
const asModule = (file: string): string =>
  file.replace(/(@upstash\/(?:ratelimit|core-analytics)\/dist\/index)\.js$/, '$1.mjs');

export const purePackages: Plugin = {
  name: 'pure-packages',
  setup({ onResolve, resolve }) {
    onResolve({ filter: PURE }, async ({ path, pluginData, ...options }) => {
      if (pluginData === purePackages) return undefined;
      const { importer, namespace, resolveDir, kind } = options;
      const resolved = await resolve(path, { importer, namespace, resolveDir, kind, pluginData: purePackages });
      return {
        path: asModule(resolved.path),
        errors: resolved.errors,
        warnings: resolved.warnings,
        sideEffects: false,
      };
    });
  },
};
