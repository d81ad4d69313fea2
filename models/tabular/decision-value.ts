import { Z_95 } from '../statistics/normal.ts';

/** What acting on a row of class 1 brings, and what acting costs. */
export interface Stakes {
  /** Worth of turning one row of class 1, in any unit of money. */
  readonly gain: number;
  /** Cost of acting on one row, in the same unit. */
  readonly cost: number;
  /** Share of rows of class 1 that are turned when acted on, above 0 up to 1. */
  readonly successRate: number;
}

/** Probability from which acting pays: C. Elkan, "The foundations of cost-sensitive learning", IJCAI (2001). May be above 1. */
export const breakEven = ({ gain, cost, successRate }: Stakes): number => cost / (successRate * gain);

export interface DecisionValue {
  /** Rows at or above the threshold. */
  readonly acted: number;
  /** Net worth a row, those that are not acted on included. */
  readonly perRow: number;
  /** 95% interval of `perRow`, of which rows were seen. */
  readonly interval: readonly [number, number];
}

/**
 * What acting on every row at or above a threshold would have been worth.
 *
 * @param probabilities [n] and @param labels [n] of 0 and 1
 */
export const decisionValue = (
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  threshold: number,
  { gain, cost, successRate }: Stakes,
): DecisionValue => {
  const n = probabilities.length;
  let [acted, sum, squares] = [0, 0, 0];
  for (let row = 0; row < n; row += 1) {
    if ((probabilities[row] ?? 0) < threshold) continue;
    const value = (labels[row] ?? 0) * successRate * gain - cost;
    acted += 1;
    sum += value;
    squares += value * value;
  }
  const perRow = sum / n;
  const margin = Z_95 * Math.sqrt(Math.max(0, squares / n - perRow ** 2) / n);
  return { acted, perRow, interval: [perRow - margin, perRow + margin] };
};

/**
 * The threshold that was worth most on these rows. It has seen their outcomes, so that its worth is flattered; where
 * probabilities are calibrated, break-even is the better choice for rows to come.
 */
export const bestThreshold = (probabilities: Float64Array, labels: Uint8Array, stakes: Stakes): number => {
  const order = Int32Array.from(labels.keys()).sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
  let [sum, most, threshold] = [0, 0, 1];
  for (const [place, row] of order.entries()) {
    sum += (labels[row] ?? 0) * stakes.successRate * stakes.gain - stakes.cost;
    const next = probabilities[order[place + 1] ?? -1] ?? Number.NEGATIVE_INFINITY;
    const probability = probabilities[row] ?? 0;
    if (sum <= most || next === probability) continue;
    most = sum;
    threshold = probability;
  }
  return threshold;
};
