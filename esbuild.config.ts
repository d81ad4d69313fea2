import { watch } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, type BuildResult, build, context, type Metafile, type Plugin } from 'esbuild';
import { type DiscoveredPlugin, discoverPlugins, parsePluginNames } from './plugins/discovery.ts';

/**
 * Builds one minified ESM bundle a function into `dist/functions/<name>/`:
 * every handler under `functions/{http,websocket,queue,schedule}` and one worker per discovered plugin.
 *
 *   node esbuild.config.ts            build once
 *   node esbuild.config.ts --watch    build, then rebuild what changes; prints `built NAME` for each bundle written
 */

const root = dirname(fileURLToPath(import.meta.url));
const HANDLER_FOLDERS = ['http', 'websocket', 'queue', 'schedule'];
/** The worker handler is not a function of its own: each plugin gets a copy bound to its manifest. */
const WORKER_HANDLER = 'functions/queue/plugin-worker.ts';

/** In Node the package's own choice is its build with `debug`, which no function reads. */
const SOCKET_IO_PARSER = fileURLToPath(import.meta.resolve('socket.io-parser')).replace('esm-debug', 'esm');

interface FunctionEntry {
  readonly in: string;
  readonly out: string;
}

const handlerEntries = async (): Promise<FunctionEntry[]> => {
  const folders = await Promise.all(
    HANDLER_FOLDERS.map(async (folder) => {
      const files = await readdir(join(root, 'functions', folder)).catch(() => []);
      return files.filter((file) => file.endsWith('.ts')).map((file) => join('functions', folder, file));
    }),
  );
  return folders
    .flat()
    .filter((file) => file !== WORKER_HANDLER)
    .map((file) => ({ in: join(root, file), out: `${basename(file, '.ts')}/index` }));
};

const workerEntries = ({ manifest }: DiscoveredPlugin): FunctionEntry[] => [
  { in: `plugin-worker:${manifest.name}`, out: `worker-${manifest.name}/index` },
  { in: `plugin-thread:${manifest.name}`, out: `worker-${manifest.name}/plugin` },
];

/** Generates the two entry modules of a worker: the Lambda handler, and the thread that holds the plugin's code. */
const workerModules = (plugins: readonly DiscoveredPlugin[]): Plugin => ({
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
      // What runs networks weighs more than most plugins: those that do not ask for models go without.
      const loader =
        plugin?.manifest.models === true
          ? "import { networkLoader } from './functions/adapters/network-loader.ts';"
          : '';
      return {
        resolveDir: root,
        contents: `import * as plugin from ${JSON.stringify(plugin?.entry)};
          import { servePlugin } from './functions/plugin-host/thread.ts';
          ${loader}
          servePlugin(plugin, ${JSON.stringify(plugin?.manifest)}${loader === '' ? '' : ', networkLoader'});`,
      };
    });
  },
});

/**
 * Loads a plugin's `.js` files without regard to this package's `"type": "module"`,
 * so that a CommonJS plugin (`module.exports = class …`) and an ESM one both work as they were written.
 */
const pluginJavaScript = (pluginsDir: string): Plugin => ({
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

/**
 * TensorFlow.js as ES modules, of which only what is used is bundled, and its WebAssembly beside each bundle that holds
 * the backend.
 */
const tensorFlow = (): Plugin => {
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

/**
 * Lambda hands a function its credentials in the environment. The SDK would bring what finds them anywhere else: profiles,
 * single sign-on, instance metadata, each with a client of its own.
 */
const lambdaCredentials: Plugin = {
  name: 'lambda-credentials',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      namespace: 'lambda-credentials',
      path: 'environment',
    }));
    onLoad({ filter: /.*/, namespace: 'lambda-credentials' }, () => ({
      resolveDir: root,
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
    }));
  },
};

/** The part of a metafile that describes one function's outputs. */
const metafileOf = (metafile: Metafile, folder: string): Metafile => {
  const outputs = Object.fromEntries(
    Object.entries(metafile.outputs).filter(([file]) => resolve(root, dirname(file)) === folder),
  );
  const used = new Set(Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs)));
  return { outputs, inputs: Object.fromEntries(Object.entries(metafile.inputs).filter(([file]) => used.has(file))) };
};

/** Writes only what changed, so that whoever watches a bundle sees exactly the changes that concern it. */
const writeIfChanged = async (file: string, contents: Uint8Array): Promise<boolean> => {
  const before = await readFile(file).catch(() => undefined);
  if (before?.equals(contents)) return false;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, contents);
  return true;
};

type FunctionsResult = BuildResult<{ metafile: true; write: false }>;

/** Returns the names of the functions of which something changed. */
const writeBundles = async (result: FunctionsResult): Promise<string[]> => {
  const written = new Set<string>();
  for (const { path, contents } of result.outputFiles) {
    if (await writeIfChanged(path, contents)) written.add(basename(dirname(path)));
  }
  return [...written].sort();
};

/** Writes every function with its metafile, and removes what belongs to none any more. */
const writeFunctions = async (result: FunctionsResult, outdir: string): Promise<string[]> => {
  const folders = new Set(result.outputFiles.map(({ path }) => dirname(path)));
  for (const stale of await readdir(outdir).catch(() => [])) {
    if (!folders.has(join(outdir, stale))) await rm(join(outdir, stale), { recursive: true });
  }
  const written = await writeBundles(result);
  for (const folder of folders) {
    await writeIfChanged(join(folder, 'meta.json'), Buffer.from(JSON.stringify(metafileOf(result.metafile, folder))));
  }
  return written;
};

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
    alias: { 'socket.io-parser': SOCKET_IO_PARSER },
    define: { PLUGIN_MANIFESTS: JSON.stringify(plugins.map(({ manifest }) => manifest)) },
    // Some dependencies are CommonJS and call require, which an ES module does not have, or ask for their folder.
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);const __dirname=import.meta.dirname;",
    },
    plugins: [workerModules(plugins), pluginJavaScript(pluginsDir), tensorFlow(), lambdaCredentials],
    logLevel: 'warning',
  } satisfies BuildOptions;
};

/** Builds every function once and returns the names of the bundles that changed. */
export const buildFunctions = async (options: FunctionBuild): Promise<string[]> =>
  writeFunctions(await build(await buildOptions(options)), options.outdir);

/** Milliseconds that a burst of file events is gathered for; an editor writes a file in several steps. */
const SETTLE_MS = 30;

/** Calls `onChange` with the absolute paths of changed sources, shortly after they changed. */
const watchSources = (folders: readonly string[], onChange: (paths: ReadonlySet<string>) => void): void => {
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  for (const folder of folders) {
    watch(folder, { recursive: true }, (_, file) => {
      if (file === null) return;
      changed.add(join(folder, file));
      clearTimeout(timer);
      timer = setTimeout(() => {
        onChange(changed);
        changed = new Set();
      }, SETTLE_MS);
    });
  }
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
