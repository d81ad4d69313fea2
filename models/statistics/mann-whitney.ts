import { normalCdf } from './normal.ts';
import { rank } from './ranks.ts';

/**
 * Mann–Whitney test of whether values of `second` tend to be larger than those of `first`, with midranks for ties,
 * the tie-corrected variance and a continuity correction. H. B. Mann & D. R. Whitney, "On a test of whether one of
 * two random variables is stochastically larger than the other", Annals of Mathematical Statistics 18 (1947).
 *
 * @param first [n] and @param second [m], in any order; the normal approximation wants both above about 8
 * @param inflation how many times as large dependence makes the variance
 * @returns `u` of `second`, the one-sided `pValue`, and the effect size `superiority`: the probability that a value of
 *   `second` exceeds one of `first`, ties counted half
 */
export const mannWhitney = (
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  inflation = 1,
): { u: number; pValue: number; superiority: number } => {
  const n = first.length;
  const m = second.length;
  const all = new Float64Array(n + m);
  all.set(Array.from(first));
  all.set(Array.from(second), n);
  const { ranks, tieTerm } = rank(all);
  let rankSum = 0;
  for (let i = n; i < ranks.length; i += 1) rankSum += ranks[i] ?? 0;
  const u = rankSum - (m * (m + 1)) / 2;
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - tieTerm / (total * (total - 1)));
  const z = variance > 0 ? (u - (n * m) / 2 - 0.5) / Math.sqrt(variance * inflation) : 0;
  return { u, pValue: variance > 0 ? 1 - normalCdf(z) : 1, superiority: u / (n * m) };
};
