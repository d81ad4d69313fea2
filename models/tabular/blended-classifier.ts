import { createRandom } from '../statistics/random.ts';
import { type BinnedTable, binTable } from './binning.ts';
import { averageTrees, type BoostedTrees, crossValidateTrees, DEFAULT_BOOSTING, scoreTrees } from './boosted-trees.ts';
import { type ChosenCalibration, chooseCalibration } from './calibration.ts';
import { logLoss } from './classification-metrics.ts';
import { type Fold, stratifiedFolds } from './cross-validation.ts';
import { type Design, type Encoding, encodeTable, fitEncoding } from './design-matrix.ts';
import {
  fitLogistic,
  fitLogisticByInformation,
  type LogisticModel,
  scoreLogistic,
  sigmoid,
} from './logistic-regression.ts';
import type { Table } from './table.ts';

const FOLDS = 5;
/** Shares of the logistic regression in the blend that are compared. */
const SHARES = Array.from({ length: 11 }, (_, tenth) => tenth / 10);

/** A row's table in both forms that the models read. */
interface EncodedTable {
  readonly encoding: Encoding;
  readonly design: Design;
  readonly binned: BinnedTable;
}

/** Both models of one set of rows. */
interface ModelPair {
  readonly logistic: LogisticModel;
  readonly trees: BoostedTrees;
}

/** Predictions of rows by models that had not seen them; all arrays are [m], in the order of the rows learned from. */
interface OutOfFold {
  readonly labels: Uint8Array;
  readonly fold: Uint8Array;
  /** Log-odds. */
  readonly logistic: Float64Array;
  readonly trees: Float64Array;
  readonly blend: Float64Array;
  /** Calibrated, by a map that had not seen the row's fold. */
  readonly probabilities: Float64Array;
}

/** A blend of logistic regression and boosted trees, calibrated, with the cross-validation it was chosen by. */
export interface BlendedClassifier extends ModelPair {
  readonly table: EncodedTable;
  readonly rows: Int32Array;
  readonly folds: readonly (Fold & ModelPair)[];
  readonly outOfFold: OutOfFold;
  /** Share of the logistic regression's log-odds; the trees have the rest. */
  readonly logisticShare: number;
  readonly penalty: number;
  readonly rounds: number;
  readonly calibration: ChosenCalibration;
  /** Log-odds of all rows of the table, [n], before calibration. */
  readonly scores: Float64Array;
  /** Calibrated probabilities of class 1 of all rows of the table, [n]. */
  readonly probabilities: Float64Array;
}

const blend = (logistic: Float64Array, trees: Float64Array, share: number): Float64Array =>
  logistic.map((score, at) => share * score + (1 - share) * (trees[at] ?? 0));

/** The share whose blend of log-odds has the smallest log-loss out of fold. */
const chooseShare = (logistic: Float64Array, trees: Float64Array, labels: Uint8Array): number => {
  const losses = SHARES.map((share) => logLoss(blend(logistic, trees, share).map(sigmoid), labels));
  return SHARES[losses.indexOf(Math.min(...losses))] ?? 0.5;
};

/** @param whole a fit of all rows: each fold's is near it, and the optimum is the same wherever the search begins */
const crossValidate = (
  table: EncodedTable,
  labels: Uint8Array,
  rows: Int32Array,
  { model: whole, penalty }: { model: LogisticModel; penalty: number },
  seed: number,
) => {
  const folds = stratifiedFolds(rows, labels, FOLDS, createRandom(seed));
  const boosted = crossValidateTrees(table.binned, labels, folds, DEFAULT_BOOSTING, seed + 1);
  const logisticScores = new Float64Array(labels.length);
  const foldOfRow = new Uint8Array(labels.length);
  const fitted = folds.flatMap((fold, index) => {
    const logistic = fitLogistic(table.design, labels, fold.training, penalty, whole);
    const scores = scoreLogistic(table.design, logistic);
    for (const row of fold.heldOut) {
      logisticScores[row] = scores[row] ?? 0;
      foldOfRow[row] = index;
    }
    const trees = boosted.models[index];
    return trees === undefined ? [] : [{ ...fold, logistic, trees }];
  });
  const ofRows = (scores: Float64Array): Float64Array => Float64Array.from(rows, (row) => scores[row] ?? 0);
  return {
    folds: fitted,
    rounds: boosted.rounds,
    fold: Uint8Array.from(rows, (row) => foldOfRow[row] ?? 0),
    logistic: ofRows(logisticScores),
    trees: ofRows(boosted.outOfFold),
  };
};

/**
 * Learns to tell two classes apart. A ridge logistic regression on linear splines and boosted trees are averaged in
 * log-odds (stacking by out-of-fold log-loss: D. H. Wolpert, Neural Networks 5, 1992; L. Breiman, Machine Learning 24,
 * 1996) and calibrated; number of trees, shares and calibration are chosen by five stratified folds. The folds' trees are
 * kept as a committee, which varies less than one model of all rows (B. Parmanto, P. W. Munro & H. R. Doyle, Connection
 * Science 8, 1996). Encoding and ridge come from all of `rows`; from rows beyond these nothing is learned.
 *
 * @param labels [n] of 0 and 1; read for `rows` alone
 * @param rows to learn from, five of each class at least
 */
export const fitBlendedClassifier = (
  table: Table,
  labels: Uint8Array,
  rows: Int32Array,
  seed: number,
): BlendedClassifier => {
  const encoding = fitEncoding(table, rows);
  const encoded = { encoding, design: encodeTable(table, encoding), binned: binTable(table, rows) };
  const fitted = fitLogisticByInformation(encoded.design, labels, rows);
  const { model: logistic, penalty } = fitted;
  const { folds, rounds, ...predicted } = crossValidate(encoded, labels, rows, fitted, seed);
  const labelsOfRows = Uint8Array.from(rows, (row) => labels[row] ?? 0);
  const logisticShare = chooseShare(predicted.logistic, predicted.trees, labelsOfRows);
  const blended = blend(predicted.logistic, predicted.trees, logisticShare);
  const calibration = chooseCalibration(blended, labelsOfRows, predicted.fold);
  const trees = averageTrees(folds.map((fold) => fold.trees));
  const scores = blend(scoreLogistic(encoded.design, logistic), scoreTrees(trees, encoded.binned), logisticShare);
  return {
    table: encoded,
    rows,
    logistic,
    trees,
    folds,
    outOfFold: { labels: labelsOfRows, ...predicted, blend: blended, probabilities: calibration.crossFitted },
    logisticShare,
    penalty,
    rounds,
    calibration,
    scores,
    probabilities: scores.map(calibration.calibrate),
  };
};
