import { adjustedRandIndex } from './adjusted-rand.ts';
import { countClusters, OUTLIER, type Points, selectPoints } from './points.ts';
import { drawRows } from './subsample.ts';

/** Subsamples a partition is found again in, and the share of the points that each holds. */
const SUBSAMPLES = 6;
const SUBSAMPLE_SHARE = 0.9;

export interface Stability {
  /** Mean adjusted Rand index between the partition and those found again. */
  readonly agreement: number;
  /** [clusters], mean Jaccard similarity of each cluster and the one most like it of those found again, 0 to 1. */
  readonly jaccards: Float64Array;
}

const restrict = (labels: Int32Array, rows: Int32Array): Int32Array =>
  Int32Array.from(rows, (row) => labels[row] ?? OUTLIER);

/** Adds to `sums` [clusters] the Jaccard similarity of each cluster of `before` and its best match in `after`. */
const addJaccards = (before: Int32Array, after: Int32Array, sums: Float64Array): void => {
  const k = sums.length;
  const found = countClusters(after);
  const both = new Float64Array(k * found);
  const sizesBefore = new Float64Array(k);
  const sizesAfter = new Float64Array(found);
  for (let i = 0; i < before.length; i += 1) {
    const [a, b] = [before[i] ?? OUTLIER, after[i] ?? OUTLIER];
    if (a !== OUTLIER) sizesBefore[a] = (sizesBefore[a] ?? 0) + 1;
    if (b !== OUTLIER) sizesAfter[b] = (sizesAfter[b] ?? 0) + 1;
    if (a !== OUTLIER && b !== OUTLIER) both[a * found + b] = (both[a * found + b] ?? 0) + 1;
  }
  for (let a = 0; a < k; a += 1) {
    let best = 0;
    for (let b = 0; b < found; b += 1) {
      const shared = both[a * found + b] ?? 0;
      if (shared > 0) best = Math.max(best, shared / ((sizesBefore[a] ?? 0) + (sizesAfter[b] ?? 0) - shared));
    }
    sums[a] = (sums[a] ?? 0) + best;
  }
};

/**
 * How well partitions are found again in subsamples of 90% of the points. T. Lange, V. Roth, M. L. Braun & J. M. Buhmann,
 * "Stability-based validation of clustering solutions", Neural Computation 16 (2004); for single clusters C. Hennig,
 * "Cluster-wise assessment of cluster stability", Computational Statistics & Data Analysis 52 (2007).
 *
 * @param points [n × d]
 * @param partitions labels [n] each
 * @param again the same methods on a subsample, in the same order
 */
export const assessStability = (
  points: Points,
  partitions: readonly Int32Array[],
  again: (subsample: Points) => readonly { readonly labels: Int32Array }[],
  seed: number,
): Stability[] => {
  const agreements = partitions.map(() => 0);
  const jaccards = partitions.map((labels) => new Float64Array(countClusters(labels)));
  const size = Math.round(SUBSAMPLE_SHARE * points.count);
  for (let draw = 1; draw <= SUBSAMPLES; draw += 1) {
    const rows = drawRows(points.count, size, seed + draw);
    const found = again(selectPoints(points, rows));
    for (const [at, labels] of partitions.entries()) {
      const before = restrict(labels, rows);
      const after = found[at]?.labels ?? before;
      agreements[at] = (agreements[at] ?? 0) + adjustedRandIndex(after, before) / SUBSAMPLES;
      addJaccards(before, after, jaccards[at] ?? new Float64Array(0));
    }
  }
  return partitions.map((_, at) => ({
    agreement: agreements[at] ?? 0,
    jaccards: (jaccards[at] ?? new Float64Array(0)).map((sum) => sum / SUBSAMPLES),
  }));
};
