import { expect, test } from 'vitest';
import { trainAutoencoder } from '../../../../models/networks/autoencoder.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

/** Four metrics that follow one load; in the last row one of them does not. */
const rows = (n: number): Float32Array => {
  const random = createRandom(1);
  const data = new Float32Array(4 * n);
  for (let row = 0; row < n; row += 1) {
    const load = nextNormal(random);
    for (let k = 0; k < 4; k += 1) data[4 * row + k] = load + nextNormal(random) / 5;
  }
  data.set([1.5, 1.5, -1.5, 1.5], 4 * (n - 1));
  return data;
};

test('a row that does not follow the others comes back changed, and the same seed gives the same network', async () => {
  const data = rows(600);
  const listeners = process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
  const first = await trainAutoencoder(data, 4, 7);
  const second = await trainAutoencoder(data, 4, 7);
  const errors = Array.from({ length: 600 }, (_, row) =>
    [0, 1, 2, 3].reduce((sum, k) => {
      const at = 4 * row + k;
      return sum + ((data[at] ?? 0) - (first.reconstruction[at] ?? 0)) ** 2;
    }, 0),
  );

  expect(errors.indexOf(Math.max(...errors))).toBe(599);
  expect(second.reconstruction).toEqual(first.reconstruction);
  expect(first.backend).toBe('wasm');
  expect(process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection')).toBe(listeners);
});
