import { type BinnedTable, MOST_BINS } from './binning.ts';
import { childOf, createTree, type Tree } from './decision-tree.ts';

export interface TreeOptions {
  /** Splits from the root to a leaf at most. */
  readonly depth: number;
  readonly fewestRowsInLeaf: number;
  /** λ: ridge penalty on a leaf's value. */
  readonly penalty: number;
  readonly learningRate: number;
}

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
  readonly missingLeft: boolean;
}

/** What the rows of a node sum up to. */
interface Totals {
  readonly gradient: number;
  readonly curvature: number;
  readonly rows: number;
}

/** Sums of gradient, curvature and rows a bin, three numbers side by side. */
const PER_BIN = 3;
const SMALLEST_GAIN = 1e-9;
const NO_SPLIT: Split = { gain: SMALLEST_GAIN, column: -1, bin: 0, missingLeft: false };
const NO_BINS = new Uint8Array(0);
const NO_HISTOGRAM = new Float64Array(0);

/**
 * Grows trees on the first and second derivatives of a loss from histograms: T. Chen & C. Guestrin, "XGBoost: A Scalable
 * Tree Boosting System", KDD (2016), with its default directions for missing values; a node's histogram is its parent's
 * less its sibling's: G. Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", NIPS (2017). Buffers
 * are kept from tree to tree.
 */
export class TreeGrower {
  readonly #table: BinnedTable;
  readonly #options: TreeOptions;
  /** First bin of each column. */
  readonly #offsets: Int32Array;
  /** One of the root and two a level: that which is counted and that which is left of the parent's. */
  readonly #histograms: readonly Float64Array[];
  readonly #aside: Int32Array;
  readonly #gradientsInNode: Float64Array;
  readonly #curvaturesInNode: Float64Array;
  #columns = new Int32Array(0);
  #gradients = NO_HISTOGRAM;
  #curvatures = NO_HISTOGRAM;
  #tree = createTree(0);
  #nodes = 0;

  constructor(table: BinnedTable, options: TreeOptions) {
    this.#table = table;
    this.#options = options;
    this.#offsets = new Int32Array(table.columns.length);
    let bins = 0;
    for (const [index, { binCount }] of table.columns.entries()) {
      this.#offsets[index] = bins;
      bins += binCount;
    }
    this.#histograms = Array.from({ length: 2 * options.depth + 1 }, () => new Float64Array(bins * PER_BIN));
    this.#aside = new Int32Array(table.rows);
    this.#gradientsInNode = new Float64Array(table.rows);
    this.#curvaturesInNode = new Float64Array(table.rows);
  }

  /**
   * Grows one tree.
   *
   * @param rows to learn from, [m]; they are put in another order
   * @param columns that may split
   * @param gradients [n] and @param curvatures [n] first and second derivative of the loss by the log-odds, by row
   */
  grow(
    rows: Int32Array<ArrayBuffer>,
    columns: Int32Array<ArrayBuffer>,
    gradients: Float64Array<ArrayBuffer>,
    curvatures: Float64Array<ArrayBuffer>,
  ): Tree {
    this.#columns = columns;
    this.#gradients = gradients;
    this.#curvatures = curvatures;
    this.#tree = createTree(2 ** (this.#options.depth + 1) - 1);
    this.#nodes = 1;
    const root = this.#histograms[0] ?? NO_HISTOGRAM;
    this.#count(root, rows);
    this.#growNode(0, rows, 0, root);
    return this.#tree;
  }

  #growNode(node: number, rows: Int32Array, level: number, histogram: Float64Array): void {
    const tree = this.#tree;
    const { depth, penalty, learningRate } = this.#options;
    const whole = this.#sum(rows);
    tree.cover[node] = whole.rows;
    tree.value[node] = (-learningRate * whole.gradient) / (whole.curvature + penalty);
    if (level === depth) return;
    const split = this.#findSplit(histogram, whole);
    if (split.column === -1) return;
    const left = this.#nodes;
    this.#nodes += 2;
    this.#writeSplit(node, split, left);
    const border = this.#divide(rows, node);
    const [leftRows, rightRows] = [rows.subarray(0, border), rows.subarray(border)];
    const [ofLeft, ofRight] = this.#histogramsBelow(histogram, leftRows, rightRows, level);
    this.#growNode(left, leftRows, level + 1, ofLeft);
    this.#growNode(left + 1, rightRows, level + 1, ofRight);
  }

  #writeSplit(node: number, { column, bin, missingLeft }: Split, left: number): void {
    const { column: columnOf, left: leftOf, goesLeft } = this.#tree;
    columnOf[node] = column;
    leftOf[node] = left;
    const base = node * MOST_BINS;
    if (this.#table.columns[column]?.ordered) {
      goesLeft.fill(1, base + 1, base + bin + 1);
      goesLeft[base] = missingLeft ? 1 : 0;
    } else goesLeft[base + bin] = 1;
  }

  #histogramsBelow(parent: Float64Array, left: Int32Array, right: Int32Array, level: number) {
    if (level + 1 === this.#options.depth) return [NO_HISTOGRAM, NO_HISTOGRAM] as const;
    const counted = this.#histograms[2 * level + 1] ?? NO_HISTOGRAM;
    const rest = this.#histograms[2 * level + 2] ?? NO_HISTOGRAM;
    const leftIsSmaller = left.length <= right.length;
    this.#count(counted, leftIsSmaller ? left : right);
    for (let cell = 0; cell < rest.length; cell += 1) rest[cell] = (parent[cell] ?? 0) - (counted[cell] ?? 0);
    return leftIsSmaller ? ([counted, rest] as const) : ([rest, counted] as const);
  }

  #count(histogram: Float64Array, rows: Int32Array): void {
    histogram.fill(0);
    const gradients = this.#gradientsInNode;
    const curvatures = this.#curvaturesInNode;
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] ?? 0;
      gradients[at] = this.#gradients[row] ?? 0;
      curvatures[at] = this.#curvatures[row] ?? 0;
    }
    for (const index of this.#columns) {
      const bins = this.#table.columns[index]?.bins ?? NO_BINS;
      const base = this.#offsets[index] ?? 0;
      for (let at = 0; at < rows.length; at += 1) {
        const cell = (base + (bins[rows[at] ?? 0] ?? 0)) * PER_BIN;
        histogram[cell] = (histogram[cell] ?? 0) + (gradients[at] ?? 0);
        histogram[cell + 1] = (histogram[cell + 1] ?? 0) + (curvatures[at] ?? 0);
        histogram[cell + 2] = (histogram[cell + 2] ?? 0) + 1;
      }
    }
  }

  #sum(rows: Int32Array): Totals {
    let [gradient, curvature] = [0, 0];
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] ?? 0;
      gradient += this.#gradients[row] ?? 0;
      curvature += this.#curvatures[row] ?? 0;
    }
    return { gradient, curvature, rows: rows.length };
  }

  #findSplit(histogram: Float64Array, whole: Totals): Split {
    let best = NO_SPLIT;
    for (const index of this.#columns) {
      const column = this.#table.columns[index];
      if (column === undefined) continue;
      best = column.ordered
        ? this.#bestBound(histogram, index, column.binCount, whole, best)
        : this.#bestLevel(histogram, index, column.binCount, whole, best);
    }
    return best;
  }

  /** Numbers: the bins up to one against the rest, with what is missing on either side. */
  #bestBound(histogram: Float64Array, index: number, binCount: number, whole: Totals, known: Split): Split {
    let best = known;
    const base = (this.#offsets[index] ?? 0) * PER_BIN;
    const missingRows = histogram[base + 2] ?? 0;
    for (const missingLeft of missingRows > 0 ? [false, true] : [false]) {
      let gradient = missingLeft ? (histogram[base] ?? 0) : 0;
      let curvature = missingLeft ? (histogram[base + 1] ?? 0) : 0;
      let rows = missingLeft ? missingRows : 0;
      for (let bin = 1; bin < binCount; bin += 1) {
        const cell = base + bin * PER_BIN;
        if (histogram[cell + 2] === 0) continue;
        gradient += histogram[cell] ?? 0;
        curvature += histogram[cell + 1] ?? 0;
        rows += histogram[cell + 2] ?? 0;
        const gain = this.#gain(whole, gradient, curvature, rows);
        if (gain > best.gain) best = { gain, column: index, bin, missingLeft };
      }
    }
    return best;
  }

  /** Names: one bin against the rest. */
  #bestLevel(histogram: Float64Array, index: number, binCount: number, whole: Totals, known: Split): Split {
    let best = known;
    const base = (this.#offsets[index] ?? 0) * PER_BIN;
    for (let bin = 0; bin < binCount; bin += 1) {
      const cell = base + bin * PER_BIN;
      const gain = this.#gain(whole, histogram[cell] ?? 0, histogram[cell + 1] ?? 0, histogram[cell + 2] ?? 0);
      if (gain > best.gain) best = { gain, column: index, bin, missingLeft: false };
    }
    return best;
  }

  /** Twice the loss that a split saves. */
  #gain(whole: Totals, gradient: number, curvature: number, rows: number): number {
    const { fewestRowsInLeaf, penalty } = this.#options;
    if (rows < fewestRowsInLeaf || whole.rows - rows < fewestRowsInLeaf) return 0;
    const others = whole.gradient - gradient;
    return (
      (gradient * gradient) / (curvature + penalty) +
      (others * others) / (whole.curvature - curvature + penalty) -
      (whole.gradient * whole.gradient) / (whole.curvature + penalty)
    );
  }

  /** Puts the rows that go left first; gives their number. */
  #divide(rows: Int32Array, node: number): number {
    const bins = this.#table.columns[this.#tree.column[node] ?? 0]?.bins ?? NO_BINS;
    const leftChild = this.#tree.left[node];
    let [left, right] = [0, 0];
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] ?? 0;
      if (childOf(this.#tree, node, bins[row] ?? 0) === leftChild) {
        rows[left] = row;
        left += 1;
      } else {
        this.#aside[right] = row;
        right += 1;
      }
    }
    rows.set(this.#aside.subarray(0, right), left);
    return left;
  }
}
