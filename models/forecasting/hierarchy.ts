import { factorize, solve } from '../statistics/cholesky.ts';
import { shrunkCovariance } from './shrinkage.ts';

/** Series that sum up: each is the sum of its children. */
export interface Hierarchy {
  /** Children of each node, [n]; a node without any is at the bottom. */
  readonly children: readonly (readonly number[])[];
  /** Nodes in an order in which each comes after its children, [n]. */
  readonly upwards: readonly number[];
}

export type Reconciliation = 'mint-shrinkage' | 'wls-variance' | 'wls-structural' | 'ols' | 'bottom-up';

/** Base forecasts to forecasts that sum up, both [n][h]. */
export type Reconciler = (base: readonly Float64Array[]) => Float64Array[];

/**
 * @param parents index of each node's parent, -1 for one without, [n]
 * @throws RangeError naming a node when a parent does not exist or nodes are their own ancestors
 */
export const createHierarchy = (parents: readonly number[]): Hierarchy => {
  const children: number[][] = parents.map(() => []);
  for (const [node, parent] of parents.entries()) {
    if (parent === -1) continue;
    const siblings = children[parent];
    if (siblings === undefined) throw new RangeError(`the parent ${parent} of node ${node} does not exist`);
    siblings.push(node);
  }
  const downwards = [...parents.keys()].filter((node) => parents[node] === -1);
  // A list that grows while it is walked: breadth first from the roots.
  for (const node of downwards) downwards.push(...(children[node] ?? []));
  const unreached = [...parents.keys()].find((node) => !downwards.includes(node));
  if (unreached !== undefined) throw new RangeError(`node ${unreached} is an ancestor of itself`);
  return { children, upwards: downwards.toReversed() };
};

/** Replaces every sum by the sum of its parts, from the bottom up, in place. */
const sumUp = ({ children, upwards }: Hierarchy, series: readonly Float64Array[]): void => {
  for (const node of upwards) {
    const parts = children[node] ?? [];
    const sum = series[node];
    if (parts.length === 0 || sum === undefined) continue;
    sum.fill(0);
    for (const part of parts) {
      for (let t = 0; t < sum.length; t += 1) sum[t] = (sum[t] ?? 0) + (series[part]?.[t] ?? 0);
    }
  }
};

const leavesUnder = ({ children, upwards }: Hierarchy): Float64Array => {
  const counts = new Float64Array(children.length);
  for (const node of upwards) {
    const parts = children[node] ?? [];
    counts[node] = parts.length === 0 ? 1 : parts.reduce((sum, part) => sum + (counts[part] ?? 0), 0);
  }
  return counts;
};

const diagonal = (values: Float64Array): Float64Array => {
  const matrix = new Float64Array(values.length ** 2);
  for (let i = 0; i < values.length; i += 1) matrix[i * values.length + i] = values[i] ?? 0;
  return matrix;
};

/** A series without errors would be taken as certain; it counts as the least uncertain of the others, or as any. */
const withoutZeros = (variances: Float64Array): Float64Array => {
  const positive = variances.filter((variance) => variance > 0);
  const least = positive.length === 0 ? 1 : Math.min(...positive);
  return variances.map((variance) => (variance > 0 ? variance : least));
};

/** Covariance of the base forecasts' errors as the method sees it, [n × n]. */
const errorCovariance = (hierarchy: Hierarchy, method: Reconciliation, errors: readonly Float64Array[]) => {
  const n = hierarchy.children.length;
  if (method === 'ols') return diagonal(new Float64Array(n).fill(1));
  if (method === 'wls-structural') return diagonal(leavesUnder(hierarchy));
  const { covariance } = shrunkCovariance(errors);
  const variances = withoutZeros(Float64Array.from({ length: n }, (_, i) => covariance[i * n + i] ?? 0));
  if (method === 'wls-variance') return diagonal(variances);
  for (let i = 0; i < n; i += 1) covariance[i * n + i] = variances[i] ?? 1;
  return covariance;
};

/** C W, [k × n], where each row of C takes the children of a sum from it. */
const constrained = (children: Hierarchy['children'], sums: readonly number[], matrix: Float64Array): Float64Array => {
  const n = children.length;
  const product = new Float64Array(sums.length * n);
  for (const [row, sum] of sums.entries()) {
    for (let c = 0; c < n; c += 1) {
      let value = matrix[sum * n + c] ?? 0;
      for (const part of children[sum] ?? []) value -= matrix[part * n + c] ?? 0;
      product[row * n + c] = value;
    }
  }
  return product;
};

/** A⁻¹ B, in place of B. @param factor [k × k] of A @param matrix B, [k × n] row by row */
const solveColumns = (factor: Float64Array, matrix: Float64Array, k: number): Float64Array => {
  const n = matrix.length / k;
  const column = new Float64Array(k);
  for (let c = 0; c < n; c += 1) {
    for (let row = 0; row < k; row += 1) column[row] = matrix[row * n + c] ?? 0;
    solve(factor, column);
    for (let row = 0; row < k; row += 1) matrix[row * n + c] = column[row] ?? 0;
  }
  return matrix;
};

/** (C W C′)⁻¹ C W, [k × n]: how much a discrepancy of each sum moves each series. */
const gainsOf = ({ children }: Hierarchy, sums: readonly number[], covariance: Float64Array) => {
  const n = children.length;
  const product = constrained(children, sums, covariance);
  const inner = new Float64Array(sums.length ** 2);
  for (let row = 0; row < sums.length; row += 1) {
    for (const [column, sum] of sums.entries()) {
      let value = product[row * n + sum] ?? 0;
      for (const part of children[sum] ?? []) value -= product[row * n + part] ?? 0;
      inner[row * sums.length + column] = value;
    }
  }
  return factorize(inner, sums.length) ? solveColumns(inner, product, sums.length) : undefined;
};

/** Takes from each bottom series its share of the discrepancies between sums and parts, in place. */
const shareOut = (
  hierarchy: Hierarchy,
  sums: readonly number[],
  gains: Float64Array,
  series: readonly Float64Array[],
) => {
  const { children } = hierarchy;
  const n = children.length;
  const horizon = series[0]?.length ?? 0;
  const discrepancies = sums.map((sum) =>
    Float64Array.from({ length: horizon }, (_, t) =>
      (children[sum] ?? []).reduce((rest, part) => rest - (series[part]?.[t] ?? 0), series[sum]?.[t] ?? 0),
    ),
  );
  for (const [node, values] of series.entries()) {
    if ((children[node] ?? []).length > 0) continue;
    for (const [row, discrepancy] of discrepancies.entries()) {
      const gain = gains[row * n + node] ?? 0;
      for (let t = 0; t < horizon; t += 1) values[t] = (values[t] ?? 0) - gain * (discrepancy[t] ?? 0);
    }
  }
};

/**
 * A way to make forecasts of all nodes sum up. But for bottom-up, every node's forecast counts, by the inverse of its
 * errors' covariance W: ỹ = ŷ − W C′(C W C′)⁻¹ C ŷ, with C ŷ the discrepancies. W is the identity (OLS), the number of
 * bottom series under a node (structural), the errors' variances, or their shrunk covariance (MinT). S. L.
 * Wickramasuriya, G. Athanasopoulos & R. J. Hyndman, JASA 114 (2019). Negative bottom series become zero when none may
 * be: T. Di Fonzo & D. Girolimetto, "Spatio-temporal reconciliation of solar forecasts", Solar Energy 251 (2023).
 *
 * @param errors of the base forecasts, [n][t]; `ols`, `wls-structural` and `bottom-up` do without
 * @returns undefined when the covariance cannot be inverted
 */
export const createReconciler = (
  hierarchy: Hierarchy,
  method: Reconciliation,
  { errors, nonNegative }: { readonly errors: readonly Float64Array[]; readonly nonNegative: boolean },
): Reconciler | undefined => {
  const sums = [...hierarchy.children.keys()].filter((node) => (hierarchy.children[node] ?? []).length > 0);
  const gains =
    method === 'bottom-up'
      ? new Float64Array(sums.length * hierarchy.children.length)
      : gainsOf(hierarchy, sums, errorCovariance(hierarchy, method, errors));
  if (gains === undefined) return undefined;
  return (base) => {
    const series = base.map((values) => Float64Array.from(values));
    shareOut(hierarchy, sums, gains, series);
    if (nonNegative)
      for (const values of series) for (let t = 0; t < values.length; t += 1) values[t] = Math.max(0, values[t] ?? 0);
    sumUp(hierarchy, series);
    return series;
  };
};
