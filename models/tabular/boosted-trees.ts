import { createRandom, type Random } from '../statistics/random.ts';
import type { BinnedTable } from './binning.ts';
import type { Fold } from './cross-validation.ts';
import { addTreeValues, type Tree } from './decision-tree.ts';
import { logit, sigmoid, softplus } from './logistic-regression.ts';
import { TreeGrower, type TreeOptions } from './tree-grower.ts';

export interface BoostingOptions extends TreeOptions {
  /** Shares of rows and of columns that each tree sees. */
  readonly rowShare: number;
  readonly columnShare: number;
}

/** Shallow trees, slow learning and half of rows and columns a tree: J. H. Friedman, "Stochastic gradient boosting" (2002). */
export const DEFAULT_BOOSTING: BoostingOptions = {
  depth: 3,
  fewestRowsInLeaf: 20,
  penalty: 1,
  learningRate: 0.05,
  rowShare: 0.5,
  columnShare: 0.5,
};

/** The sum of trees' values and a start. */
export interface BoostedTrees {
  /** Log-odds before the first tree. */
  readonly start: number;
  readonly trees: readonly Tree[];
}

/** Boosted trees in the making. */
export interface Booster {
  /** Log-odds of all rows so far, [n], learned from or not. */
  readonly scores: Float64Array;
  readonly addTree: () => void;
  /** The model of the first so many trees. */
  readonly model: (rounds: number) => BoostedTrees;
}

/** Draws a share of values without replacement, at least one, in their order: selection sampling (Knuth, vol. 2, 3.4.2). */
const draw = (values: Int32Array, share: number, random: Random): Int32Array<ArrayBuffer> => {
  const wanted = Math.max(1, Math.round(share * values.length));
  const drawn = new Int32Array(wanted);
  let taken = 0;
  for (let at = 0; at < values.length && taken < wanted; at += 1) {
    if ((values.length - at) * random() >= wanted - taken) continue;
    drawn[taken] = values[at] ?? 0;
    taken += 1;
  }
  return drawn;
};

/**
 * Gradient boosting of the logistic loss, a tree at a time. J. H. Friedman, "Greedy function approximation: a gradient
 * boosting machine", Annals of Statistics 29 (2001).
 *
 * @param labels [n] of 0 and 1, read for `rows` alone
 * @param rows to learn from, of both classes
 */
export const createBooster = (
  table: BinnedTable,
  labels: Uint8Array,
  rows: Int32Array,
  options: BoostingOptions,
  random: Random,
): Booster => {
  const columns = Int32Array.from(table.columns.keys());
  const start = logit(rows.reduce((sum, row) => sum + (labels[row] ?? 0), 0) / rows.length);
  const scores = new Float64Array(table.rows).fill(start);
  const gradients = new Float64Array(table.rows);
  const curvatures = new Float64Array(table.rows);
  const grower = new TreeGrower(table, options);
  const trees: Tree[] = [];
  return {
    scores,
    addTree: () => {
      const sample = draw(rows, options.rowShare, random);
      for (const row of sample) {
        const probability = sigmoid(scores[row] ?? 0);
        gradients[row] = probability - (labels[row] ?? 0);
        curvatures[row] = probability * (1 - probability);
      }
      const tree = grower.grow(sample, draw(columns, options.columnShare, random), gradients, curvatures);
      trees.push(tree);
      addTreeValues(tree, table, scores);
    },
    model: (rounds) => ({ start, trees: trees.slice(0, rounds) }),
  };
};

/** Log-odds that the model gives to all rows, [n]. */
export const scoreTrees = ({ start, trees }: BoostedTrees, table: BinnedTable): Float64Array => {
  const scores = new Float64Array(table.rows).fill(start);
  for (const tree of trees) addTreeValues(tree, table, scores);
  return scores;
};

/** One model whose log-odds are the mean of several. */
export const averageTrees = (models: readonly BoostedTrees[]): BoostedTrees => ({
  start: models.reduce((sum, { start }) => sum + start, 0) / models.length,
  trees: models.flatMap(({ trees }) =>
    trees.map((tree) => ({ ...tree, value: tree.value.map((value) => value / models.length) })),
  ),
});

const MOST_ROUNDS = 200;
/** Rounds between looks at the held-out loss. */
const STRIDE = 5;
/** Rounds without a gain after which a better one is no longer expected. */
const PATIENCE = 20;

export interface CrossValidatedTrees {
  readonly models: readonly BoostedTrees[];
  /** [n] log-odds of each row from the fold that held it out; NaN of rows in no fold */
  readonly outOfFold: Float64Array;
  /** Trees after which the held-out loss was smallest. */
  readonly rounds: number;
}

/**
 * Boosts all folds side by side and stops when their held-out log-loss, pooled, falls no more: the number of trees rests
 * on every row and not on one part set aside.
 */
export const crossValidateTrees = (
  table: BinnedTable,
  labels: Uint8Array,
  folds: readonly Fold[],
  options: BoostingOptions,
  seed: number,
): CrossValidatedTrees => {
  const boosters = folds.map(({ training }, fold) =>
    createBooster(table, labels, training, options, createRandom(seed + fold)),
  );
  const outOfFold = new Float64Array(table.rows).fill(Number.NaN);
  let smallest = Number.POSITIVE_INFINITY;
  let rounds = 0;
  for (let round = 0; round <= MOST_ROUNDS && round - rounds <= PATIENCE; round += STRIDE) {
    for (let tree = 0; round > 0 && tree < STRIDE; tree += 1) for (const { addTree } of boosters) addTree();
    let loss = 0;
    for (const [fold, { heldOut }] of folds.entries()) {
      const scores = boosters[fold]?.scores ?? outOfFold;
      for (const row of heldOut) loss += softplus(scores[row] ?? 0) - (labels[row] ?? 0) * (scores[row] ?? 0);
    }
    if (loss >= smallest) continue;
    smallest = loss;
    rounds = round;
    for (const [fold, { heldOut }] of folds.entries())
      for (const row of heldOut) outOfFold[row] = boosters[fold]?.scores[row] ?? 0;
  }
  return { models: boosters.map(({ model }) => model(rounds)), outOfFold, rounds };
};
