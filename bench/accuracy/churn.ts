import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../models/statistics/random.ts';
import { fitBlendedClassifier } from '../../models/tabular/blended-classifier.ts';
import { scoreTrees } from '../../models/tabular/boosted-trees.ts';
import { auc, brierScore, calibrationError, logLoss } from '../../models/tabular/classification-metrics.ts';
import { readTable } from '../../models/tabular/column-reader.ts';
import { stratifiedFolds } from '../../models/tabular/cross-validation.ts';
import { parseCsv } from '../../models/tabular/csv.ts';
import { scoreLogistic, sigmoid } from '../../models/tabular/logistic-regression.ts';

const FOLDS = 5;
const SEED = 1;
const LABEL = 'Churn';
const ID = 'customerID';

const readCustomers = async (dataDir: string) => {
  const [header = [], ...rows] = parseCsv(await readFile(join(dataDir, 'churn', 'telco.csv'), 'utf8'));
  const labelAt = header.indexOf(LABEL);
  if (labelAt === -1) throw new Error(`churn/telco.csv has no column ${LABEL}`);
  const names = header.filter((name) => name !== LABEL && name !== ID);
  const { table } = readTable(names, (name) => rows.map((row) => row[header.indexOf(name)]), rows.length);
  return { table, labels: Uint8Array.from(rows, (row) => (row[labelAt]?.trim().toLowerCase() === 'yes' ? 1 : 0)) };
};

interface Predictions {
  readonly blend: Float64Array;
  readonly logistic: Float64Array;
  readonly trees: Float64Array;
}

/** Mean over folds of the area; calibration over all rows, for a fold of a thousand shows 0.03 by chance alone. */
const score = (probabilities: Float64Array, labels: Uint8Array, folds: readonly Int32Array[]) => {
  const areas = folds.map((rows) =>
    auc(
      Float64Array.from(rows, (row) => probabilities[row] ?? 0),
      Uint8Array.from(rows, (row) => labels[row] ?? 0),
    ),
  );
  const { ece, debiased } = calibrationError(probabilities, labels);
  return {
    auc: areas.reduce((sum, area) => sum + area, 0) / areas.length,
    ece,
    eceDebiased: debiased,
    logLoss: logLoss(probabilities, labels),
    brier: brierScore(probabilities, labels),
  };
};

/**
 * Scores the churn model on the Telco set by five stratified folds. All of the method runs inside the training part of
 * each fold: encoding, ridge, number of trees, blend and calibration, by five folds of its own.
 *
 * @param dataDir folder holding `churn/telco.csv`
 */
export const benchmarkChurn = async (dataDir: string, seed = SEED) => {
  const { table, labels } = await readCustomers(dataDir);
  const all = Int32Array.from(labels.keys());
  const folds = stratifiedFolds(all, labels, FOLDS, createRandom(seed));
  const predicted: Predictions = {
    blend: new Float64Array(table.rows),
    logistic: new Float64Array(table.rows),
    trees: new Float64Array(table.rows),
  };
  const started = performance.now();
  for (const { training, heldOut } of folds) {
    const model = fitBlendedClassifier(table, labels, training, seed);
    const logistic = scoreLogistic(model.table.design, model.logistic);
    const trees = scoreTrees(model.trees, model.table.binned);
    for (const row of heldOut) {
      predicted.blend[row] = model.probabilities[row] ?? 0;
      predicted.logistic[row] = sigmoid(logistic[row] ?? 0);
      predicted.trees[row] = sigmoid(trees[row] ?? 0);
    }
  }
  const msPerFold = (performance.now() - started) / FOLDS;
  const parts = folds.map(({ heldOut }) => heldOut);
  return {
    ...score(predicted.blend, labels, parts),
    msPerFold,
    folds: FOLDS,
    customers: table.rows,
    peers: {
      logistic: score(predicted.logistic, labels, parts),
      trees: score(predicted.trees, labels, parts),
    },
  };
};
