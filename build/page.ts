import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { build } from 'vite';
import budgets from '../budgets.json' with { type: 'json' };
import { gzipBytes, requireWithinBudgets } from './budgets.ts';
import { root } from './function-entries.ts';

/** Builds the page of `web/` into `dist/web`, unless it was built from the same sources, and holds it to its budget. */

const web = join(root, 'web');
/** The dialogs: loaded when somebody changes or shares a dashboard. */
const ON_DEMAND = /^overlays-/;

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();

/** Of all that the page is made from: its sources and the versions of its libraries. */
const fingerprint = (): string => {
  const hash = createHash('sha256');
  for (const file of [...filesIn(web), join(root, 'package-lock.json')]) {
    hash.update(relative(root, file)).update(readFileSync(file));
  }
  return hash.digest('hex');
};

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

const sum = async (files: readonly string[]): Promise<number> => {
  const sizes = await Promise.all(files.map((file) => gzipBytes(readFileSync(file))));
  return sizes.reduce((total, size) => total + size, 0);
};

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} KB`;

/** @throws when what a first dashboard may load, whichever it is, has outgrown the budget "page" */
const checkBudget = async (outDir: string): Promise<void> => {
  const { first = [], later = [] } = Object.groupBy(filesIn(outDir), (file) =>
    ON_DEMAND.test(basename(file)) ? 'later' : 'first',
  );
  const bytes = await sum(first);
  requireWithinBudgets([{ name: 'page', budget: 'page', allowed: budgets.page, gzip: bytes }]);
  console.log(`  first load ${kilobytes(bytes)} gzip, and ${kilobytes(await sum(later))} later`);
};

const main = async (): Promise<void> => {
  const started = performance.now();
  const outDir = resolve(root, process.env['BUILD_DIR'] ?? 'dist', 'web');
  // Beside the page and not in it, for it would be deployed.
  const stamp = `${outDir}.sources`;
  const wanted = fingerprint();
  const isBuilt = read(stamp) === wanted && read(join(outDir, 'index.html')) !== undefined;
  if (!isBuilt) await build({ root: web, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  console.log(
    `Page in ${relative(root, outDir)}: ${isBuilt ? 'unchanged' : 'changed'}, ${Math.round(performance.now() - started)} ms`,
  );
  if (isBuilt) return;
  await checkBudget(outDir);
  writeFileSync(stamp, wanted);
};

await main();
