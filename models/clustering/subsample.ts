import { createRandom } from '../statistics/random.ts';

/** Numbers of `size` of n rows, drawn without replacement, ascending. */
export const drawRows = (n: number, size: number, seed: number): Int32Array => {
  const random = createRandom(seed);
  const rows = Int32Array.from({ length: n }, (_, row) => row);
  const drawn = Math.min(n, size);
  for (let at = 0; at < drawn; at += 1) {
    const other = at + Math.floor(random() * (n - at));
    const swap = rows[at] ?? 0;
    rows[at] = rows[other] ?? 0;
    rows[other] = swap;
  }
  return rows.slice(0, drawn).sort();
};
