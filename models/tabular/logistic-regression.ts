import { factorize, solve, solveLower } from '../statistics/cholesky.ts';
import type { Design } from './design-matrix.ts';

const MOST_ITERATIONS = 50;
const MOST_HALVINGS = 30;
/** Newton's decrement of the last step: the next one would be the square of this. */
const TOLERANCE = 1e-4;

export interface LogisticModel {
  readonly intercept: number;
  /** [d] log-odds per unit of each term */
  readonly coefficients: Float64Array;
  /** Log-likelihood of the rows learned from. */
  readonly logLikelihood: number;
  /** Trace of the inverse penalised information times the information, intercept included: R. J. Gray, JASA 87 (1992). */
  readonly effectiveParameters: () => number;
  /** Standard error of a contrast Σ c·β of terms, from the inverse of the penalised information. @param contrast [d] */
  readonly standardError: (contrast: Float64Array) => number;
}

/** ln(1 + e^z) without overflow. */
export const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

export const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

export const logit = (probability: number): number => Math.log(probability / (1 - probability));

/** Log-odds of one row. */
const scoreRow = ({ rowStart, termIndex, values }: Design, row: number, beta: Float64Array): number => {
  let score = beta[0] ?? 0;
  const end = rowStart[row + 1] ?? 0;
  for (let at = rowStart[row] ?? 0; at < end; at += 1)
    score += (values[at] ?? 0) * (beta[(termIndex[at] ?? 0) + 1] ?? 0);
  return score;
};

/** Penalised negative log-likelihood of rows; beta[0] is the intercept, which is not penalised. */
const objective = (
  design: Design,
  labels: Uint8Array,
  rows: Int32Array,
  beta: Float64Array,
  penalty: number,
): { loss: number; penalised: number } => {
  let loss = 0;
  for (const row of rows) {
    const score = scoreRow(design, row, beta);
    loss += softplus(score) - (labels[row] ?? 0) * score;
  }
  let squares = 0;
  for (let term = 1; term < beta.length; term += 1) squares += (beta[term] ?? 0) ** 2;
  return { loss, penalised: loss + (penalty / 2) * squares };
};

/** Adds the gradient and the information matrix (lower triangle) of the rows to `gradient` and `information`. */
const accumulate = (
  design: Design,
  labels: Uint8Array,
  rows: Int32Array,
  beta: Float64Array,
  gradient: Float64Array,
  information: Float64Array,
): void => {
  const { rowStart, termIndex, values } = design;
  const size = beta.length;
  for (const row of rows) {
    const probability = sigmoid(scoreRow(design, row, beta));
    const residual = (labels[row] ?? 0) - probability;
    const weight = probability * (1 - probability);
    gradient[0] = (gradient[0] ?? 0) + residual;
    information[0] = (information[0] ?? 0) + weight;
    const start = rowStart[row] ?? 0;
    const end = rowStart[row + 1] ?? 0;
    for (let at = start; at < end; at += 1) {
      const value = values[at] ?? 0;
      const term = (termIndex[at] ?? 0) + 1;
      const weighted = weight * value;
      const line = term * size;
      gradient[term] = (gradient[term] ?? 0) + residual * value;
      information[line] = (information[line] ?? 0) + weighted;
      // Terms of a row ascend, so that what lies at or before `at` is the lower triangle.
      for (let other = start; other <= at; other += 1) {
        const cell = line + (termIndex[other] ?? 0) + 1;
        information[cell] = (information[cell] ?? 0) + weighted * (values[other] ?? 0);
      }
    }
  }
};

/** Σ (L⁻¹·A·L⁻ᵀ)ᵢᵢ for A = the penalised information less the penalty: d + 1 − penalty·trace of the inverse's terms. */
const countEffective = (factor: Float64Array, size: number, penalty: number): number => {
  if (penalty === 0) return size;
  const unit = new Float64Array(size);
  let trace = 0;
  for (let term = 1; term < size; term += 1) {
    unit.fill(0);
    unit[term] = 1;
    solveLower(factor, unit);
    for (const value of unit) trace += value * value;
  }
  return size - penalty * trace;
};

/** Goes from beta along the step, halved until the objective falls; gives the new objective. */
const stepDown = (beta: Float64Array, step: Float64Array, from: number, at: (beta: Float64Array) => number): number => {
  const trial = new Float64Array(beta.length);
  for (let halving = 0, length = 1; halving < MOST_HALVINGS; halving += 1, length /= 2) {
    for (let term = 0; term < beta.length; term += 1) trial[term] = (beta[term] ?? 0) + length * (step[term] ?? 0);
    const value = at(trial);
    if (value > from) continue;
    beta.set(trial);
    return value;
  }
  return from;
};

const startFrom = (size: number, start: LogisticModel | undefined): Float64Array => {
  const beta = new Float64Array(size);
  if (start !== undefined) {
    beta[0] = start.intercept;
    beta.set(start.coefficients, 1);
  }
  return beta;
};

/**
 * Newton's step from beta, and what it may gain. @param factor [size × size] is left with the factor of the penalised
 * information
 */
const newtonStep = (
  design: Design,
  labels: Uint8Array,
  rows: Int32Array,
  beta: Float64Array,
  penalty: number,
  factor: Float64Array,
): { step: Float64Array; decrement: number } => {
  const size = beta.length;
  const gradient = new Float64Array(size);
  factor.fill(0);
  accumulate(design, labels, rows, beta, gradient, factor);
  for (let term = 1; term < size; term += 1) {
    gradient[term] = (gradient[term] ?? 0) - penalty * (beta[term] ?? 0);
    factor[term * size + term] = (factor[term * size + term] ?? 0) + penalty;
  }
  if (!factorize(factor, size)) throw new RangeError('terms are collinear: a penalty above 0 is needed');
  const step = gradient.slice();
  solve(factor, step);
  return { step, decrement: step.reduce((sum, length, term) => sum + length * (gradient[term] ?? 0), 0) };
};

/**
 * Logistic regression with a ridge penalty, fitted by Newton's method (iteratively reweighted least squares) with step
 * halving. S. le Cessie & J. C. van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41 (1992).
 *
 * @param design [n × d] whose rows list their terms in ascending order
 * @param labels [n] of 0 and 1
 * @param rows to learn from
 * @param penalty λ of ½·λ·Σβ², the intercept aside; 0 for maximum likelihood
 * @param start a model of the same terms to go on from
 * @throws RangeError when terms are collinear and the penalty is 0
 */
export const fitLogistic = (
  design: Design,
  labels: Uint8Array,
  rows: Int32Array,
  penalty: number,
  start?: LogisticModel,
): LogisticModel => {
  const size = design.terms + 1;
  const beta = startFrom(size, start);
  const factor = new Float64Array(size * size);
  const penalised = (at: Float64Array): number => objective(design, labels, rows, at, penalty).penalised;
  let value = penalised(beta);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration += 1) {
    const { step, decrement } = newtonStep(design, labels, rows, beta, penalty, factor);
    value = stepDown(beta, step, value, penalised);
    if (decrement < TOLERANCE) break;
  }
  return {
    intercept: beta[0] ?? 0,
    coefficients: beta.slice(1),
    logLikelihood: -objective(design, labels, rows, beta, penalty).loss,
    effectiveParameters: () => countEffective(factor, size, penalty),
    standardError: (contrast) => {
      const full = new Float64Array(size);
      full.set(contrast, 1);
      solveLower(factor, full);
      return Math.sqrt(full.reduce((sum, part) => sum + part * part, 0));
    },
  };
};

/** Log-odds that a model gives to all rows, [n]. */
export const scoreLogistic = (design: Design, { intercept, coefficients }: LogisticModel): Float64Array => {
  const beta = Float64Array.of(intercept, ...coefficients);
  return Float64Array.from({ length: design.rows }, (_, row) => scoreRow(design, row, beta));
};

/** What each column's terms add to the log-odds of all rows: [n × columns], row by row. @param columnOfTerm [d] */
export const columnScores = (
  { rows, rowStart, termIndex, values }: Design,
  { coefficients }: LogisticModel,
  columnOfTerm: Int32Array,
  columns: number,
): Float64Array => {
  const scores = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const end = rowStart[row + 1] ?? 0;
    for (let at = rowStart[row] ?? 0; at < end; at += 1) {
      const term = termIndex[at] ?? 0;
      const cell = row * columns + (columnOfTerm[term] ?? 0);
      scores[cell] = (scores[cell] ?? 0) + (values[at] ?? 0) * (coefficients[term] ?? 0);
    }
  }
  return scores;
};

/** Penalties that are tried, from the strongest; at 1 a level's log-odds are within ±2 at 95% beforehand. */
const PENALTIES = [125, 25, 5, 1] as const;

/**
 * Fits with the penalty whose Akaike information, with effective parameters, is the smallest. F. E. Harrell, Regression
 * Modeling Strategies (2015), 9.10.
 */
export const fitLogisticByInformation = (
  design: Design,
  labels: Uint8Array,
  rows: Int32Array,
): { model: LogisticModel; penalty: number } => {
  let best: { model: LogisticModel; penalty: number; information: number } | undefined;
  let model: LogisticModel | undefined;
  for (const penalty of PENALTIES) {
    model = fitLogistic(design, labels, rows, penalty, model);
    const information = 2 * (model.effectiveParameters() - model.logLikelihood);
    if (best === undefined || information < best.information) best = { model, penalty, information };
  }
  if (best === undefined) throw new RangeError('no penalty to try');
  return best;
};
