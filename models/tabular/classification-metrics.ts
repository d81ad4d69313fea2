import { Z_95 } from '../statistics/normal.ts';
import { rank } from '../statistics/ranks.ts';
import { logit, sigmoid } from './logistic-regression.ts';

/** Probabilities nearer to 0 or 1 than this are taken for this: a logarithm of 0 would drown every other row. */
const SMALLEST_PROBABILITY = 1e-15;

const orderOf = (scores: ArrayLike<number>): Int32Array =>
  Int32Array.from({ length: scores.length }, (_, index) => index).sort(
    (a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b,
  );

/** Scores of class 0, and of class 1. */
const splitByClass = (scores: ArrayLike<number>, labels: ArrayLike<number>): [Float64Array, Float64Array] => {
  const rows = Int32Array.from({ length: scores.length }, (_, row) => row);
  const ofClass = (label: number): Float64Array =>
    Float64Array.from(
      rows.filter((row) => labels[row] === label),
      (row) => scores[row] ?? 0,
    );
  return [ofClass(0), ofClass(1)];
};

/**
 * Area under the ROC curve: the probability that a row of class 1 scores above one of class 0, ties counted half.
 *
 * @param scores [n], the higher the likelier
 * @param labels [n] of 0 and 1
 * @returns NaN when a class is empty
 */
export const auc = (scores: ArrayLike<number>, labels: ArrayLike<number>): number => {
  const [negatives, positives] = splitByClass(scores, labels);
  negatives.sort();
  positives.sort();
  let [below, upTo, pairs] = [0, 0, 0];
  for (const score of positives) {
    while (below < negatives.length && (negatives[below] ?? 0) < score) below += 1;
    while (upTo < negatives.length && (negatives[upTo] ?? 0) <= score) upTo += 1;
    pairs += (below + upTo) / 2;
  }
  return pairs / (positives.length * negatives.length);
};

const variance = (values: Float64Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
};

/**
 * The area with its standard error and 95% interval. E. R. DeLong, D. M. DeLong & D. L. Clarke-Pearson, Biometrics 44
 * (1988), by ranks as in X. Sun & W. Xu, IEEE Signal Processing Letters 21 (2014); the interval is taken in log-odds, so
 * that it stays within 0 and 1.
 *
 * @param scores [n] and @param labels [n] of 0 and 1, two of each at least
 */
export const aucInterval = (
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): { auc: number; standardError: number; lower: number; upper: number } => {
  const [negatives, positives] = splitByClass(scores, labels);
  const [m, n] = [positives.length, negatives.length];
  const all = rank(Float64Array.of(...positives, ...negatives)).ranks;
  const [among1, among0] = [rank(positives).ranks, rank(negatives).ranks];
  const above = among1.map((place, at) => ((all[at] ?? 0) - place) / n);
  const below = among0.map((place, at) => 1 - ((all[m + at] ?? 0) - place) / m);
  const area = above.reduce((sum, value) => sum + value, 0) / m;
  const standardError = Math.sqrt(variance(above) / m + variance(below) / n);
  if (area <= 0 || area >= 1) return { auc: area, standardError, lower: area, upper: area };
  const centre = logit(area);
  const margin = (Z_95 * standardError) / (area * (1 - area));
  return { auc: area, standardError, lower: sigmoid(centre - margin), upper: sigmoid(centre + margin) };
};

/** Mean of −ln(probability given to what came). */
export const logLoss = (probabilities: ArrayLike<number>, labels: ArrayLike<number>): number => {
  let sum = 0;
  for (let row = 0; row < probabilities.length; row += 1) {
    const probability = probabilities[row] ?? 0;
    sum -= Math.log(Math.max(SMALLEST_PROBABILITY, labels[row] === 1 ? probability : 1 - probability));
  }
  return sum / probabilities.length;
};

/** Mean squared difference of probability and outcome: G. W. Brier, Monthly Weather Review 78 (1950). */
export const brierScore = (probabilities: ArrayLike<number>, labels: ArrayLike<number>): number => {
  let sum = 0;
  for (let row = 0; row < probabilities.length; row += 1) sum += ((probabilities[row] ?? 0) - (labels[row] ?? 0)) ** 2;
  return sum / probabilities.length;
};

interface CalibrationBin {
  readonly rows: number;
  /** Mean of the probabilities given. */
  readonly predicted: number;
  /** Share of class 1. */
  readonly observed: number;
}

export interface CalibrationError {
  /** Mean distance of predicted and observed share, by the bins' rows. */
  readonly ece: number;
  /** The same with what chance alone adds taken off; 0 when chance explains all of it. */
  readonly debiased: number;
  readonly bins: readonly CalibrationBin[];
}

/**
 * Expected calibration error over bins of equally many rows. M. P. Naeini, G. F. Cooper & M. Hauskrecht, "Obtaining well
 * calibrated probabilities using Bayesian binning", AAAI (2015). `debiased` is the root of the mean squared distance
 * less the share's own variance: A. Kumar, P. Liang & T. Ma, "Verified uncertainty calibration", NeurIPS (2019).
 *
 * @param binCount 10 in the literature; at n rows a perfect forecast shows about √(p(1 − p)·binCount/n)·0.8 by chance
 */
export const calibrationError = (
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  binCount = 10,
): CalibrationError => {
  const order = orderOf(probabilities);
  const bins: CalibrationBin[] = [];
  let [ece, squares] = [0, 0];
  for (let bin = 0; bin < binCount; bin += 1) {
    const rows = order.subarray(
      Math.floor((bin * order.length) / binCount),
      Math.floor(((bin + 1) * order.length) / binCount),
    );
    if (rows.length === 0) continue;
    const predicted = rows.reduce((sum, row) => sum + (probabilities[row] ?? 0), 0) / rows.length;
    const observed = rows.reduce((sum, row) => sum + (labels[row] ?? 0), 0) / rows.length;
    const weight = rows.length / order.length;
    ece += weight * Math.abs(predicted - observed);
    squares += weight * ((predicted - observed) ** 2 - (observed * (1 - observed)) / Math.max(1, rows.length - 1));
    bins.push({ rows: rows.length, predicted, observed });
  }
  return { ece, debiased: Math.sqrt(Math.max(0, squares)), bins };
};

export interface LiftRow {
  /** Tenth of the rows, 1 the likeliest. */
  readonly decile: number;
  readonly rows: number;
  readonly positives: number;
  /** Mean of the probabilities given. */
  readonly predicted: number;
  readonly rate: number;
  /** The tenth's rate over everybody's. */
  readonly lift: number;
  /** Share of all positives in this tenth and those above. */
  readonly captured: number;
}

/** What the likeliest tenth of the rows holds, the next, and so on. @param labels [n], one of class 1 at least */
export const liftTable = (probabilities: ArrayLike<number>, labels: ArrayLike<number>): LiftRow[] => {
  const order = orderOf(probabilities).reverse();
  const total = order.reduce((sum, row) => sum + (labels[row] ?? 0), 0);
  let captured = 0;
  return Array.from({ length: 10 }, (_, at) => {
    const rows = order.subarray(Math.floor((at * order.length) / 10), Math.floor(((at + 1) * order.length) / 10));
    const positives = rows.reduce((sum, row) => sum + (labels[row] ?? 0), 0);
    captured += positives;
    return {
      decile: at + 1,
      rows: rows.length,
      positives,
      predicted: rows.reduce((sum, row) => sum + (probabilities[row] ?? 0), 0) / rows.length,
      rate: positives / rows.length,
      lift: positives / rows.length / (total / order.length),
      captured: captured / total,
    };
  });
};
