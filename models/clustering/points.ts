/** n points of d dimensions, row by row: the j-th coordinate of point i is `values[i * dimensions + j]`. */
export interface Points {
  /** [n × d], finite. */
  readonly values: Float64Array;
  readonly count: number;
  readonly dimensions: number;
}

/** Label of a point that belongs to no cluster. */
export const OUTLIER = -1;

/** @param values [n × d], finite @param dimensions d, 1 or more */
export const toPoints = (values: Float64Array, dimensions: number): Points => ({
  values,
  count: values.length / dimensions,
  dimensions,
});

/** Squared Euclidean distance between the vectors that begin at `i` of `a` and at `j` of `b`. */
export const squaredDistance = (a: Float64Array, i: number, b: Float64Array, j: number, dimensions: number): number => {
  let sum = 0;
  for (let at = 0; at < dimensions; at += 1) {
    const difference = (a[i + at] ?? 0) - (b[j + at] ?? 0);
    sum += difference * difference;
  }
  return sum;
};

/** The points of the given numbers, in that order. */
export const selectPoints = ({ values, dimensions }: Points, rows: ArrayLike<number>): Points => {
  const selected = new Float64Array(rows.length * dimensions);
  for (let at = 0; at < rows.length; at += 1) {
    const start = (rows[at] ?? 0) * dimensions;
    selected.set(values.subarray(start, start + dimensions), at * dimensions);
  }
  return { values: selected, count: rows.length, dimensions };
};

/** Number of clusters: labels are 0, 1, … and `OUTLIER`. */
export const countClusters = (labels: Int32Array): number => {
  let largest = OUTLIER;
  for (const label of labels) if (label > largest) largest = label;
  return largest + 1;
};

/** Variance along a dimension, the mean of all. */
export const meanVariance = ({ values, count, dimensions }: Points): number => {
  let total = 0;
  for (let along = 0; along < dimensions; along += 1) {
    let [sum, squares] = [0, 0];
    for (let i = along; i < values.length; i += dimensions) sum += values[i] ?? 0;
    for (let i = along; i < values.length; i += dimensions) squares += ((values[i] ?? 0) - sum / count) ** 2;
    total += squares / count;
  }
  return total / dimensions;
};
