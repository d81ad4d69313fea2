import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchmarkNab } from './nab.ts';
import { benchmarkNoise } from './noise.ts';

/**
 * `npm run bench:accuracy -- --data DIR --json FILE`: scores the methods against the field's benchmarks. DIR holds a
 * folder a benchmark, as docs/accuracy.md describes.
 */

const { values } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'string' } } });
if (values.data === undefined) throw new Error('--data DIR must name the folder that holds the benchmarks’ data');

const nab = await benchmarkNab(values.data);
console.table({ 'NAB (standard, low FP, low FN)': nab });
const noise = await benchmarkNoise();
console.table({ 'white noise': noise, 'AR(1) 0.5': noise.coloured, found: noise.power });
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ nab, noise }, undefined, 2)}\n`);
