import { expect, test } from 'vitest';
import { profileOf, stabilityOf } from '../../../../models/statistics/population-stability.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

const normals = (count: number, seed: number, mean = 0): Float32Array => {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => mean + nextNormal(random));
};

test('chance alone goes beyond its bound about once in a thousand times', () => {
  let beyond = 0;
  for (let seed = 0; seed < 500; seed += 1) {
    const { index, chance } = stabilityOf(profileOf(normals(400, 2 * seed + 1)), normals(200, 2 * seed + 2));
    if (index > chance) beyond += 1;
  }

  expect(beyond).toBeLessThanOrEqual(3);
});

test('a move of the mean by half a standard deviation is told from chance, at the index that theory gives', () => {
  const { index, chance } = stabilityOf(profileOf(normals(20_000, 1)), normals(20_000, 2, 0.5));

  // For normals the index of ever finer bins is the move squared, in variances; ten bins see most of it.
  expect(index).toBeGreaterThan(0.2);
  expect(index).toBeLessThan(0.25);
  expect(index).toBeGreaterThan(chance);
});

test('columns of a few values, or of one, have as many bins as they have values', () => {
  const flags = profileOf(Float32Array.from({ length: 100 }, (_, at) => at % 2));
  const constant = profileOf(new Float32Array(100).fill(3));

  expect(flags.shares).toHaveLength(2);
  expect(
    stabilityOf(
      flags,
      Float32Array.from({ length: 100 }, (_, at) => at % 2),
    ).index,
  ).toBeCloseTo(0, 10);
  expect(stabilityOf(flags, new Float32Array(100).fill(1)).index).toBeGreaterThan(1);
  expect(stabilityOf(constant, new Float32Array(50).fill(3)).index).toBeCloseTo(0, 10);
});
