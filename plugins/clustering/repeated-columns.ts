import { OUTLIER } from '../../models/clustering/points.ts';
import { toCategory } from './columns.ts';
import type { Row } from './input.ts';
import type { ModelColumn } from './model-schema.ts';

/** Share of the mistakes in guessing a column that knowing the segment saves, from which segments repeat the column. */
const REPEATED = 0.9;
/** Cramér's V below which two columns have nothing to do with each other. */
const UNRELATED = 0.1;

type CategoryColumn = Extract<ModelColumn, { kind: 'category' }>;

/** Counts of each pair of what two columns hold, of the rows where both are given. */
const crossTabulate = (a: readonly (string | number)[], b: readonly (string | number)[]) => {
  const cells = new Map<string | number, Map<string | number, number>>();
  const [ofA, ofB] = [new Map<string | number, number>(), new Map<string | number, number>()];
  for (const [at, left] of a.entries()) {
    const right = b[at] ?? '';
    const row = cells.get(left) ?? new Map<string | number, number>();
    row.set(right, (row.get(right) ?? 0) + 1);
    cells.set(left, row);
    ofA.set(left, (ofA.get(left) ?? 0) + 1);
    ofB.set(right, (ofB.get(right) ?? 0) + 1);
  }
  return { cells, ofA, ofB };
};

const largest = (counts: Iterable<number>): number => Math.max(0, ...counts);

/**
 * L. A. Goodman & W. H. Kruskal's lambda, "Measures of association for cross classifications", JASA 49 (1954): the share
 * of the mistakes in guessing `target` that knowing `given` saves.
 */
const lambda = (given: readonly (string | number)[], target: readonly (string | number)[]): number => {
  const { cells, ofB } = crossTabulate(given, target);
  const best = largest(ofB.values());
  const known = [...cells.values()].reduce((sum, row) => sum + largest(row.values()), 0);
  return target.length > best ? (known - best) / (target.length - best) : 0;
};

/** Cramér's V with W. Bergsma's correction for its bias in small samples, Journal of the Korean Statistical Society 42 (2013). */
const cramersV = (a: readonly string[], b: readonly string[]): number => {
  const { cells, ofA, ofB } = crossTabulate(a, b);
  const n = a.length;
  let sum = -1;
  for (const [left, row] of cells)
    for (const [right, count] of row) sum += count ** 2 / ((ofA.get(left) ?? 1) * (ofB.get(right) ?? 1));
  const bias = ((ofA.size - 1) * (ofB.size - 1)) / (n - 1);
  const size = (values: number): number => values - (values - 1) ** 2 / (n - 1);
  const smaller = Math.min(size(ofA.size), size(ofB.size)) - 1;
  return smaller > 0 ? Math.sqrt(Math.max(0, sum - bias) / smaller) : 0;
};

/**
 * Names of columns that the segments only repeat: a segment tells the column's value, and no other column of categories
 * has anything to do with it. Of such columns the segments are a cross product, which any table has.
 *
 * @param labels [n]
 */
export const findRepeatedColumns = (
  rows: readonly Row[],
  columns: readonly ModelColumn[],
  labels: Int32Array,
): string[] => {
  const categories = columns.filter((column): column is CategoryColumn => column.kind === 'category');
  if (categories.length < 2) return [];
  const clustered = [...rows.keys()].filter((row) => labels[row] !== OUTLIER);
  const segments = clustered.map((row) => labels[row] ?? OUTLIER);
  const valuesOf = categories.map(({ name }) => clustered.map((row) => toCategory(rows[row]?.[name])));
  return categories.flatMap(({ name }, at) => {
    const own = valuesOf[at] ?? [];
    const related = valuesOf.some((other, index) => index !== at && cramersV(own, other) >= UNRELATED);
    return !related && lambda(segments, own) >= REPEATED ? [name] : [];
  });
};
