import { createRandom, type Random } from '../statistics/random.ts';
import type { BlendedClassifier } from './blended-classifier.ts';
import { auc } from './classification-metrics.ts';
import { shuffle } from './cross-validation.ts';
import { swappedTreeValues } from './decision-tree.ts';
import { columnScores, type LogisticModel } from './logistic-regression.ts';

/** Rows that are looked at, of all folds together; when there are fewer, they are shuffled more often. */
const SHUFFLED_ROWS = 2_000;
const MOST_REPEATS = 10;

/** Held-out rows of one fold, and by how much their log-odds change when each column in turn is dealt out anew. */
interface Shuffled {
  readonly rows: Int32Array;
  /** [columns][rows] */
  readonly changes: readonly Float64Array[];
}

const linearChanges = (
  { table: { encoding, design } }: BlendedClassifier,
  logistic: LogisticModel,
  rows: Int32Array,
  donors: readonly Int32Array[],
): Float64Array[] => {
  const width = donors.length;
  const parts = columnScores(design, logistic, encoding.columnOfTerm, width);
  return donors.map((ofColumn, column) =>
    Float64Array.from(
      rows,
      (row, place) => (parts[(ofColumn[place] ?? row) * width + column] ?? 0) - (parts[row * width + column] ?? 0),
    ),
  );
};

const shuffleFold = (
  model: BlendedClassifier,
  { heldOut, logistic, trees }: BlendedClassifier['folds'][number],
  random: Random,
): Shuffled => {
  const { table, folds, logisticShare } = model;
  const rows = shuffle(heldOut.slice(), random).subarray(0, Math.ceil(SHUFFLED_ROWS / folds.length));
  const donors = table.encoding.columns.map(() => shuffle(rows.slice(), random));
  const changes = linearChanges(model, logistic, rows, donors);
  for (const change of changes)
    for (let place = 0; place < rows.length; place += 1) change[place] = (change[place] ?? 0) * logisticShare;
  if (logisticShare === 1) return { rows, changes };
  const [before, after] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  for (const tree of trees.trees) {
    swappedTreeValues(tree, table.binned, rows, rows, -1, before);
    for (const column of new Set(tree.column)) {
      const [change, ofColumn] = [changes[column], donors[column]];
      if (change === undefined || ofColumn === undefined) continue;
      swappedTreeValues(tree, table.binned, rows, ofColumn, column, after);
      for (let place = 0; place < rows.length; place += 1)
        change[place] = (change[place] ?? 0) + (1 - logisticShare) * ((after[place] ?? 0) - (before[place] ?? 0));
    }
  }
  return { rows, changes };
};

/** What each column's shuffling takes off the area of the rows looked at, [columns]. */
const areasLost = (model: BlendedClassifier, labels: Uint8Array, scores: Float64Array, random: Random): number[] => {
  const parts = model.folds.map((fold) => shuffleFold(model, fold, random));
  const rows = parts.flatMap((part) => [...part.rows]);
  const outcomes = Uint8Array.from(rows, (row) => labels[row] ?? 0);
  const base = Float64Array.from(rows, (row) => scores[row] ?? 0);
  const whole = auc(base, outcomes);
  return model.table.encoding.columns.map((_, column) => {
    const changes = parts.flatMap((part) => [...(part.changes[column] ?? [])]);
    return (
      whole -
      auc(
        base.map((score, place) => score + (changes[place] ?? 0)),
        outcomes,
      )
    );
  });
};

/**
 * How much of the area under the ROC curve, out of fold, rests on each column: what is lost when its values are shuffled.
 * L. Breiman, "Random forests", Machine Learning 45 (2001); A. Fisher, C. Rudin & F. Dominici, JMLR 20 (2019). Of columns
 * that say the same, each may seem to matter little.
 *
 * @returns [columns] the mean loss; below 0 by chance
 */
export const permutationImportance = (model: BlendedClassifier, seed: number): number[] => {
  const { rows, outOfFold, table } = model;
  const random = createRandom(seed);
  const labels = new Uint8Array(table.binned.rows);
  const scores = new Float64Array(table.binned.rows);
  for (const [place, row] of rows.entries()) {
    labels[row] = outOfFold.labels[place] ?? 0;
    scores[row] = outOfFold.blend[place] ?? 0;
  }
  const repeats = Math.min(MOST_REPEATS, Math.ceil(SHUFFLED_ROWS / rows.length));
  const lost = Array.from({ length: repeats }, () => areasLost(model, labels, scores, random));
  return table.encoding.columns.map(
    (_, column) => lost.reduce((sum, ofColumns) => sum + (ofColumns[column] ?? 0), 0) / repeats,
  );
};
