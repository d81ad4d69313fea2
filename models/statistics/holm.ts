/**
 * P-values adjusted for the number of tests by Holm's step-down method, which keeps the chance of any false finding
 * below the level whatever the tests' dependence. S. Holm, Scandinavian Journal of Statistics 6 (1979).
 *
 * @param pValues [m], in any order
 * @param tests how many were made, when only the most promising were kept: those left out count as well
 * @returns [m] in the same order
 */
export const holmAdjusted = (pValues: readonly number[], tests = pValues.length): number[] => {
  const order = [...pValues.keys()].sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (tests - rank) * (pValues[index] ?? 1)));
    adjusted[index] = largest;
  }
  return adjusted;
};
