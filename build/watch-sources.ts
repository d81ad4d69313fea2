import { watch } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds that a burst of file events is gathered for; an editor writes a file in several steps. */
const SETTLE_MS = 30;

/** Calls `onChange` with the absolute paths of changed sources, shortly after they changed. */
export const watchSources = (folders: readonly string[], onChange: (paths: ReadonlySet<string>) => void): void => {
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
