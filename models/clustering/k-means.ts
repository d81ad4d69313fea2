import { createRandom, type Random } from '../statistics/random.ts';
import { meanVariance, type Points, squaredDistance } from './points.ts';

const MOST_ITERATIONS = 100;
/** Lloyd's steps end when the centroids together move by less than this share of the points' variance. */
const TOLERANCE = 1e-4;

export interface KMeans {
  /** [k × d] */
  readonly centroids: Float64Array;
  /** [n], 0 to k − 1 */
  readonly labels: Int32Array;
  /** Sum of squared distances to the own centroid. */
  readonly inertia: number;
}

/** Replaces `closest` by the squared distance to the nearer of what it was and `row`; returns the sum. */
const lowerTo = (points: Points, row: number, closest: Float64Array, into: Float64Array): number => {
  const { values, count, dimensions } = points;
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    const distance = squaredDistance(values, i * dimensions, values, row * dimensions, dimensions);
    const lower = Math.min(distance, closest[i] ?? 0);
    into[i] = lower;
    sum += lower;
  }
  return sum;
};

/** A row drawn with probability in proportion to its weight. */
const draw = (weights: Float64Array, total: number, random: Random): number => {
  let left = random() * total;
  for (let i = 0; i < weights.length; i += 1) {
    left -= weights[i] ?? 0;
    if (left < 0) return i;
  }
  return weights.length - 1;
};

/** Greedy k-means++: of 2 + ⌊ln k⌋ candidates drawn by squared distance the one is taken that lowers the sum most. */
const seedCentroids = (points: Points, k: number, random: Random): Float64Array => {
  const { values, count, dimensions } = points;
  const centroids = new Float64Array(k * dimensions);
  const trials = 2 + Math.floor(Math.log(k));
  let closest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let best = new Float64Array(count);
  let trial = new Float64Array(count);
  let total = 0;
  for (let cluster = 0; cluster < k; cluster += 1) {
    let row = Math.floor(random() * count);
    let lowest = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < (cluster === 0 ? 1 : trials); attempt += 1) {
      const candidate = cluster === 0 ? row : draw(closest, total, random);
      const sum = lowerTo(points, candidate, closest, trial);
      if (sum >= lowest) continue;
      [lowest, row] = [sum, candidate];
      [best, trial] = [trial, best];
    }
    [closest, best] = [best, closest];
    total = lowest;
    centroids.set(values.subarray(row * dimensions, (row + 1) * dimensions), cluster * dimensions);
  }
  return centroids;
};

/** Half the distance of each centroid to the one nearest to it. */
const halfGaps = (centroids: Float64Array, k: number, dimensions: number, gaps: Float64Array): void => {
  gaps.fill(Number.POSITIVE_INFINITY);
  for (let a = 0; a < k; a += 1) {
    for (let b = 0; b < a; b += 1) {
      const half = Math.sqrt(squaredDistance(centroids, a * dimensions, centroids, b * dimensions, dimensions)) / 2;
      if (half < (gaps[a] ?? 0)) gaps[a] = half;
      if (half < (gaps[b] ?? 0)) gaps[b] = half;
    }
  }
};

/** Moves the centroids to their members' means; a cluster without members stays. Returns how far each moved. */
const moveCentroids = (points: Points, labels: Int32Array, centroids: Float64Array, moved: Float64Array): void => {
  const { values, count, dimensions } = points;
  const k = moved.length;
  const means = new Float64Array(k * dimensions);
  const sizes = new Float64Array(k);
  for (let i = 0; i < count; i += 1) {
    const label = labels[i] ?? 0;
    sizes[label] = (sizes[label] ?? 0) + 1;
    for (let along = 0; along < dimensions; along += 1) {
      const at = label * dimensions + along;
      means[at] = (means[at] ?? 0) + (values[i * dimensions + along] ?? 0);
    }
  }
  for (let cluster = 0; cluster < k; cluster += 1) {
    const size = sizes[cluster] ?? 0;
    moved[cluster] = 0;
    if (size === 0) continue;
    const base = cluster * dimensions;
    for (let along = 0; along < dimensions; along += 1) means[base + along] = (means[base + along] ?? 0) / size;
    moved[cluster] = Math.sqrt(squaredDistance(means, base, centroids, base, dimensions));
    centroids.set(means.subarray(base, base + dimensions), base);
  }
};

/** Bounds of Hamerly: above, of the distance to the own centroid; below, of that to any other. */
interface Bounds {
  readonly upper: Float64Array;
  readonly lower: Float64Array;
}

const assignAll = (points: Points, centroids: Float64Array, labels: Int32Array, bounds: Bounds, gaps: Float64Array) => {
  const { values, count, dimensions } = points;
  const k = gaps.length;
  const { upper, lower } = bounds;
  for (let i = 0; i < count; i += 1) {
    const label = labels[i] ?? 0;
    const safe = Math.max(gaps[label] ?? 0, lower[i] ?? 0);
    if ((upper[i] ?? 0) <= safe) continue;
    const own = Math.sqrt(squaredDistance(values, i * dimensions, centroids, label * dimensions, dimensions));
    upper[i] = own;
    if (own <= safe) continue;
    let [nearest, first, second] = [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let cluster = 0; cluster < k; cluster += 1) {
      const distance = squaredDistance(values, i * dimensions, centroids, cluster * dimensions, dimensions);
      if (distance < first) {
        second = first;
        first = distance;
        nearest = cluster;
      } else if (distance < second) second = distance;
    }
    labels[i] = nearest;
    upper[i] = Math.sqrt(first);
    lower[i] = Math.sqrt(second);
  }
};

const loosen = ({ upper, lower }: Bounds, labels: Int32Array, moved: Float64Array): void => {
  let farthest = 0;
  for (const distance of moved) if (distance > farthest) farthest = distance;
  for (let i = 0; i < labels.length; i += 1) {
    upper[i] = (upper[i] ?? 0) + (moved[labels[i] ?? 0] ?? 0);
    lower[i] = (lower[i] ?? 0) - farthest;
  }
};

const lloyd = (points: Points, centroids: Float64Array, tolerance: number): KMeans => {
  const { values, count, dimensions } = points;
  const k = centroids.length / dimensions;
  const labels = new Int32Array(count);
  const bounds = {
    upper: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
    lower: new Float64Array(count).fill(Number.NEGATIVE_INFINITY),
  };
  const gaps = new Float64Array(k);
  const moved = new Float64Array(k);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration += 1) {
    halfGaps(centroids, k, dimensions, gaps);
    assignAll(points, centroids, labels, bounds, gaps);
    moveCentroids(points, labels, centroids, moved);
    loosen(bounds, labels, moved);
    let total = 0;
    for (const distance of moved) total += distance * distance;
    if (total <= tolerance) break;
  }
  halfGaps(centroids, k, dimensions, gaps);
  assignAll(points, centroids, labels, bounds, gaps);
  let inertia = 0;
  for (let i = 0; i < count; i += 1) {
    inertia += squaredDistance(values, i * dimensions, centroids, (labels[i] ?? 0) * dimensions, dimensions);
  }
  return { centroids, labels, inertia };
};

/**
 * k-means by Lloyd's algorithm from greedy k-means++ starts, the best of several. D. Arthur & S. Vassilvitskii,
 * "k-means++: the advantages of careful seeding", SODA (2007); distances are skipped by the bounds of G. Hamerly,
 * "Making k-means even faster", SDM (2010), which change no result.
 *
 * @param points [n × d], n of at least k
 * @param options `restarts` is 10 when not given
 */
export const kMeans = (
  points: Points,
  k: number,
  { restarts = 10, seed = 1 }: { readonly restarts?: number; readonly seed?: number } = {},
): KMeans => {
  const random = createRandom(seed);
  const tolerance = TOLERANCE * meanVariance(points);
  let best = lloyd(points, seedCentroids(points, k, random), tolerance);
  for (let restart = 1; restart < restarts; restart += 1) {
    const next = lloyd(points, seedCentroids(points, k, random), tolerance);
    if (next.inertia < best.inertia) best = next;
  }
  return best;
};
