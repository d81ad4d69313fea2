import { describe, expect, test } from 'vitest';
import { adjustedRandIndex } from '../../../../models/clustering/adjusted-rand.ts';
import { clusterAutomatically } from '../../../../models/clustering/automatic.ts';
import { assignPoint, buildCodebook } from '../../../../models/clustering/codebook.ts';
import { kMeans } from '../../../../models/clustering/k-means.ts';
import { toPoints } from '../../../../models/clustering/points.ts';
import { measureSeparations } from '../../../../models/clustering/separation.ts';
import { silhouettes } from '../../../../models/clustering/silhouette.ts';
import { assessStability } from '../../../../models/clustering/stability.ts';
import { mannWhitney } from '../../../../models/statistics/mann-whitney.ts';
import { oneAgainstRest } from '../../../../models/statistics/one-against-rest.ts';
import { createRandom } from '../../../../models/statistics/random.ts';
import { blobs, inTurn, plane, rings } from './shapes.ts';

const SQUARE = [
  [0, 0],
  [5, 0],
  [0, 5],
  [5, 5],
] as const;

describe('the automatic choice', () => {
  test('takes density-based clusters for rings', () => {
    const { chosen, labels } = clusterAutomatically(rings(800));
    expect(chosen?.method).toBe('hdbscan');
    expect(adjustedRandIndex(labels, inTurn(800, 2))).toBeGreaterThan(0.95);
  });

  test('tells bell-shaped clusters apart that touch', () => {
    const { chosen, labels } = clusterAutomatically(blobs(600, SQUARE));
    expect(chosen?.clusters).toBe(4);
    expect(adjustedRandIndex(labels, inTurn(600, 4))).toBeGreaterThan(0.9);
  });

  test('finds nothing that lasts in one bell-shaped cloud', () => {
    const { chosen } = clusterAutomatically(blobs(500, [[0, 0]], 4));
    expect(chosen?.stability.agreement ?? 0).toBeLessThan(0.9);
  });

  test('labels the rows that it did not search', () => {
    const { labels, rows } = clusterAutomatically(
      blobs(3_000, [
        [0, 0],
        [30, 0],
      ]),
    );
    expect(rows.length).toBeLessThan(3_000);
    expect(adjustedRandIndex(labels, inTurn(3_000, 2))).toBeGreaterThan(0.99);
  });

  test('does not stumble over few, equal or constant points', () => {
    for (const n of [2, 3, 12])
      expect(clusterAutomatically(toPoints(new Float64Array(n * 2), 2)).labels).toHaveLength(n);
    expect(
      clusterAutomatically(
        toPoints(
          Float64Array.from({ length: 300 }, (_, i) => i % 3),
          1,
        ),
      ).labels,
    ).toHaveLength(300);
  });
});

describe('judges of a partition', () => {
  test('stability is 1 for clusters that lie apart and lower for a cut through one cloud', () => {
    const apart = blobs(200, [
      [0, 0],
      [30, 0],
    ]);
    const one = blobs(200, [[0, 0]]);
    const judge = (points: typeof apart, k: number) =>
      assessStability(points, [kMeans(points, k).labels], (part) => [{ labels: kMeans(part, k).labels }], 1)[0];

    expect(judge(apart, 2)?.agreement).toBeCloseTo(1, 12);
    expect(Math.min(...(judge(apart, 2)?.jaccards ?? []))).toBeCloseTo(1, 12);
    expect(judge(one, 5)?.agreement).toBeLessThan(0.95);
  });

  test('a valley divides clusters and none divides the halves of a uniform square', () => {
    const apart = blobs(600, SQUARE);
    const uniform = plane(600, 2, (_, random) => [random(), random()]);
    const halves = Int32Array.from({ length: 600 }, (_, i) => ((uniform.values[2 * i] ?? 0) < 0.5 ? 0 : 1));

    expect(measureSeparations(apart, [inTurn(600, 4)])[0]?.valley).toBeGreaterThan(0.85);
    expect(measureSeparations(uniform, [halves])[0]?.valley).toBeLessThan(0.65);
  });

  test('silhouettes and the adjusted Rand index are those of scikit-learn', () => {
    const points = toPoints(Float64Array.of(1, 1, 1.2, 0.9, 0.8, 1.1, 5, 5, 5.1, 4.8, 4.9, 5.3, 9, 1, 9.2, 1.1), 2);
    const widths = silhouettes(points, Int32Array.of(0, 0, 0, 1, 1, 1, 2, 2));

    expect(Array.from(widths, (width) => Number(width.toFixed(6)))).toEqual([
      0.960661, 0.940299, 0.941748, 0.952307, 0.930513, 0.926415, 0.96064, 0.961146,
    ]);
    expect(adjustedRandIndex(Int32Array.of(0, 0, 1, 1, 2, 2, 2), Int32Array.of(0, 0, 1, 2, 2, 2, 1))).toBeCloseTo(
      0.2125,
      10,
    );
  });
});

describe('a codebook', () => {
  const points = rings(600);
  const codebook = buildCodebook(points, inTurn(600, 2), 20, 1);

  test('puts new points of a ring where the ring is, and calls what lies between outliers', () => {
    const fresh = rings(200, 9);
    const labels = Int32Array.from({ length: 200 }, (_, i) => assignPoint(codebook, fresh.values, 2 * i).label);

    expect(labels.filter((label, i) => label === i % 2).length).toBeGreaterThan(180);
    expect(assignPoint(codebook, Float64Array.of(0, 0), 0)).toMatchObject({ label: -1, nearest: 0, strength: 0 });
    expect(assignPoint(codebook, Float64Array.of(40, 0), 0)).toMatchObject({ label: -1, nearest: 1, strength: 0 });
  });

  test('is surer of a point in the middle than of one near the border', () => {
    const { values } = codebook.codes;
    const middle = assignPoint(codebook, values.slice(0, 2), 0);
    expect(middle.strength).toBe(1);
  });
});

test('each group against the rest is the Mann–Whitney test of the two', () => {
  const random = createRandom(2);
  const values = Float64Array.from({ length: 90 }, (_, i) => Math.round(10 * random()) + (i % 3 === 2 ? 2 : 0));
  const groups = inTurn(90, 3);
  const own = values.filter((_, i) => i % 3 === 2);
  const rest = values.filter((_, i) => i % 3 !== 2);
  const { superiority, pValue } = mannWhitney(rest, own);
  const third = oneAgainstRest(values, groups, 3)[2];

  expect(third?.delta).toBeCloseTo(2 * superiority - 1, 12);
  expect(third?.pValue).toBeCloseTo(2 * pValue, 9);
});
