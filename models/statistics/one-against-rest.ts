import { normalCdf } from './normal.ts';
import { rank } from './ranks.ts';

export interface OneAgainstRest {
  /** Cliff's delta: the probability that a value of the group exceeds one of the rest, less that of the reverse. */
  readonly delta: number;
  /** Two-sided p-value of the Mann–Whitney test, with tie correction and continuity correction. */
  readonly pValue: number;
}

/**
 * Compares each group's values with all others', with one sort for all groups. N. Cliff, "Dominance statistics: ordinal
 * analyses to answer ordinal questions", Psychological Bulletin 114 (1993).
 *
 * @param values [n]
 * @param groups [n], 0 to k − 1; below 0 a value is of the rest only
 * @returns [k]
 */
export const oneAgainstRest = (values: Float64Array, groups: Int32Array, k: number): OneAgainstRest[] => {
  const n = values.length;
  const { ranks, tieTerm } = rank(values);
  const rankSums = new Float64Array(k);
  const sizes = new Float64Array(k);
  for (let i = 0; i < n; i += 1) {
    const group = groups[i] ?? -1;
    if (group < 0) continue;
    rankSums[group] = (rankSums[group] ?? 0) + (ranks[i] ?? 0);
    sizes[group] = (sizes[group] ?? 0) + 1;
  }
  return Array.from(sizes, (size, group) => {
    const pairs = size * (n - size);
    if (pairs === 0) return { delta: 0, pValue: 1 };
    const u = (rankSums[group] ?? 0) - (size * (size + 1)) / 2;
    const variance = (pairs / 12) * (n + 1 - tieTerm / (n * (n - 1)));
    const distance = Math.max(0, Math.abs(u - pairs / 2) - 0.5);
    const pValue = variance > 0 ? 2 * (1 - normalCdf(distance / Math.sqrt(variance))) : 1;
    return { delta: (2 * u) / pairs - 1, pValue: Math.min(1, pValue) };
  });
};
