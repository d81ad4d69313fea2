/**
 * The first method, in order of preference, whose mean loss is within one standard error of the least: a difference
 * that chance explains is no reason to leave the method that is known to do well. The rule of L. Breiman et al.,
 * Classification and Regression Trees (1984), on paired differences.
 *
 * @param losses [methods][cases], the same cases for each, the preferred method first
 * @returns index of the method; -1 without methods or cases
 */
export const preferredWithinError = (losses: readonly Float64Array[]): number => {
  const means = losses.map((loss) => loss.reduce((sum, value) => sum + value, 0) / loss.length);
  const finite = means.filter(Number.isFinite);
  if (finite.length === 0) return -1;
  const best = losses[means.indexOf(Math.min(...finite))] ?? new Float64Array();
  return losses.findIndex((loss) => {
    let sum = 0;
    let squares = 0;
    for (const [index, value] of loss.entries()) {
      const difference = value - (best[index] ?? 0);
      sum += difference;
      squares += difference * difference;
    }
    const mean = sum / loss.length;
    const variance = squares / loss.length - mean * mean;
    return mean <= Math.sqrt(Math.max(0, variance) / loss.length);
  });
};
