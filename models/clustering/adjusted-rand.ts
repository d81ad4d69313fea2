const pairs = (n: number): number => (n * (n - 1)) / 2;

const pairsOf = (counts: ReadonlyMap<number, number>): number => {
  let sum = 0;
  for (const count of counts.values()) sum += pairs(count);
  return sum;
};

/**
 * Agreement of two partitions beyond chance: 1 when they are the same, 0 on average when they have nothing to do with
 * each other. L. Hubert & P. Arabie, "Comparing partitions", Journal of Classification 2 (1985).
 *
 * @param first [n] and @param second [n]; each value is a class of its own, that of outliers included
 */
export const adjustedRandIndex = (first: Int32Array, second: Int32Array): number => {
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  const cells = new Map<number, number>();
  const width = second.reduce((largest, label) => Math.max(largest, label), 0) + 2;
  const add = (counts: Map<number, number>, key: number): void => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (let i = 0; i < first.length; i += 1) {
    const [a, b] = [(first[i] ?? 0) + 1, (second[i] ?? 0) + 1];
    add(rows, a);
    add(columns, b);
    add(cells, a * width + b);
  }
  const [ofRows, ofColumns] = [pairsOf(rows), pairsOf(columns)];
  const expected = (ofRows * ofColumns) / Math.max(1, pairs(first.length));
  const most = (ofRows + ofColumns) / 2;
  return most === expected ? 1 : (pairsOf(cells) - expected) / (most - expected);
};
