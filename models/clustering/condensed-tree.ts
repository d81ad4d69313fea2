import { OUTLIER } from './points.ts';
import type { SpanningTree } from './spanning-tree.ts';
import { createUnionFind } from './union-find.ts';

/**
 * What is left of a single-linkage hierarchy when a part that has fewer points than a cluster needs counts as points that
 * fall out of a cluster, and not as a split of it. λ is one over the distance. Cluster 0 holds all points; a cluster
 * comes after its parent.
 */
export interface CondensedTree {
  /** [clusters], −1 for cluster 0 */
  readonly parents: Int32Array;
  /** [clusters], λ at which the cluster split off */
  readonly births: Float64Array;
  /** [clusters] */
  readonly sizes: Int32Array;
  /** [n], the last cluster each point was in, and λ at which it fell out */
  readonly clusterOf: Int32Array;
  readonly lambdas: Float64Array;
}

/** Nodes n to 2n − 2 of the single-linkage hierarchy, each the union of two; its number less n is the edge's. */
const linkage = ({ from, to }: SpanningTree) => {
  const n = from.length + 1;
  const left = new Int32Array(n - 1);
  const right = new Int32Array(n - 1);
  const sizes = new Int32Array(2 * n - 1).fill(1);
  const node = Int32Array.from({ length: n }, (_, row) => row);
  const sets = createUnionFind(n);
  for (let edge = 0; edge < n - 1; edge += 1) {
    const [a, b] = [sets.find(from[edge] ?? 0), sets.find(to[edge] ?? 0)];
    left[edge] = node[a] ?? 0;
    right[edge] = node[b] ?? 0;
    sizes[n + edge] = (sizes[left[edge] ?? 0] ?? 0) + (sizes[right[edge] ?? 0] ?? 0);
    node[sets.join(a, b)] = n + edge;
  }
  return { left, right, sizes };
};

/** One over a length; points that coincide are taken to be somewhat nearer than the nearest that do not. */
const toLambda = (lengths: Float64Array): ((edge: number) => number) => {
  const smallest = lengths.find((length) => length > 0) ?? 1;
  return (edge) => 1 / Math.max(lengths[edge] ?? 0, smallest / 2);
};

/** Visits the points below a node of the hierarchy. */
const createPointWalk = (left: Int32Array, right: Int32Array) => {
  const n = left.length + 1;
  const stack = new Int32Array(n + 1);
  return (node: number, visit: (point: number) => void): void => {
    stack[0] = node;
    for (let height = 1; height > 0; ) {
      height -= 1;
      const part = stack[height] ?? 0;
      if (part < n) visit(part);
      else {
        stack[height] = left[part - n] ?? 0;
        stack[height + 1] = right[part - n] ?? 0;
        height += 2;
      }
    }
  };
};

/**
 * Condenses the hierarchy of a minimum spanning tree. R. J. G. B. Campello, D. Moulavi & J. Sander, "Density-based
 * clustering based on hierarchical density estimates", PAKDD (2013).
 *
 * @param tree of 2 points or more
 * @param minClusterSize 2 or more
 */
export const condense = (tree: SpanningTree, minClusterSize: number): CondensedTree => {
  const n = tree.from.length + 1;
  const { left, right, sizes } = linkage(tree);
  const lambdaOf = toLambda(tree.lengths);
  const parents = [-1];
  const births = [0];
  const clusterSizes = [n];
  const clusterOf = new Int32Array(n);
  const lambdas = new Float64Array(n);
  const points = createPointWalk(left, right);
  const fallOut = (node: number, cluster: number, lambda: number): void =>
    points(node, (point) => {
      clusterOf[point] = cluster;
      lambdas[point] = lambda;
    });
  const pending: [node: number, cluster: number][] = [[2 * n - 2, 0]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, cluster] = next;
    const lambda = lambdaOf(node - n);
    const children = [left[node - n] ?? 0, right[node - n] ?? 0];
    const splits = children.every((child) => (sizes[child] ?? 0) >= minClusterSize);
    for (const child of children) {
      const size = sizes[child] ?? 0;
      if (size < minClusterSize) fallOut(child, cluster, lambda);
      else if (!splits) pending.push([child, cluster]);
      else {
        pending.push([child, parents.length]);
        parents.push(cluster);
        births.push(lambda);
        clusterSizes.push(size);
      }
    }
  }
  return {
    parents: Int32Array.from(parents),
    births: Float64Array.from(births),
    sizes: Int32Array.from(clusterSizes),
    clusterOf,
    lambdas,
  };
};

/** [clusters], for how long the points stayed with each, in λ. */
const excessOfMass = ({ parents, births, sizes, clusterOf, lambdas }: CondensedTree): Float64Array => {
  const mass = new Float64Array(parents.length);
  for (let i = 0; i < clusterOf.length; i += 1) {
    const cluster = clusterOf[i] ?? 0;
    mass[cluster] = (mass[cluster] ?? 0) + (lambdas[i] ?? 0) - (births[cluster] ?? 0);
  }
  for (let cluster = 1; cluster < parents.length; cluster += 1) {
    const parent = parents[cluster] ?? 0;
    mass[parent] = (mass[parent] ?? 0) + (sizes[cluster] ?? 0) * ((births[cluster] ?? 0) - (births[parent] ?? 0));
  }
  return mass;
};

/** Drops what lies within a selected cluster. */
const outermost = (parents: Int32Array, selected: Uint8Array): Uint8Array => {
  const covered = new Uint8Array(parents.length);
  for (let cluster = 1; cluster < parents.length; cluster += 1) {
    const parent = parents[cluster] ?? 0;
    if (covered[parent] === 1 || selected[parent] === 1) covered[cluster] = 1;
  }
  return selected.map((flag, cluster) => (covered[cluster] === 1 ? 0 : flag));
};

/** The clusters, none within another and cluster 0 left out, whose excess of mass is greatest in all; [clusters] of 0 or 1. */
export const selectByMass = (tree: CondensedTree): Uint8Array => {
  const { parents } = tree;
  const best = excessOfMass(tree);
  const below = new Float64Array(parents.length);
  const selected = new Uint8Array(parents.length);
  for (let cluster = parents.length - 1; cluster > 0; cluster -= 1) {
    const kept = (best[cluster] ?? 0) >= (below[cluster] ?? 0);
    selected[cluster] = kept ? 1 : 0;
    const parent = parents[cluster] ?? 0;
    below[parent] = (below[parent] ?? 0) + Math.max(best[cluster] ?? 0, below[cluster] ?? 0);
  }
  return outermost(parents, selected);
};

/** Labels [n] of the selected clusters, numbered in their order; the rest are outliers. */
export const labelSelected = ({ parents, clusterOf }: CondensedTree, selected: Uint8Array): Int32Array => {
  const labels = new Int32Array(parents.length).fill(OUTLIER);
  let clusters = 0;
  for (let cluster = 0; cluster < parents.length; cluster += 1) {
    const parent = parents[cluster] ?? -1;
    if (selected[cluster] === 1) {
      labels[cluster] = clusters;
      clusters += 1;
    } else if (parent >= 0) labels[cluster] = labels[parent] ?? OUTLIER;
  }
  return clusterOf.map((cluster) => labels[cluster] ?? OUTLIER);
};
