import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureFunctions, readBuiltFiles } from '../build/budgets.ts';

/**
 * `npm run bench:bundles`: raw and gzip size of what each function of `dist/functions` loads, against its budget;
 * `--json FILE` writes the figures.
 */

const { values } = parseArgs({ options: { json: { type: 'string' } } });

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1).padStart(8);

const sizes = await measureFunctions(await readBuiltFiles(join(import.meta.dirname, '../dist/functions')));
for (const { name, files, gzip, budget, allowed } of sizes) {
  const raw = files.reduce((sum, file) => sum + file.raw, 0);
  const share = `${Math.round((100 * gzip) / allowed)} % of ${budget}`;
  console.log(`${name.padEnd(24)} ${kilobytes(raw)} KB raw ${kilobytes(gzip)} KB gzip  ${share}`);
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(sizes, null, 2)}\n`);
