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
  let starts = [0];
  for (let k = 1; k <= ends; k += 1) {
    const end = position(k);
    if (end < shortest) continue;
    for (const start of starts) {
      if (end - position(start) < shortest) continue;
      const total = (least[start] ?? 0) + cost(position(start), end) + penalty;
      if (total < (least[k] ?? 0)) {
        least[k] = total;
        previous[k] = start;
      }
    }
    const bound = least[k] ?? 0;
    starts = starts.filter(
      (start) => end - position(start) < shortest || (least[start] ?? 0) + cost(position(start), end) <= bound,
    );
    starts.push(k);
  }
  const changes: number[] = [];
  for (let k = previous[ends] ?? 0; k > 0; k = previous[k] ?? 0) changes.unshift(position(k));
  return changes;
};
