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

/** Where the bins of each node's column begin among a table's; −1 of leaves. */
const binsOfNodes = ({ column }: Tree, rows: number): Int32Array =>
  Int32Array.from(column, (index) => (index === -1 ? -1 : index * rows));

/** Adds a tree's value to the scores of all rows. @param scores [n] */
export const addTreeValues = (tree: Tree, { bins, rows }: BinnedTable, scores: Float64Array): void => {
  const { left, goesLeft, value } = tree;
  const binsOf = binsOfNodes(tree, rows);
  for (let row = 0; row < scores.length; row += 1) {
    let node = 0;
    for (let start = binsOf[0] ?? -1; start >= 0; start = binsOf[node] ?? -1)
      node = (left[node] ?? 0) + 1 - (goesLeft[node * MOST_BINS + (bins[start + row] ?? 0)] ?? 0);
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
  table: BinnedTable,
  rows: Int32Array,
  donors: Int32Array,
  swapped: number,
  values: Float64Array,
): void => {
  const { left, goesLeft, value } = tree;
  const { bins } = table;
  const binsOf = binsOfNodes(tree, table.rows);
  const binsOfSwapped = swapped * table.rows;
  for (let place = 0; place < rows.length; place += 1) {
    let node = 0;
    for (let start = binsOf[0] ?? -1; start >= 0; start = binsOf[node] ?? -1) {
      const row = (start === binsOfSwapped ? donors[place] : rows[place]) ?? 0;
      node = (left[node] ?? 0) + 1 - (goesLeft[node * MOST_BINS + (bins[start + row] ?? 0)] ?? 0);
    }
    values[place] = value[node] ?? 0;
  }
};
