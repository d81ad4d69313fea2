import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DiscoveredPlugin } from '../plugins/discovery.ts';

/** Folder of this package. */
export const root = dirname(import.meta.dirname);

const HANDLER_FOLDERS = ['http', 'websocket', 'queue', 'schedule'];
/** The worker handler is not a function of its own: each plugin gets a copy bound to its manifest. */
export const WORKER_HANDLER = 'functions/queue/plugin-worker.ts';

/** One file that is bundled, and the bundle's path without its ending. */
export interface FunctionEntry {
  readonly in: string;
  readonly out: string;
}

export const handlerEntries = async (): Promise<FunctionEntry[]> => {
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

/** The handler of a plugin's worker, and the thread that holds the plugin's code. */
export const workerEntries = ({ manifest }: DiscoveredPlugin): FunctionEntry[] => [
  { in: `plugin-worker:${manifest.name}`, out: `worker-${manifest.name}/index` },
  { in: `plugin-thread:${manifest.name}`, out: `worker-${manifest.name}/plugin` },
];
