import { type BinnedTable, MOST_BINS } from './binning.ts';
import { childOf, createTree, type Tree } from './decision-tree.ts';

/** The features on a path from the root, by depth: buffers of one tree's deepest path, level by level. */
interface Path {
  readonly column: Int16Array;
  /** Share of rows that reach the end when the feature is unknown. */
  readonly zero: Float64Array;
  /** 1 when the row itself follows the path at this feature, else 0. */
  readonly one: Float64Array;
  readonly weight: Float64Array;
}

const createPath = (length: number): Path => ({
  column: new Int16Array(length),
  zero: new Float64Array(length),
  one: new Float64Array(length),
  weight: new Float64Array(length),
});

const copy = (from: Path, to: Path, length: number): void => {
  for (let at = 0; at < length; at += 1) {
    to.column[at] = from.column[at] ?? 0;
    to.zero[at] = from.zero[at] ?? 0;
    to.one[at] = from.one[at] ?? 0;
    to.weight[at] = from.weight[at] ?? 0;
  }
};

/** Entry of a column on a path, 0 when it is not there: entry 0 is the root's, which has no column. */
const findColumn = ({ column }: Path, entries: number, wanted: number): number => {
  for (let at = entries; at > 0; at -= 1) if (column[at] === wanted) return at;
  return 0;
};

const extend = (path: Path, length: number, zero: number, one: number, column: number): void => {
  const { weight } = path;
  path.column[length] = column;
  path.zero[length] = zero;
  path.one[length] = one;
  weight[length] = length === 0 ? 1 : 0;
  for (let i = length - 1; i >= 0; i -= 1) {
    weight[i + 1] = (weight[i + 1] ?? 0) + (one * (weight[i] ?? 0) * (i + 1)) / (length + 1);
    weight[i] = (zero * (weight[i] ?? 0) * (length - i)) / (length + 1);
  }
};

/** Takes entry `at` off a path of `length` + 1 entries. */
const unwind = (path: Path, length: number, at: number): void => {
  const { weight, column, zero: zeros, one: ones } = path;
  const [zero, one] = [zeros[at] ?? 0, ones[at] ?? 0];
  let next = weight[length] ?? 0;
  for (let i = length - 1; i >= 0; i -= 1) {
    if (one !== 0) {
      const held = weight[i] ?? 0;
      weight[i] = (next * (length + 1)) / ((i + 1) * one);
      next = held - ((weight[i] ?? 0) * zero * (length - i)) / (length + 1);
    } else weight[i] = ((weight[i] ?? 0) * (length + 1)) / (zero * (length - i));
  }
  for (let i = at; i < length; i += 1) {
    column[i] = column[i + 1] ?? 0;
    zeros[i] = zeros[i + 1] ?? 0;
    ones[i] = ones[i + 1] ?? 0;
  }
};

/** Sum of weights that `unwind` would leave, without doing it. */
const unwoundSum = ({ weight, zero: zeros, one: ones }: Path, length: number, at: number): number => {
  const [zero, one] = [zeros[at] ?? 0, ones[at] ?? 0];
  let next = weight[length] ?? 0;
  let sum = 0;
  for (let i = length - 1; i >= 0; i -= 1) {
    if (one !== 0) {
      const taken = (next * (length + 1)) / ((i + 1) * one);
      sum += taken;
      next = (weight[i] ?? 0) - (taken * zero * (length - i)) / (length + 1);
    } else sum += ((weight[i] ?? 0) * (length + 1)) / (zero * (length - i));
  }
  return sum;
};

/**
 * Finds what each column moves a tree's value for one row away from the tree's mean: exact Shapley values, a column's absence being averaged by the rows that passed each branch (path-dependent TreeSHAP). S. M. Lundberg,
 * G. G. Erion & S.-I. Lee, "Consistent individualized feature attribution for tree ensembles" (2018), algorithm 2.
 */
class TreeExplainer {
  readonly #table: BinnedTable;
  readonly #paths: readonly Path[];
  #tree = createTree(0);
  #row = 0;
  #contributions = new Float64Array(0);

  /** @param deepest splits from root to leaf in any tree */
  constructor(table: BinnedTable, deepest: number) {
    this.#table = table;
    this.#paths = Array.from({ length: deepest + 1 }, () => createPath(deepest + 2));
  }

  /** Contributions of each column, [columns]. */
  explain(tree: Tree, row: number): Float64Array {
    this.#tree = tree;
    this.#row = row;
    this.#contributions = new Float64Array(this.#table.columns.length);
    const root = this.#paths[0];
    if (root !== undefined) this.#visit(0, 0, root, 0, 1, 1, -1);
    return this.#contributions;
  }

  #visit(node: number, level: number, path: Path, entries: number, zero: number, one: number, from: number): void {
    extend(path, entries, zero, one, from);
    const column = this.#tree.column[node] ?? -1;
    if (column === -1) {
      this.#addLeaf(path, entries, this.#tree.value[node] ?? 0);
      return;
    }
    let [last, passed, followed] = [entries, 1, 1];
    const again = findColumn(path, entries, column);
    if (again > 0) {
      passed = path.zero[again] ?? 0;
      followed = path.one[again] ?? 0;
      unwind(path, entries, again);
      last -= 1;
    }
    const taken = childOf(this.#tree, node, this.#table.columns[column]?.bins[this.#row] ?? 0);
    const cover = this.#tree.cover[node] ?? 1;
    const left = this.#tree.left[node] ?? 0;
    for (let child = left; child <= left + 1; child += 1) {
      const below = this.#paths[level + 1];
      if (below === undefined) continue;
      copy(path, below, last + 1);
      const share = (passed * (this.#tree.cover[child] ?? 0)) / cover;
      this.#visit(child, level + 1, below, last + 1, share, child === taken ? followed : 0, column);
    }
  }

  #addLeaf(path: Path, entries: number, value: number): void {
    for (let at = 1; at <= entries; at += 1) {
      const column = path.column[at] ?? 0;
      const share = unwoundSum(path, entries, at) * ((path.one[at] ?? 0) - (path.zero[at] ?? 0));
      this.#contributions[column] = (this.#contributions[column] ?? 0) + share * value;
    }
  }
}

const depthOf = (tree: Tree, node = 0): number => {
  if (tree.column[node] === -1) return 0;
  const left = tree.left[node] ?? 0;
  return 1 + Math.max(depthOf(tree, left), depthOf(tree, left + 1));
};

/** Mean of a tree's value over the rows it was learned from. */
export const meanOfTree = (tree: Tree): number => {
  let sum = 0;
  for (const [node, column] of tree.column.entries())
    if (column === -1) sum += (tree.cover[node] ?? 0) * (tree.value[node] ?? 0);
  return sum / (tree.cover[0] ?? 1);
};

/** Inner nodes whose decisions, a bit each, a number holds exactly. */
const MOST_BITS = 52;

/** Which way a row goes at every inner node, as one number: rows that agree have the same contributions. */
const decisionsOf = (tree: Tree, inner: readonly number[], table: BinnedTable, row: number): number => {
  let bits = 0;
  for (const node of inner) {
    const bin = table.columns[tree.column[node] ?? 0]?.bins[row] ?? 0;
    bits = 2 * bits + (tree.goesLeft[node * MOST_BINS + bin] ?? 0);
  }
  return bits;
};

/**
 * What each column moves the sum of trees for a row, in log-odds; they add up to the row's score less the trees' means.
 *
 * @param rows to explain, [m]
 * @returns [m × columns], row by row
 */
export const treeContributions = (trees: readonly Tree[], table: BinnedTable, rows: Int32Array): Float64Array => {
  const width = table.columns.length;
  const contributions = new Float64Array(rows.length * width);
  const deepest = trees.reduce((most, tree) => Math.max(most, depthOf(tree)), 0);
  const explainer = new TreeExplainer(table, deepest);
  for (const tree of trees) {
    const inner = [...tree.column.keys()].filter((node) => tree.column[node] !== -1);
    const known = new Map<number, Float64Array>();
    for (const [place, row] of rows.entries()) {
      const decisions = inner.length > MOST_BITS ? place : decisionsOf(tree, inner, table, row);
      const ofTree = known.get(decisions) ?? explainer.explain(tree, row);
      known.set(decisions, ofTree);
      for (let column = 0; column < width; column += 1)
        contributions[place * width + column] = (contributions[place * width + column] ?? 0) + (ofTree[column] ?? 0);
    }
  }
  return contributions;
};
