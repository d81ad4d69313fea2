import { watch } from 'node:fs';
import type { LambdaFunction } from './lambda/function.ts';

/** Milliseconds without a change after which a build is taken to be written. */
const SETTLE_MS = 50;

/** Replaces a function's threads whenever its bundle changes on disk. */
export const watchCode = (functions: readonly LambdaFunction[]): { stop(): void } => {
  const watchers = functions.map((target) => {
    let timer: NodeJS.Timeout | undefined;
    const reload = async (changedAt: number): Promise<void> => {
      await target.reload();
      console.log(`reloaded ${target.options.label} (${Math.round(performance.now() - changedAt)} ms)`);
    };
    return watch(target.options.folder, (_, file) => {
      if (file === null || !/\.(mjs|js|wasm)$/.test(file)) return;
      const changedAt = performance.now();
      clearTimeout(timer);
      timer = setTimeout(() => void reload(changedAt), SETTLE_MS);
    });
  });
  return {
    stop: () => {
      for (const watcher of watchers) watcher.close();
    },
  };
};
