import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

/** `npm run bench:bundles`: raw and gzip size of each bundle in `dist/functions`; `--json FILE` writes the figures. */

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const folder = join(import.meta.dirname, '../dist/functions');

const figures = readdirSync(folder).flatMap((name) =>
  readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => {
      const path = join(folder, name, file);
      const gzip = gzipSync(readFileSync(path), { level: 9 }).length;
      return { bundle: `${name}/${file}`, raw: statSync(path).size, gzip };
    }),
);

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1).padStart(8);

for (const { bundle, raw, gzip } of figures) {
  console.log(`${bundle.padEnd(36)} ${kilobytes(raw)} KB raw ${kilobytes(gzip)} KB gzip`);
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
