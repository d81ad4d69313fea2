import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/** Builds the page into `dist/web`, unless it was built from the same sources, and holds it to its budget. */

/** Bytes, with gzip, of everything that the page may ever load. */
const BUDGET = 250 * 1024;

const here = import.meta.dirname;
const root = join(here, '..');
const outDir = resolve(root, process.env['BUILD_DIR'] ?? 'dist', 'web');
/** Beside the page, not in it, for it would be deployed. */
const stampFile = `${outDir}.sources`;

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();

/** Of all that the page is made from: its sources, the versions of its libraries, and what it was built to. */
const fingerprint = (): string => {
  const hash = createHash('sha256');
  for (const file of [...filesIn(here), join(root, 'package-lock.json')]) {
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

const gzippedBytes = (file: string): number => gzipSync(readFileSync(file), { level: 9 }).length;

/** @throws {Error} when the page has outgrown its budget */
const checkBudget = (): void => {
  const bytes = filesIn(outDir).reduce((sum, file) => sum + gzippedBytes(file), 0);
  console.log(`Page in ${relative(root, outDir)}: ${(bytes / 1024).toFixed(0)} KB with gzip of ${BUDGET / 1024} KB`);
  if (bytes > BUDGET) throw new Error('The page has outgrown its budget: leave something out, or load it later');
};

const main = async (): Promise<void> => {
  const wanted = fingerprint();
  if (read(stampFile) !== wanted || read(join(outDir, 'index.html')) === undefined) {
    await build({ root: here, logLevel: 'warn' });
    checkBudget();
    mkdirSync(resolve(outDir, '..'), { recursive: true });
    writeFileSync(stampFile, wanted);
  } else console.log(`Page in ${relative(root, outDir)}: unchanged`);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
