import type { Points } from './points.ts';

/** Edges of a tree over n points, [n − 1] each, by rising length. */
export interface SpanningTree {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly lengths: Float64Array;
}

const sortEdges = ({ from, to, lengths }: SpanningTree): SpanningTree => {
  const order = Array.from(lengths.keys()).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  return {
    from: Int32Array.from(order, (at) => from[at] ?? 0),
    to: Int32Array.from(order, (at) => to[at] ?? 0),
    lengths: Float64Array.from(order, (at) => lengths[at] ?? 0),
  };
};

/**
 * Minimum spanning tree of mutual reachability: the distance of two points, or the core distance of either where that
 * is greater. Prim's algorithm, O(n² d) time and O(n d) memory: no matrix of distances is kept.
 *
 * @param points [n × d]
 * @param coreDistances [n], from each point to its k-th neighbour
 */
export const reachabilityTree = (points: Points, coreDistances: Float64Array): SpanningTree => {
  const { count, dimensions } = points;
  // The points not yet in the tree are kept side by side, so that each step reads memory in order.
  const values = points.values.slice();
  const cores = coreDistances.map((distance) => distance * distance);
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  const closest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const source = new Int32Array(count);
  const edges = Math.max(0, count - 1);
  const tree = { from: new Int32Array(edges), to: new Int32Array(edges), lengths: new Float64Array(edges) };
  const current = values.slice(0, dimensions);
  let left = count;
  let at = 0;
  for (let edge = 0; edge < edges; edge += 1) {
    const row = rows[at] ?? 0;
    const core = cores[at] ?? 0;
    current.set(values.subarray(at * dimensions, (at + 1) * dimensions));
    left -= 1;
    values.copyWithin(at * dimensions, left * dimensions, (left + 1) * dimensions);
    cores[at] = cores[left] ?? 0;
    rows[at] = rows[left] ?? 0;
    closest[at] = closest[left] ?? 0;
    source[at] = source[left] ?? 0;
    let best = Number.POSITIVE_INFINITY;
    for (let other = 0, base = 0; other < left; other += 1, base += dimensions) {
      let soFar = closest[other] ?? 0;
      if (soFar > core) {
        let squared = 0;
        for (let along = 0; along < dimensions; along += 1) {
          const difference = (values[base + along] ?? 0) - (current[along] ?? 0);
          squared += difference * difference;
        }
        const reach = Math.max(squared, core, cores[other] ?? 0);
        if (reach < soFar) {
          soFar = reach;
          closest[other] = reach;
          source[other] = row;
        }
      }
      if (soFar < best) {
        best = soFar;
        at = other;
      }
    }
    tree.from[edge] = source[at] ?? 0;
    tree.to[edge] = rows[at] ?? 0;
    tree.lengths[edge] = Math.sqrt(best);
  }
  return sortEdges(tree);
};
