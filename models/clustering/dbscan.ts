import { sortedCopy } from '../statistics/quantile.ts';
import { createKdTree, neighbourDistances } from './kd-tree.ts';
import { OUTLIER, type Points } from './points.ts';

const UNSEEN = -2;

/**
 * DBSCAN: clusters are what is reachable from core points, which have at least `minPoints` points, themselves counted,
 * within `radius`. M. Ester, H.-P. Kriegel, J. Sander & X. Xu, "A density-based algorithm for discovering clusters in
 * large spatial databases with noise", KDD (1996).
 *
 * @param points [n × d]
 * @returns labels [n], in the order in which the clusters' first core points come; `OUTLIER` for what none reaches
 */
export const dbscan = (points: Points, radius: number, minPoints: number): Int32Array => {
  const { values, count, dimensions } = points;
  const tree = createKdTree(points);
  const labels = new Int32Array(count).fill(UNSEEN);
  const found = new Int32Array(count);
  const stack = new Int32Array(count);
  const squared = radius * radius;
  let clusters = 0;
  for (let first = 0; first < count; first += 1) {
    if ((labels[first] ?? 0) !== UNSEEN) continue;
    if (tree.within(values, first * dimensions, squared, found) < minPoints) {
      labels[first] = OUTLIER;
      continue;
    }
    labels[first] = clusters;
    stack[0] = first;
    for (let height = 1; height > 0; ) {
      height -= 1;
      const near = tree.within(values, (stack[height] ?? 0) * dimensions, squared, found);
      if (near < minPoints) continue;
      for (let at = 0; at < near; at += 1) {
        const neighbour = found[at] ?? 0;
        const label = labels[neighbour] ?? 0;
        if (label >= 0) continue;
        labels[neighbour] = clusters;
        // A point that was an outlier so far has too few neighbours to lead on.
        if (label === OUTLIER) continue;
        stack[height] = neighbour;
        height += 1;
      }
    }
    clusters += 1;
  }
  return labels;
};

/**
 * Radius at the knee of the sorted distances to the `minPoints`-th neighbour: where the curve, scaled to the unit square,
 * is farthest below its chord. V. Satopää, J. Albrecht, D. Irwin & B. Raghavan, "Finding a 'kneedle' in a haystack",
 * ICDCS Workshops (2011).
 */
export const kneeRadius = (points: Points, minPoints: number): number => {
  const [unsorted = new Float64Array(0)] = neighbourDistances(points, [minPoints]);
  const distances = sortedCopy(unsorted);
  const [lowest, highest] = [distances[0] ?? 0, distances.at(-1) ?? 0];
  const span = highest - lowest;
  if (span <= 0) return highest;
  let [knee, farthest] = [highest, 0];
  for (let at = 0; at < distances.length; at += 1) {
    const below = at / (distances.length - 1) - ((distances[at] ?? 0) - lowest) / span;
    if (below > farthest) [knee, farthest] = [distances[at] ?? 0, below];
  }
  return knee;
};
