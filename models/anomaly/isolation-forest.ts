import type { Random } from '../statistics/random.ts';

const TREES = 100;
const SAMPLE = 256;
const EULER = 0.5772156649015329;

/** Mean depth of an unsuccessful search in a binary search tree of so many values. */
const meanDepth = (size: number): number => {
  if (size <= 1) return 0;
  return size === 2 ? 1 : 2 * (Math.log(size - 1) + EULER) - (2 * (size - 1)) / size;
};

/** Nodes of all trees; a leaf has metric -1 and its expected further depth in place of a split. */
interface Nodes {
  readonly metric: Int32Array;
  readonly split: Float64Array;
  /** Index of the left child; the right one follows it. */
  readonly left: Int32Array;
}

const swap = (rows: Int32Array, i: number, j: number): void => {
  const row = rows[i] ?? 0;
  rows[i] = rows[j] ?? 0;
  rows[j] = row;
};

export interface IsolationForest {
  /** 0 to 1 for the row of d values from `offset` on; 0.5 is average, near 1 is isolated. */
  score(data: Float64Array, offset: number): number;
}

/**
 * Isolation forest: rows that a few random cuts set apart are anomalies. F. T. Liu, K. M. Ting & Z.-H. Zhou, "Isolation
 * forest", ICDM (2008), with its 100 trees of 256 rows.
 *
 * @param data [n × d] flat, n at least 2
 */
export const fitIsolationForest = (data: Float64Array, d: number, random: Random): IsolationForest => {
  const n = Math.floor(data.length / d);
  const sample = Math.min(SAMPLE, n);
  const deepest = Math.ceil(Math.log2(sample));
  const capacity = TREES * 2 * sample;
  const nodes: Nodes = {
    metric: new Int32Array(capacity),
    split: new Float64Array(capacity),
    left: new Int32Array(capacity),
  };
  const order = Int32Array.from({ length: n }, (_, row) => row);
  let used = 0;

  const leaf = (node: number, size: number): void => {
    nodes.metric[node] = -1;
    nodes.split[node] = meanDepth(size);
  };

  const grow = (node: number, start: number, end: number, depth: number): void => {
    const cuts = end - start > 1 && depth < deepest ? d : 0;
    // A metric that is constant here cannot be cut: the next one is tried.
    const first = Math.floor(random() * d);
    for (let k = 0; k < cuts; k += 1) {
      const metric = (first + k) % d;
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = start; i < end; i += 1) {
        const value = data[(order[i] ?? 0) * d + metric] ?? 0;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      if (!(high > low)) continue;
      const split = low + random() * (high - low);
      let middle = start;
      for (let i = start; i < end; i += 1)
        if ((data[(order[i] ?? 0) * d + metric] ?? 0) <= split) swap(order, i, middle++);
      nodes.metric[node] = metric;
      nodes.split[node] = split;
      const left = used;
      used += 2;
      nodes.left[node] = left;
      grow(left, start, middle, depth + 1);
      grow(left + 1, middle, end, depth + 1);
      return;
    }
    leaf(node, end - start);
  };

  const roots = Array.from({ length: TREES }, () => {
    for (let i = 0; i < sample; i += 1) swap(order, i, i + Math.floor(random() * (n - i)));
    const root = used;
    used += 1;
    grow(root, 0, sample, 0);
    return root;
  });
  const usual = Math.max(1, meanDepth(sample));

  return {
    score(rows, offset) {
      let total = 0;
      for (const root of roots) {
        let node = root;
        let depth = 0;
        for (let metric = nodes.metric[node] ?? -1; metric >= 0; metric = nodes.metric[node] ?? -1) {
          const right = (rows[offset + metric] ?? 0) > (nodes.split[node] ?? 0);
          node = (nodes.left[node] ?? 0) + (right ? 1 : 0);
          depth += 1;
        }
        total += depth + (nodes.split[node] ?? 0);
      }
      return 2 ** (-total / TREES / usual);
    },
  };
};
