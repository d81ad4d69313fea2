import { quantile, sortedCopy } from '../statistics/quantile.ts';
import { kMeans } from './k-means.ts';
import { createKdTree } from './kd-tree.ts';
import { countClusters, OUTLIER, type Points, selectPoints, squaredDistance } from './points.ts';

/** Interquartile ranges beyond the upper quartile that a distance is "far out" at: J. W. Tukey, EDA (1977). */
const FAR_OUT = 3;
/** Share of the gap to the next cluster that one reaches in any case, also one whose members all coincide. */
const SMALLEST_REACH = 0.1;
const FEWEST_MEMBERS_PER_CODE = 5;

/** A few points that stand for each cluster, whatever its shape, and how far from them it reaches. */
export interface Codebook {
  /** [m × d] */
  readonly codes: Points;
  /** [m], cluster of each code */
  readonly clusters: Int32Array;
  /** [clusters], distance from a cluster's nearest code beyond which a point is none of its members */
  readonly reaches: Float64Array;
}

export interface Assignment {
  readonly label: number;
  /** The nearest cluster, also for an outlier; −1 without clusters. */
  readonly nearest: number;
  /** 0 for an outlier; else from 0.5 on the border to the next cluster to 1 at a code. */
  readonly strength: number;
}

const memberRows = (labels: Int32Array): number[][] => {
  const members: number[][] = Array.from({ length: countClusters(labels) }, () => []);
  for (let row = 0; row < labels.length; row += 1) members[labels[row] ?? OUTLIER]?.push(row);
  return members;
};

const reachOf = (members: Points, codes: Float64Array): number => {
  const { values, count, dimensions } = members;
  const tree = createKdTree({ values: codes, count: codes.length / dimensions, dimensions });
  const row = new Int32Array(1);
  const squared = new Float64Array(1);
  const distances = Float64Array.from({ length: count }, (_, at) => {
    tree.nearest(values, at * dimensions, row, squared);
    return Math.sqrt(squared[0] ?? 0);
  });
  const sorted = sortedCopy(distances);
  const [lower, upper] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  return upper + FAR_OUT * (upper - lower);
};

/** Distance from the codes of each cluster to the nearest code of another, [clusters]; 0 for a single cluster. */
const gapsBetween = ({ values, count, dimensions }: Points, clusters: Int32Array, k: number): Float64Array => {
  const gaps = new Float64Array(k).fill(k > 1 ? Number.POSITIVE_INFINITY : 0);
  for (let a = 0; a < count; a += 1) {
    for (let b = 0; b < count; b += 1) {
      const cluster = clusters[a] ?? 0;
      if (cluster === clusters[b]) continue;
      const squared = squaredDistance(values, a * dimensions, values, b * dimensions, dimensions);
      gaps[cluster] = Math.min(gaps[cluster] ?? 0, Math.sqrt(squared));
    }
  }
  return gaps;
};

/**
 * Vector quantisation: the centroids of k-means within each cluster. Y. Linde, A. Buzo & R. M. Gray, "An algorithm for
 * vector quantizer design", IEEE Transactions on Communications 28 (1980).
 *
 * @param points [n × d]
 * @param labels [n]
 * @param most codes of a cluster, 1 or more
 */
export const buildCodebook = (points: Points, labels: Int32Array, most: number, seed: number): Codebook => {
  const { dimensions } = points;
  const parts = memberRows(labels).map((rows) => {
    const members = selectPoints(points, rows);
    const size = Math.max(1, Math.min(most, Math.floor(rows.length / FEWEST_MEMBERS_PER_CODE)));
    const codes = kMeans(members, size, { restarts: 1, seed }).centroids;
    return { codes, reach: reachOf(members, codes) };
  });
  const values = Float64Array.from(parts.flatMap(({ codes }) => [...codes]));
  const clusters = Int32Array.from(
    parts.flatMap(({ codes }, cluster) => new Array<number>(codes.length / dimensions).fill(cluster)),
  );
  const codes = { values, count: clusters.length, dimensions };
  const gaps = gapsBetween(codes, clusters, parts.length);
  return { codes, clusters, reaches: gaps.map((gap, at) => Math.max(parts[at]?.reach ?? 0, SMALLEST_REACH * gap)) };
};

/** Where the point that begins at `offset` of `values` belongs. */
export const assignPoint = (
  { codes, clusters, reaches }: Codebook,
  values: Float64Array,
  offset: number,
): Assignment => {
  const closest = new Float64Array(reaches.length).fill(Number.POSITIVE_INFINITY);
  for (let code = 0; code < codes.count; code += 1) {
    const squared = squaredDistance(values, offset, codes.values, code * codes.dimensions, codes.dimensions);
    const cluster = clusters[code] ?? 0;
    if (squared < (closest[cluster] ?? 0)) closest[cluster] = squared;
  }
  let [nearest, first, second] = [OUTLIER, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let cluster = 0; cluster < closest.length; cluster += 1) {
    const distance = Math.sqrt(closest[cluster] ?? 0);
    if (distance < first) [nearest, first, second] = [cluster, distance, first];
    else if (distance < second) second = distance;
  }
  if (nearest === OUTLIER || first > (reaches[nearest] ?? 0)) return { label: OUTLIER, nearest, strength: 0 };
  const strength = !Number.isFinite(second) || first + second === 0 ? 1 : second / (first + second);
  return { label: nearest, nearest, strength };
};
