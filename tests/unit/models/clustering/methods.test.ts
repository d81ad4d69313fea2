import { describe, expect, test } from 'vitest';
import { adjustedRandIndex } from '../../../../models/clustering/adjusted-rand.ts';
import { dbscan, kneeRadius } from '../../../../models/clustering/dbscan.ts';
import { gaussianMixture } from '../../../../models/clustering/gaussian-mixture.ts';
import { hdbscan } from '../../../../models/clustering/hdbscan.ts';
import { kMeans } from '../../../../models/clustering/k-means.ts';
import { createKdTree, neighbourDistances } from '../../../../models/clustering/kd-tree.ts';
import { countClusters, type Points, squaredDistance, toPoints } from '../../../../models/clustering/points.ts';
import { irisPoints } from './iris.ts';
import { blobs, inTurn, plane, rings } from './shapes.ts';

/** A number in [0, 1) that any language computes alike. */
const hash = (i: number): number => {
  const value = Math.sin(i * 12.9898 + 4.1414) * 43_758.5453;
  return value - Math.floor(value);
};

const hashNormal = (i: number): number =>
  Math.sqrt(-2 * Math.log(1 - hash(2 * i))) * Math.cos(2 * Math.PI * hash(2 * i + 1));

const CENTRES = [
  [0, 0, 0.5],
  [4, 0, 0.8],
  [2, 4, 0.3],
] as const;

/** Three clusters of different density, every tenth point noise. */
const referencePoints = (): Points =>
  toPoints(
    Float64Array.from(
      Array.from({ length: 120 }, (_, i) => {
        if (i % 10 === 9) return [hash(5000 + i) * 12 - 4, hash(6000 + i) * 12 - 4];
        const [x, y, spread] = CENTRES[i % 3] ?? CENTRES[0];
        return [x + spread * hashNormal(1000 + i), y + spread * hashNormal(3000 + i)];
      }).flat(),
    ),
    2,
  );

const write = (labels: Int32Array): string => Array.from(labels, (label) => (label < 0 ? '.' : String(label))).join('');

const parse = (text: string): Int32Array => Int32Array.from(text, (sign) => (sign === '.' ? -1 : Number(sign)));

describe('k-means', () => {
  test('reaches the sum of squares that is published for iris', () => {
    expect(kMeans(irisPoints(), 3).inertia).toBeCloseTo(78.851, 3);
  });

  test('assigns each point to its nearest centroid, whatever distances the bounds skip', () => {
    const points = blobs(400, [
      [0, 0],
      [3, 1],
      [1, 4],
      [6, 6],
    ]);
    const { centroids, labels } = kMeans(points, 7);

    for (let i = 0; i < points.count; i += 1) {
      const distances = Array.from({ length: 7 }, (_, at) =>
        squaredDistance(points.values, 2 * i, centroids, 2 * at, 2),
      );
      expect(distances[labels[i] ?? 0]).toBeCloseTo(Math.min(...distances), 9);
    }
  });

  test('gives the same for the same seed', () => {
    const points = blobs(200, [[0, 0]]);
    expect(kMeans(points, 5, { seed: 7 }).labels).toEqual(kMeans(points, 5, { seed: 7 }).labels);
  });
});

describe('a Gaussian mixture', () => {
  test('has the BIC that mclust publishes for iris with two full components', () => {
    expect(gaussianMixture(irisPoints(), 2).bic).toBeCloseTo(574.02, 0);
  });

  test('finds its weights and means again', () => {
    const points = plane(2_000, 3, (i, random) => [i % 4 === 0 ? 10 + random() : random(), random()]);
    const { weights, means } = gaussianMixture(points, 2);
    const large = (weights[0] ?? 0) > (weights[1] ?? 0) ? 0 : 1;

    expect(weights[large]).toBeCloseTo(0.75, 6);
    expect(means[2 * large]).toBeCloseTo(0.5, 1);
  });

  test('survives points that all coincide', () => {
    const { bic, labels } = gaussianMixture(toPoints(new Float64Array(60), 2), 2);
    expect(Number.isFinite(bic)).toBe(true);
    expect(labels).toHaveLength(30);
  });
});

describe('density-based clusters', () => {
  test('are those of scikit-learn’s DBSCAN', () => {
    expect(write(dbscan(referencePoints(), 0.6, 5))).toBe(
      '0120120.22120320320.2..201201.0320120.2.320120.20.201201201.0120.20120320120120.20.20.201.0120120.2.120.20120.203201203.',
    );
  });

  test('are those of scikit-learn’s HDBSCAN', () => {
    const five =
      '1201201200201201201.012012012.120120120.20120120100120120121120120120120120120120120120120120120120.201201201.0120120122';
    const ten =
      '1201201200201201201.012012012.120120120.201201201.01201201211201201201201201201.01.01201211201201.00201.01201.0120120122';
    const { labels, strengths } = hdbscan(referencePoints(), 5);

    // Equal reachabilities may be joined in any order, which moves a point or two.
    expect(adjustedRandIndex(labels, parse(five))).toBeGreaterThan(0.95);
    expect(adjustedRandIndex(hdbscan(referencePoints(), 10).labels, parse(ten))).toBeGreaterThan(0.95);
    expect(Array.from(strengths.slice(0, 6), (strength) => Number(strength.toFixed(4)))).toEqual([
      1, 1, 0.7251, 0.9235, 0.7208, 0.4148,
    ]);
  });

  test('follow shapes that no centre stands for', () => {
    const points = rings(500);
    expect(adjustedRandIndex(hdbscan(points, 10).labels, inTurn(500, 2))).toBeGreaterThan(0.95);
    expect(adjustedRandIndex(kMeans(points, 2).labels, inTurn(500, 2))).toBeLessThan(0.1);
  });

  test('are found by DBSCAN with the radius at the knee', () => {
    const points = blobs(300, [
      [0, 0],
      [20, 0],
    ]);
    expect(countClusters(dbscan(points, kneeRadius(points, 4), 4))).toBe(2);
  });
});

test('the tree of neighbours finds what a full scan finds', () => {
  const points = blobs(300, [[0, 0]], 5);
  const tree = createKdTree(points);
  const rows = new Int32Array(4);
  const squared = new Float64Array(4);
  const near = new Int32Array(300);
  for (let i = 0; i < 20; i += 1) {
    const all = Array.from({ length: 300 }, (_, j) => squaredDistance(points.values, 2 * i, points.values, 2 * j, 2));
    const sorted = all.toSorted((a, b) => a - b);
    tree.nearest(points.values, 2 * i, rows, squared);
    expect([...squared]).toEqual(sorted.slice(0, 4));
    expect(tree.within(points.values, 2 * i, 0.25, near)).toBe(all.filter((distance) => distance <= 0.25).length);
    expect(neighbourDistances(points, [4])[0]?.[i]).toBeCloseTo(Math.sqrt(sorted[3] ?? 0), 12);
  }
});
