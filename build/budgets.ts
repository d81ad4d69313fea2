import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import budgets from '../budgets.json' with { type: 'json' };

/**
 * What a cold start has to load, held against `budgets.json`, in bytes of gzip: of a function everything that is
 * deployed, its JavaScript and its WebAssembly.
 */
export type BudgetName = keyof typeof budgets;

export interface BuiltFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

interface FileSize {
  readonly file: string;
  /** Bytes. */
  readonly raw: number;
  readonly gzip: number;
}

export interface BundleSize {
  readonly name: string;
  readonly budget: BudgetName;
  readonly allowed: number;
  /** Bytes, of all files together. */
  readonly gzip: number;
  readonly files: readonly FileSize[];
}

class BudgetError extends Error {
  override readonly name = 'BudgetError';
}

const compress = promisify(gzip);

export const gzipBytes = async (contents: Uint8Array): Promise<number> =>
  (await compress(contents, { level: 9 })).length;

const budgetOf = (name: string, files: readonly BuiltFile[]): BudgetName => {
  if (files.some(({ path }) => path.endsWith('.wasm'))) return 'tensorflow';
  return name.startsWith('worker-') ? 'worker' : 'handler';
};

const measureFunction = async (folder: string, files: readonly BuiltFile[]): Promise<BundleSize> => {
  const name = basename(folder);
  const budget = budgetOf(name, files);
  const sizes = await Promise.all(
    files.map(async ({ path, contents }) => ({
      file: basename(path),
      raw: contents.length,
      gzip: await gzipBytes(contents),
    })),
  );
  const total = sizes.reduce((sum, { gzip }) => sum + gzip, 0);
  return { name, budget, allowed: budgets[budget], gzip: total, files: sizes };
};

/** Sizes of functions from all files of a build, each function being a folder. */
export const measureFunctions = (files: readonly BuiltFile[]): Promise<BundleSize[]> => {
  const folders = Map.groupBy(files, ({ path }) => dirname(path));
  return Promise.all([...folders].map(([folder, inFolder]) => measureFunction(folder, inFolder)));
};

/** The files of a build that was written before, without what only describes them. */
export const readBuiltFiles = async (outdir: string): Promise<BuiltFile[]> => {
  const names = await readdir(outdir, { recursive: true });
  const paths = names.filter((name) => /\.(mjs|wasm)$/.test(name)).map((name) => join(outdir, name));
  return Promise.all(paths.sort().map(async (path) => ({ path, contents: await readFile(path) })));
};

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`;

/** @throws {BudgetError} naming each bundle that has outgrown its budget, and by how much. */
export const requireWithinBudgets = (sizes: readonly Omit<BundleSize, 'files'>[]): void => {
  const over = sizes.filter(({ gzip, allowed }) => gzip > allowed);
  if (over.length === 0) return;
  const lines = over.map(
    ({ name, gzip, budget, allowed }) =>
      `  ${name} is ${kilobytes(gzip)}; the budget "${budget}" of budgets.json is ${kilobytes(allowed)}`,
  );
  throw new BudgetError(
    `Bundles have outgrown their budgets (gzip):\n${lines.join('\n')}\n` +
      'See what fills one: npx esbuild --analyze, or its meta.json in dist/functions.',
  );
};

/** A bundle that is one file of its own. */
export const requireFileWithinBudget = async (
  name: string,
  budget: BudgetName,
  contents: Uint8Array,
): Promise<number> => {
  const size = await gzipBytes(contents);
  requireWithinBudgets([{ name, budget, allowed: budgets[budget], gzip: size }]);
  return size;
};
