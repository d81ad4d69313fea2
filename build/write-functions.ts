import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { BuildResult, Metafile } from 'esbuild';
import { root } from './function-entries.ts';

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

export type FunctionsResult = BuildResult<{ metafile: true; write: false }>;

/** Returns the names of the functions of which something changed. */
export const writeBundles = async (result: FunctionsResult): Promise<string[]> => {
  const written = new Set<string>();
  for (const { path, contents } of result.outputFiles) {
    if (await writeIfChanged(path, contents)) written.add(basename(dirname(path)));
  }
  return [...written].sort();
};

/** Writes every function with its metafile, and removes what belongs to none any more. */
export const writeFunctions = async (result: FunctionsResult, outdir: string): Promise<string[]> => {
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
