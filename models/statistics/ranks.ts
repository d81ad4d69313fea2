export interface Ranking {
  /** Midranks, from 1, [n]: equal values share the mean of theirs. */
  readonly ranks: Float64Array;
  /** Σ (t³ − t) over the groups of t equal values, by which ties lower the variance of a rank sum. */
  readonly tieTerm: number;
}

/** @param values [n], none NaN */
export const rank = (values: ArrayLike<number>): Ranking => {
  const order = Array.from({ length: values.length }, (_, index) => index).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0),
  );
  const ranks = new Float64Array(values.length);
  let tieTerm = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1;
    for (let at = start; at < end; at += 1) ranks[order[at] ?? 0] = (start + 1 + end) / 2;
    tieTerm += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { ranks, tieTerm };
};
