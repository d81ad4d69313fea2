import { type BinnedTable, MOST_BINS } from './binning.ts';

/**
 * A binary tree, its nodes side by side; node 0 is the root, and the right child follows the left. Whether a bin goes left
 * is looked up, so that numbers, names and what is missing are all one to whoever walks the tree.
 */
export interface Tree {
  /** Column that an inner node looks at, −1 in a leaf. */
  readonly column: Int16Array;
  /** [nodes × MOST_BINS] 1 where a bin goes left */
  readonly goesLeft: Uint8Array;
  readonly left: Int16Array;
  /** What a leaf adds to the log-odds. */
  readonly value: Float64Array;
  /** Rows learned from that passed the node. */
  readonly cover: Float64Array;
}

export const createTree = (nodes: number): Tree => ({
  column: new Int16Array(nodes).fill(-1),
  goesLeft: new Uint8Array(nodes * MOST_BINS),
  left: new Int16Array(nodes),
  value: new Float64Array(nodes),
  cover: new Float64Array(nodes),
});

/** The child of an inner node to which a bin goes. */
export const childOf = (tree: Tree, node: number, bin: number): number =>
  (tree.left[node] ?? 0) + 1 - (tree.goesLeft[node * MOST_BINS + bin] ?? 0);

const NO_BINS = new Uint8Array(0);

/** Adds a tree's value to the scores of all rows. @param scores [n] */
export const addTreeValues = (tree: Tree, { columns }: BinnedTable, scores: Float64Array): void => {
  const { column, left, goesLeft, value } = tree;
  const binsOfNode = Array.from(column, (index) => columns[index]?.bins ?? NO_BINS);
  for (let row = 0; row < scores.length; row += 1) {
    let node = 0;
    while ((column[node] ?? -1) >= 0) {
      const bins = binsOfNode[node] ?? NO_BINS;
      node = (left[node] ?? 0) + 1 - (goesLeft[node * MOST_BINS + (bins[row] ?? 0)] ?? 0);
    }
    scores[row] = (scores[row] ?? 0) + (value[node] ?? 0);
  }
};

/**
 * A tree's values of some rows, with the value of one column taken from other rows.
 *
 * @param rows [m] and @param donors [m] whose value of the column `swapped` each gets
 * @param values [m] is written
 */
export const swappedTreeValues = (
  tree: Tree,
  { columns }: BinnedTable,
  rows: Int32Array,
  donors: Int32Array,
  swapped: number,
  values: Float64Array,
): void => {
  const { column, left, goesLeft, value } = tree;
  const binsOfNode = Array.from(column, (index) => columns[index]?.bins ?? NO_BINS);
  for (let place = 0; place < rows.length; place += 1) {
    let node = 0;
    for (let index = column[0] ?? -1; index >= 0; index = column[node] ?? -1) {
      const bins = binsOfNode[node] ?? NO_BINS;
      const row = (index === swapped ? donors[place] : rows[place]) ?? 0;
      node = (left[node] ?? 0) + 1 - (goesLeft[node * MOST_BINS + (bins[row] ?? 0)] ?? 0);
    }
    values[place] = value[node] ?? 0;
  }
};
