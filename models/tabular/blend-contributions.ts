import type { BlendedClassifier } from './blended-classifier.ts';
import { columnScores } from './logistic-regression.ts';
import { meanOfTree, treeContributions } from './tree-shap.ts';

export interface Contributions {
  /** Log-odds of the average row, before calibration. */
  readonly baseline: number;
  /** [m × columns], row by row: what each column moves the log-odds away from the baseline */
  readonly values: Float64Array;
}

/**
 * What each column does to the log-odds of some rows, against the average of the rows learned from: of the regression its
 * terms less their means, of the trees their Shapley values, both by their shares. Baseline and contributions add up to the
 * row's score.
 *
 * @param rows to explain, [m]
 */
export const contributionsOf = (model: BlendedClassifier, rows: Int32Array): Contributions => {
  const { table, logistic, trees, logisticShare: share } = model;
  const width = table.encoding.columns.length;
  const linear = columnScores(table.design, logistic, table.encoding.columnOfTerm, width);
  const means = new Float64Array(width);
  for (const row of model.rows)
    for (let column = 0; column < width; column += 1)
      means[column] = (means[column] ?? 0) + (linear[row * width + column] ?? 0) / model.rows.length;
  const values = treeContributions(trees.trees, table.binned, rows);
  for (const [place, row] of rows.entries())
    for (let column = 0; column < width; column += 1) {
      const cell = place * width + column;
      const centred = (linear[row * width + column] ?? 0) - (means[column] ?? 0);
      values[cell] = share * centred + (1 - share) * (values[cell] ?? 0);
    }
  const ofTrees = trees.trees.reduce((sum, tree) => sum + meanOfTree(tree), trees.start);
  const ofLogistic = means.reduce((sum, mean) => sum + mean, logistic.intercept);
  return { baseline: share * ofLogistic + (1 - share) * ofTrees, values };
};
