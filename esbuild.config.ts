import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, context } from 'esbuild';
import { measureFunctions, requireWithinBudgets } from './build/budgets.ts';
import { lambdaCredentials } from './build/esbuild/lambda-credentials.ts';
import { pluginJavaScript } from './build/esbuild/plugin-javascript.ts';
import { purePackages } from './build/esbuild/pure-packages.ts';
import { tensorFlow } from './build/esbuild/tensorflow.ts';
import { workerModules } from './build/esbuild/worker-modules.ts';
import { type FunctionEntry, handlerEntries, root, workerEntries } from './build/function-entries.ts';
import { watchSources } from './build/watch-sources.ts';
import { writeBundles, writeFunctions } from './build/write-functions.ts';
import { discoverPlugins, parsePluginNames } from './plugins/discovery.ts';

/**
 * Builds one minified ESM bundle a function into `dist/functions/<name>/`:
 * every handler under `functions/{http,websocket,queue,schedule}` and one worker per discovered plugin.
 *
 *   node esbuild.config.ts            build once
 *   node esbuild.config.ts --watch    build, then rebuild what changes; prints `built NAME` for each bundle written
 */

/** In Node the package's own choice is its build with `debug`, which no function reads. */
const SOCKET_IO_PARSER = fileURLToPath(import.meta.resolve('socket.io-parser')).replace('esm-debug', 'esm');

/** Packages whose manifests name CommonJS alone, though their ES modules lie beside it. */
const esModuleOf = (name: string): string => fileURLToPath(import.meta.resolve(name)).replace(/\.js$/, '.mjs');

export interface FunctionBuild {
  /** Folder with one subfolder a plugin. */
  readonly pluginsDir: string;
  /** Folder that receives one subfolder a function. */
  readonly outdir: string;
  /** Plugins to build; empty builds every enabled one. */
  readonly enabled: readonly string[];
}

const buildOptions = async ({ pluginsDir, outdir, enabled }: FunctionBuild) => {
  const plugins = discoverPlugins(pluginsDir, { enabled });
  return {
    absWorkingDir: root,
    entryPoints: [...(await handlerEntries()), ...plugins.flatMap(workerEntries)],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    keepNames: false,
    format: 'esm',
    platform: 'node',
    // Packages that have ES modules give those: of CommonJS nothing unused can be left out.
    mainFields: ['module', 'main'],
    target: 'node24',
    metafile: true,
    write: false,
    legalComments: 'none',
    alias: {
      'socket.io-parser': SOCKET_IO_PARSER,
      '@upstash/ratelimit': esModuleOf('@upstash/ratelimit'),
      '@upstash/core-analytics': esModuleOf('@upstash/core-analytics'),
    },
    define: { PLUGIN_MANIFESTS: JSON.stringify(plugins.map(({ manifest }) => manifest)) },
    // Some dependencies are CommonJS and call require, which an ES module does not have, or ask for their folder.
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);const __dirname=import.meta.dirname;",
    },
    plugins: [workerModules(plugins), pluginJavaScript(pluginsDir), tensorFlow(), lambdaCredentials, purePackages],
    logLevel: 'warning',
  } satisfies BuildOptions;
};

/**
 * Builds every function once and returns the names of the bundles that changed.
 *
 * @throws when one has outgrown its budget; nothing is written then.
 */
export const buildFunctions = async (options: FunctionBuild): Promise<string[]> => {
  const result = await build(await buildOptions(options));
  requireWithinBudgets(await measureFunctions(result.outputFiles));
  return writeFunctions(result, options.outdir);
};

/**
 * Rebuilds on change until the process ends; `onBuilt` receives the names of the bundles that changed.
 *
 * The sources are watched here and not by esbuild, which polls and may take two seconds to notice. Bundles that change
 * together are built together; a plugin's code is apart, so that a change of it builds nothing else. Minifying is left
 * to the builds that are deployed.
 */
export const watchFunctions = async (options: FunctionBuild, onBuilt: (names: string[]) => void): Promise<void> => {
  const base = await buildOptions(options);
  const isThread = ({ in: source }: FunctionEntry) => source.startsWith('plugin-thread:');
  const groups = [
    base.entryPoints.filter((entry) => !isThread(entry)),
    ...base.entryPoints.filter(isThread).map((entry) => [entry]),
  ];
  const contexts = await Promise.all(groups.map((entryPoints) => context({ ...base, entryPoints, minify: false })));
  const inputs = new Map<(typeof contexts)[number], ReadonlySet<string>>();
  const rebuild = async (bundles: (typeof contexts)[number]): Promise<string[]> => {
    // esbuild has printed what is wrong; the last good bundle stays in place.
    const result = await bundles.rebuild().catch(() => undefined);
    if (result === undefined) return [];
    const files = Object.keys(result.metafile.inputs).map((file) => resolve(root, file.replace(/^[\w-]+:/, '')));
    inputs.set(bundles, new Set(files));
    return writeBundles(result);
  };
  onBuilt((await Promise.all(contexts.map(rebuild))).flat().sort());
  const folders = [join(root, 'functions'), join(root, 'models'), options.pluginsDir];
  watchSources(folders, async (changed) => {
    const concerned = contexts.filter((bundles) => [...changed].some((path) => inputs.get(bundles)?.has(path) ?? true));
    const built = (await Promise.all(concerned.map(rebuild))).flat().sort();
    if (built.length > 0) onBuilt(built);
  });
};

const main = async (): Promise<void> => {
  const options: FunctionBuild = {
    pluginsDir: resolve(root, process.env['PLUGINS_DIR'] ?? 'plugins'),
    outdir: resolve(root, process.env['BUILD_DIR'] ?? 'dist', 'functions'),
    enabled: parsePluginNames(process.env['PLUGINS_ENABLED']),
  };
  const report = (names: string[]) =>
    console.log(names.map((name) => `built ${name}`).join('\n') || 'nothing to rebuild');
  if (process.argv.includes('--watch')) return watchFunctions(options, report);
  const started = performance.now();
  const changed = await buildFunctions(options);
  console.log(
    `Bundles in ${relative(root, options.outdir)}: ${changed.length} changed, ${Math.round(performance.now() - started)} ms`,
  );
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.loadEnvFile(join(root, '.env'));
  } catch {
    // .env is optional: settings may come from the environment alone.
  }
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
