/** Cost of describing the values from `start` up to, not including, `end` by one segment. */
export type SegmentCost = (start: number, end: number) => number;

/**
 * The segmentation of least total cost, exactly, by pruned dynamic programming. R. Killick, P. Fearnhead & I. A. Eckley,
 * "Optimal detection of changepoints with a linear computational cost", JASA 107 (2012).
 *
 * @param n length of the series
 * @param penalty cost of one more changepoint
 * @param options.shortest fewest values of a segment
 * @param options.step changepoints are looked for at multiples of it
 * @returns the first index of each segment but the first, ascending
 */
export const pelt = (
  cost: SegmentCost,
  n: number,
  penalty: number,
  { shortest, step }: { readonly shortest: number; readonly step: number },
): number[] => {
  const ends = Math.floor(n / step);
  const position = (k: number): number => (k === ends ? n : k * step);
  const least = new Float64Array(ends + 1).fill(Number.POSITIVE_INFINITY);
  const previous = new Int32Array(ends + 1);
  least[0] = -penalty;
  // Starts that may still be the last change before an end, ascending, and what each costs up to the end at hand.
  const starts = new Int32Array(ends + 1);
  const costs = new Float64Array(ends + 1);
  let count = 1;
  for (let k = 1; k <= ends; k += 1) {
    const end = position(k);
    if (end < shortest) continue;
    let [bound, from] = [Number.POSITIVE_INFINITY, 0];
    for (let s = 0; s < count; s += 1) {
      const start = starts[s] ?? 0;
      if (end - start * step < shortest) {
        costs[s] = Number.NEGATIVE_INFINITY;
        continue;
      }
      const total = (least[start] ?? 0) + cost(start * step, end);
      costs[s] = total;
      if (total + penalty < bound) [bound, from] = [total + penalty, start];
    }
    least[k] = bound;
    previous[k] = from;
    let kept = 0;
    for (let s = 0; s < count; s += 1) if ((costs[s] ?? 0) <= bound) starts[kept++] = starts[s] ?? 0;
    starts[kept] = k;
    count = kept + 1;
  }
  const changes: number[] = [];
  for (let k = previous[ends] ?? 0; k > 0; k = previous[k] ?? 0) changes.unshift(position(k));
  return changes;
};
