import { type Points, toPoints } from '../../../../models/clustering/points.ts';
import { createRandom, nextNormal, type Random } from '../../../../models/statistics/random.ts';

/** Points of the plane, drawn one after another by a seeded source. */
export const plane = (
  n: number,
  seed: number,
  draw: (i: number, random: Random) => readonly [number, number],
): Points => {
  const random = createRandom(seed);
  return toPoints(Float64Array.from(Array.from({ length: n }, (_, i) => draw(i, random)).flat()), 2);
};

/** Round clusters of standard deviation 1, one a centre, taken in turn. */
export const blobs = (n: number, centres: readonly (readonly [number, number])[], seed = 1): Points =>
  plane(n, seed, (i, random) => {
    const [x, y] = centres[i % centres.length] ?? [0, 0];
    return [x + nextNormal(random), y + nextNormal(random)];
  });

/** The number of the shape that each point was drawn from. */
export const inTurn = (n: number, k: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i % k);

/** Two rings, one in the other, taken in turn. */
export const rings = (n: number, seed = 1): Points =>
  plane(n, seed, (i, random) => {
    const radius = (i % 2 === 0 ? 2 : 5) + 0.2 * nextNormal(random);
    const angle = 2 * Math.PI * random();
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
