import { quantile } from '../statistics/quantile.ts';
import { rank } from '../statistics/ranks.ts';

/** Counts spread as the root of their level, what is multiplied as the level itself. */
const POWERS = [0, 0.5, 1] as const;
/** Standard errors of a rank correlation from which spread and level do go together. */
const SURE = 4;
/** Share of a high level below which a level is taken to spread no less. */
const LEAST_LEVEL = 0.05;
const HIGH = 0.9;

/** Spearman's rank correlation. */
const rankCorrelation = (a: Float64Array, b: Float64Array): number => {
  const [ofA, ofB] = [rank(a).ranks, rank(b).ranks];
  const middle = (a.length + 1) / 2;
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [(ofA[i] ?? 0) - middle, (ofB[i] ?? 0) - middle];
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  const scale = Math.sqrt(squaresA * squaresB);
  return scale > 0 ? both / scale : 0;
};

/**
 * How much wider than usual values spread at each level: with power 0, ½ or 1 of the level, whichever leaves the size of
 * the remainder least correlated with it; 0 unless it clearly is. The powers are those of M. S. Bartlett, "The use of
 * transformations", Biometrics 3 (1947).
 *
 * @param levels [n], where each value was expected
 * @param remainder [n], what is between value and level
 * @param step in which values come
 * @returns [n], 1 at the middle level
 */
export const spreadByLevel = (levels: Float64Array, remainder: Float64Array, step: number): Float64Array => {
  const sorted = levels.toSorted();
  const floor = Math.max(step, LEAST_LEVEL * quantile(sorted, HIGH));
  const equal = new Float64Array(levels.length).fill(1);
  if (!(floor > 0) || (sorted[0] ?? 0) < -floor) return equal;
  const middle = Math.max(floor, quantile(sorted, 0.5));
  const relative = levels.map((level) => Math.max(floor, level) / middle);
  const correlations = POWERS.map((power) => {
    const sizes = remainder.map((rest, i) => Math.abs(rest) / (relative[i] ?? 1) ** power);
    return Math.abs(rankCorrelation(sizes, relative));
  });
  if ((correlations[0] ?? 0) * Math.sqrt(levels.length - 1) < SURE) return equal;
  const power = POWERS[correlations.indexOf(Math.min(...correlations))] ?? 0;
  return relative.map((level) => level ** power);
};
