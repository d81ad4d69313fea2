import { median } from '../statistics/quantile.ts';
import { countClusters, OUTLIER } from './points.ts';
import type { SpanningTree } from './spanning-tree.ts';
import { createUnionFind } from './union-find.ts';

/** Median core distance of each cluster's members, [clusters]. */
const typicalCores = (labels: Int32Array, coreDistances: Float64Array): Float64Array => {
  const members: number[][] = Array.from({ length: countClusters(labels) }, () => []);
  for (let i = 0; i < labels.length; i += 1) members[labels[i] ?? OUTLIER]?.push(coreDistances[i] ?? 0);
  return Float64Array.from(members, median);
};

/**
 * Gives outliers to the cluster that they meet first when the spanning tree's edges are added by rising length, as long as
 * that edge is no longer than `reach` times the cluster's median core distance: the slopes of a cluster, which a density
 * level cuts off, come back to it, and what lies far from all stays out.
 *
 * @param labels [n]
 * @param tree of mutual reachability over the same points
 * @returns [n]
 */
export const attachOutliers = (
  labels: Int32Array,
  tree: SpanningTree,
  coreDistances: Float64Array,
  reach: number,
): Int32Array => {
  const n = labels.length;
  const limits = typicalCores(labels, coreDistances).map((core) => core * reach);
  const sets = createUnionFind(n);
  const attached = labels.slice();
  const labelOf = labels.slice();
  // The members of each set as a linked list, so that a set is labelled in one walk.
  const head = Int32Array.from({ length: n }, (_, row) => row);
  const tail = head.slice();
  const next = new Int32Array(n).fill(-1);
  const label = (set: number, cluster: number, length: number): void => {
    if (length > (limits[cluster] ?? 0)) return;
    for (let row = head[set] ?? -1; row >= 0; row = next[row] ?? -1) attached[row] = cluster;
  };
  for (let edge = 0; edge < tree.lengths.length; edge += 1) {
    const [a, b] = [sets.find(tree.from[edge] ?? 0), sets.find(tree.to[edge] ?? 0)];
    const [ofA, ofB] = [labelOf[a] ?? OUTLIER, labelOf[b] ?? OUTLIER];
    if (ofA !== OUTLIER && ofB !== OUTLIER && ofA !== ofB) continue;
    const length = tree.lengths[edge] ?? 0;
    if (ofA === OUTLIER && ofB !== OUTLIER) label(a, ofB, length);
    if (ofB === OUTLIER && ofA !== OUTLIER) label(b, ofA, length);
    const [first, last, second, end] = [head[a] ?? 0, tail[a] ?? 0, head[b] ?? 0, tail[b] ?? 0];
    const union = sets.join(a, b);
    next[last] = second;
    head[union] = first;
    tail[union] = end;
    labelOf[union] = Math.max(ofA, ofB);
  }
  return attached;
};
