import type { Points } from './points.ts';

const LEAF_SIZE = 24;

/** An index of points for neighbour queries. In many dimensions it degrades to a scan of contiguous blocks. */
export interface KdTree {
  /**
   * The k nearest points of a query, nearest first.
   *
   * @param query holds the query's coordinates from `offset` on
   * @param rows [k] and @param squared [k] are filled with the points' numbers and squared distances
   */
  readonly nearest: (query: Float64Array, offset: number, rows: Int32Array, squared: Float64Array) => void;
  /** Numbers of the points within a radius, in no order, into `rows` [n]; returns how many. */
  readonly within: (query: Float64Array, offset: number, squaredRadius: number, rows: Int32Array) => number;
}

interface Nodes {
  /** First and last + 1 position of the node's points in `order`. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Axis of the split, -1 for a leaf; children are `2 * node + 1` and `2 * node + 2`. */
  readonly axis: Int32Array;
  readonly split: Float64Array;
}

/** Hoare's selection: after it `order[middle]` holds the point that sorting by the axis would put there. */
const partition = (keys: Float64Array, order: Int32Array, start: number, end: number, middle: number): void => {
  let left = start;
  let right = end - 1;
  while (left < right) {
    const pivot = keys[order[(left + right) >> 1] ?? 0] ?? 0;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((keys[order[i] ?? 0] ?? 0) < pivot) i += 1;
      while ((keys[order[j] ?? 0] ?? 0) > pivot) j -= 1;
      if (i > j) break;
      const swap = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = swap;
      i += 1;
      j -= 1;
    }
    if (middle <= j) right = j;
    else if (middle >= i) left = i;
    else return;
  }
};

const widestAxis = ({ values, dimensions }: Points, order: Int32Array, start: number, end: number): number => {
  let widest = -1;
  let width = 0;
  for (let axis = 0; axis < dimensions; axis += 1) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = start; at < end; at += 1) {
      const value = values[(order[at] ?? 0) * dimensions + axis] ?? 0;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high - low > width) [widest, width] = [axis, high - low];
  }
  return widest;
};

const buildNodes = (points: Points, order: Int32Array): Nodes => {
  const { values, count, dimensions } = points;
  const depth = Math.max(0, Math.ceil(Math.log2(Math.max(1, count) / LEAF_SIZE)));
  const size = 2 ** (depth + 1) - 1;
  const start = new Int32Array(size);
  const end = new Int32Array(size);
  const axis = new Int32Array(size).fill(-1);
  const split = new Float64Array(size);
  const keys = new Float64Array(count);
  end[0] = count;
  for (let node = 0; 2 * node + 2 < size; node += 1) {
    const [from, to] = [start[node] ?? 0, end[node] ?? 0];
    if (to - from <= LEAF_SIZE) continue;
    const along = widestAxis(points, order, from, to);
    if (along < 0) continue;
    for (let at = from; at < to; at += 1) {
      const row = order[at] ?? 0;
      keys[row] = values[row * dimensions + along] ?? 0;
    }
    const middle = (from + to) >> 1;
    partition(keys, order, from, to, middle);
    axis[node] = along;
    split[node] = keys[order[middle] ?? 0] ?? 0;
    start[2 * node + 1] = from;
    end[2 * node + 1] = middle;
    start[2 * node + 2] = middle;
    end[2 * node + 2] = to;
  }
  return { start, end, axis, split };
};

/**
 * k-d tree of J. H. Friedman, J. L. Bentley & R. A. Finkel, "An algorithm for finding best matches in logarithmic
 * expected time", ACM Transactions on Mathematical Software 3 (1977), split at the median of the widest axis.
 */
export const createKdTree = (points: Points): KdTree => {
  const { values, count, dimensions } = points;
  const order = Int32Array.from({ length: count }, (_, row) => row);
  const { start, end, axis, split } = buildNodes(points, order);
  const packed = new Float64Array(count * dimensions);
  for (let at = 0; at < count; at += 1) {
    const row = (order[at] ?? 0) * dimensions;
    packed.set(values.subarray(row, row + dimensions), at * dimensions);
  }

  /** Squared distance of a packed point, or some number above `limit` as soon as it is known to be above. */
  const distanceUpTo = (query: Float64Array, offset: number, at: number, limit: number): number => {
    const base = at * dimensions;
    let sum = 0;
    for (let along = 0; along < dimensions; along += 1) {
      const difference = (query[offset + along] ?? 0) - (packed[base + along] ?? 0);
      sum += difference * difference;
      if (sum > limit) return sum;
    }
    return sum;
  };

  const nearest: KdTree['nearest'] = (query, offset, rows, squared) => {
    const last = rows.length - 1;
    squared.fill(Number.POSITIVE_INFINITY);
    rows.fill(-1);
    const visit = (node: number): void => {
      const along = axis[node] ?? -1;
      if (along < 0) {
        for (let at = start[node] ?? 0; at < (end[node] ?? 0); at += 1) {
          const limit = squared[last] ?? 0;
          const distance = distanceUpTo(query, offset, at, limit);
          if (distance >= limit) continue;
          let place = last;
          while (place > 0 && (squared[place - 1] ?? 0) > distance) {
            squared[place] = squared[place - 1] ?? 0;
            rows[place] = rows[place - 1] ?? 0;
            place -= 1;
          }
          squared[place] = distance;
          rows[place] = order[at] ?? 0;
        }
        return;
      }
      const gap = (query[offset + along] ?? 0) - (split[node] ?? 0);
      const near = gap < 0 ? 2 * node + 1 : 2 * node + 2;
      visit(near);
      if (gap * gap <= (squared[last] ?? 0)) visit(gap < 0 ? 2 * node + 2 : 2 * node + 1);
    };
    visit(0);
  };

  const within: KdTree['within'] = (query, offset, squaredRadius, rows) => {
    let found = 0;
    const visit = (node: number): void => {
      const along = axis[node] ?? -1;
      if (along < 0) {
        for (let at = start[node] ?? 0; at < (end[node] ?? 0); at += 1) {
          if (distanceUpTo(query, offset, at, squaredRadius) > squaredRadius) continue;
          rows[found] = order[at] ?? 0;
          found += 1;
        }
        return;
      }
      const gap = (query[offset + along] ?? 0) - (split[node] ?? 0);
      if (gap <= 0 || gap * gap <= squaredRadius) visit(2 * node + 1);
      if (gap >= 0 || gap * gap <= squaredRadius) visit(2 * node + 2);
    };
    visit(0);
    return found;
  };

  return { nearest, within };
};

/**
 * Distance of each point to its k-th nearest neighbour, itself counted as the first.
 *
 * @param ks ascending, each from 1 up; beyond n the farthest point is taken
 * @returns one [n] a k
 */
export const neighbourDistances = (points: Points, ks: readonly number[]): Float64Array[] => {
  const { values, count, dimensions } = points;
  const tree = createKdTree(points);
  const most = Math.min(count, ks.at(-1) ?? 1);
  const rows = new Int32Array(most);
  const squared = new Float64Array(most);
  const distances = ks.map(() => new Float64Array(count));
  for (let row = 0; row < count; row += 1) {
    tree.nearest(values, row * dimensions, rows, squared);
    for (const [at, k] of ks.entries()) {
      const ofK = distances[at];
      if (ofK !== undefined) ofK[row] = Math.sqrt(squared[Math.min(most, k) - 1] ?? 0);
    }
  }
  return distances;
};
