import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseArff } from '../../../../bench/accuracy/arff.ts';
import { benchmarkClustering } from '../../../../bench/accuracy/clustering.ts';
import { blobs } from './shapes.ts';

const HEADER = `% a comment
@RELATION flowers
@attribute 'petal length' REAL
@attribute colour {red, 'dark blue'}
@ATTRIBUTE class {a,b,noise}
@data`;

test('an ARFF file is read with quotes, comments and missing cells', () => {
  const { attributes, rows } = parseArff(`${HEADER}\n1.5, red ,a\n% no row\n?,'dark blue',noise\r\n2,?,b\n`);

  expect(attributes.map(({ name, nominal }) => [name, nominal])).toEqual([
    ['petal length', false],
    ['colour', true],
    ['class', true],
  ]);
  expect(rows).toEqual([
    ['1.5', 'red', 'a'],
    [undefined, 'dark blue', 'noise'],
    ['2', undefined, 'b'],
  ]);
});

test('the benchmark scores labelled sets, whatever their columns, and leaves out what has no class', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clustering-'));
  for (const name of ['artificial', 'real-world']) await mkdir(join(folder, 'clustering', name), { recursive: true });
  const { values } = blobs(200, [
    [0, 0],
    [40, 0],
  ]);
  const numbers = Array.from({ length: 200 }, (_, i) => `${values[2 * i]},${values[2 * i + 1]}`);
  const numeric = '@relation r\n@attribute x real\n@attribute y real\n';
  const write = (path: string, text: string) => writeFile(join(folder, 'clustering', path), text);
  await write(
    'artificial/two.arff',
    `${numeric}@attribute class {0,1}\n@data\n${numbers.map((row, i) => `${row},${i % 2}`).join('\n')}`,
  );
  await write('artificial/unlabelled.arff', `${numeric}@data\n${numbers.join('\n')}`);
  const nominal = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? '?,red,a' : "?,'dark blue',b"));
  await write('real-world/nominal.arff', `${HEADER}\n${nominal.join('\n')}\n`);

  const { sets, meanAri, peers } = await benchmarkClustering(folder);
  await rm(folder, { recursive: true });

  expect(sets).toBe(2);
  expect(meanAri).toBeGreaterThan(0.95);
  expect(peers.kMeans.meanAri).toBeLessThan(meanAri);
});
