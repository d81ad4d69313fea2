import { logLoss } from './classification-metrics.ts';
import type { Design } from './design-matrix.ts';
import { fitLogistic, sigmoid } from './logistic-regression.ts';

export type CalibrationMethod = 'none' | 'platt' | 'beta' | 'isotonic';

/** A monotone map from a model's log-odds to a probability. */
export type Calibrator = (logOdds: number) => number;

/** Nothing is certain: probabilities keep off 0 and 1 by half a row of all. */
const HALF = 0.5;
/** Log-odds are cut here before their logarithms are taken. */
const FARTHEST = 30;
/** A tiny ridge keeps the fit finite when scores part the classes. */
const PENALTY = 1e-3;

/** A dense design of k columns for a handful of coefficients. */
const denseDesign = (rows: number, columns: readonly ((row: number) => number)[]): Design => ({
  rows,
  terms: columns.length,
  rowStart: Int32Array.from({ length: rows + 1 }, (_, row) => row * columns.length),
  termIndex: Int32Array.from({ length: rows * columns.length }, (_, at) => at % columns.length),
  values: Float64Array.from({ length: rows * columns.length }, (_, at) => {
    const column = at % columns.length;
    return columns[column]?.((at - column) / columns.length) ?? 0;
  }),
});

const fitDense = (labels: Uint8Array, columns: readonly ((row: number) => number)[]) =>
  fitLogistic(denseDesign(labels.length, columns), labels, Int32Array.from(labels.keys()), PENALTY);

/** p = σ(a + b·z): J. Platt, "Probabilistic outputs for support vector machines" (1999). */
const fitPlatt = (logOdds: Float64Array, labels: Uint8Array): Calibrator => {
  const { intercept, coefficients } = fitDense(labels, [(row) => logOdds[row] ?? 0]);
  const slope = Math.max(0, coefficients[0] ?? 0);
  return (z) => sigmoid(intercept + slope * z);
};

/** −ln σ(−z), that is −ln(1 − p), and ln σ(z) = ln p. */
const logComplement = (z: number): number => Math.log1p(Math.exp(Math.min(FARTHEST, z)));
const logProbability = (z: number): number => -Math.log1p(Math.exp(Math.min(FARTHEST, -z)));

/**
 * p = σ(c + a·ln s − b·ln(1 − s)), a and b from 0: M. Kull, T. Silva Filho & P. Flach, "Beta calibration", AISTATS (2017).
 * A coefficient below 0 is set to 0 and the rest fitted again, as there.
 */
const fitBeta = (logOdds: Float64Array, labels: Uint8Array): Calibrator => {
  const ofSuccess = (row: number): number => logProbability(logOdds[row] ?? 0);
  const ofFailure = (row: number): number => logComplement(logOdds[row] ?? 0);
  const both = fitDense(labels, [ofSuccess, ofFailure]);
  let [c, a, b] = [both.intercept, both.coefficients[0] ?? 0, both.coefficients[1] ?? 0];
  if (a < 0 || b < 0) {
    const one = fitDense(labels, [a < 0 ? ofFailure : ofSuccess]);
    const slope = Math.max(0, one.coefficients[0] ?? 0);
    [c, a, b] = a < 0 ? [one.intercept, 0, slope] : [one.intercept, slope, 0];
  }
  return (z) => sigmoid(c + a * logProbability(z) + b * logComplement(z));
};

/**
 * The step function that rises with the score and is nearest to the outcomes, by pooling adjacent violators: B. Zadrozny &
 * C. Elkan, "Transforming classifier scores into accurate multiclass probability estimates", KDD (2002). Between the
 * steps' centres it is a line, so that customers who differ stay apart.
 */
const fitIsotonic = (logOdds: Float64Array, labels: Uint8Array): Calibrator => {
  const order = Int32Array.from(labels.keys()).sort((p, q) => (logOdds[p] ?? 0) - (logOdds[q] ?? 0));
  const blocks: { centre: number; positives: number; rows: number }[] = [];
  for (const row of order) {
    let block = { centre: logOdds[row] ?? 0, positives: labels[row] ?? 0, rows: 1 };
    for (
      let before = blocks.at(-1);
      before !== undefined &&
      (before.positives * block.rows >= block.positives * before.rows || before.centre === block.centre);
      before = blocks.at(-1)
    ) {
      blocks.pop();
      const rows = before.rows + block.rows;
      block = {
        centre: (before.centre * before.rows + block.centre * block.rows) / rows,
        positives: before.positives + block.positives,
        rows,
      };
    }
    blocks.push(block);
  }
  const centres = Float64Array.from(blocks, ({ centre }) => centre);
  const least = HALF / labels.length;
  const rates = Float64Array.from(blocks, ({ positives, rows }) =>
    Math.min(1 - least, Math.max(least, positives / rows)),
  );
  return (z) => interpolate(centres, rates, z);
};

const interpolate = (x: Float64Array, y: Float64Array, at: number): number => {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((x[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [y[low - 1] ?? y[0] ?? HALF, y[low] ?? y.at(-1) ?? HALF];
  const [from, to] = [x[low - 1] ?? at, x[low] ?? at];
  return to > from ? before + ((after - before) * (at - from)) / (to - from) : after;
};

/** @param logOdds [n] of a model on rows it was not fitted on @param labels [n] of 0 and 1, both classes */
export const fitCalibrator = (method: CalibrationMethod, logOdds: Float64Array, labels: Uint8Array): Calibrator => {
  if (method === 'platt') return fitPlatt(logOdds, labels);
  if (method === 'beta') return fitBeta(logOdds, labels);
  return method === 'isotonic' ? fitIsotonic(logOdds, labels) : sigmoid;
};

const METHODS: readonly CalibrationMethod[] = ['none', 'platt', 'beta', 'isotonic'];

export interface ChosenCalibration {
  readonly method: CalibrationMethod;
  readonly calibrate: Calibrator;
  /** [n] probabilities, each from a map fitted without the row's fold */
  readonly crossFitted: Float64Array;
  /** Cross-fitted log-loss of every method. */
  readonly logLosses: Readonly<Record<CalibrationMethod, number>>;
}

const crossFit = (method: CalibrationMethod, logOdds: Float64Array, labels: Uint8Array, foldOf: Uint8Array) => {
  const probabilities = new Float64Array(logOdds.length);
  for (const fold of new Set(foldOf)) {
    const isOther = (_value: number, row: number): boolean => foldOf[row] !== fold;
    const calibrate = fitCalibrator(method, logOdds.filter(isOther), labels.filter(isOther));
    for (const [row, z] of logOdds.entries()) if (foldOf[row] === fold) probabilities[row] = calibrate(z);
  }
  return probabilities;
};

/**
 * Chooses the map by its log-loss on folds it was not fitted on. Ties go to the simpler: none before Platt's, before
 * beta, before isotonic.
 *
 * @param logOdds [n] out of fold @param labels [n] @param foldOf [n] fold of each row, two at least
 */
export const chooseCalibration = (logOdds: Float64Array, labels: Uint8Array, foldOf: Uint8Array): ChosenCalibration => {
  const logLosses = { none: 0, platt: 0, beta: 0, isotonic: 0 };
  let best: { method: CalibrationMethod; crossFitted: Float64Array } | undefined;
  for (const method of METHODS) {
    const crossFitted = crossFit(method, logOdds, labels, foldOf);
    logLosses[method] = logLoss(crossFitted, labels);
    if (best === undefined || logLosses[method] < logLosses[best.method]) best = { method, crossFitted };
  }
  const { method, crossFitted } = best ?? { method: 'none', crossFitted: Float64Array.from(logOdds, sigmoid) };
  return { method, crossFitted, logLosses, calibrate: fitCalibrator(method, logOdds, labels) };
};
