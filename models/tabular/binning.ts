import { quantile } from '../statistics/quantile.ts';
import { type CategoricalColumn, countLevels, knownSorted, type NumericColumn, type Table } from './table.ts';

/** Bins of a column at most; finer ones cost time and gain nothing that shows. */
export const MOST_BINS = 64;
const FEWEST_OF_LEVEL = 10;

/**
 * A column in bins. Bin 0 holds what is missing and, of names, the levels too rare to have a bin of their own; the bins
 * of a number ascend from 1.
 */
export interface BinnedColumn {
  readonly ordered: boolean;
  readonly bins: Uint8Array;
  readonly binCount: number;
}

/** n rows in bins. */
export interface BinnedTable {
  readonly rows: number;
  readonly columns: readonly BinnedColumn[];
}

/** Bounds between bins of about equally many rows, ascending: a value belongs to the first bin whose bound it does not exceed. */
const findBounds = (column: NumericColumn, rows: Int32Array): Float64Array => {
  const sorted = knownSorted(column, rows);
  const distinct = Float64Array.from(new Set(sorted));
  if (distinct.length <= MOST_BINS - 1)
    return distinct.subarray(0, -1).map((value, at) => (value + (distinct[at + 1] ?? value)) / 2);
  const cuts = Array.from({ length: MOST_BINS - 2 }, (_, cut) => quantile(sorted, (cut + 1) / (MOST_BINS - 1)));
  return Float64Array.from(new Set(cuts));
};

const binNumbers = (column: NumericColumn, rows: Int32Array): BinnedColumn => {
  const bounds = findBounds(column, rows);
  const bins = Uint8Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return 0;
    let [low, high] = [0, bounds.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  });
  return { ordered: true, bins, binCount: bounds.length + 2 };
};

const binNames = (column: CategoricalColumn, rows: Int32Array): BinnedColumn => {
  const counts = countLevels(column, rows);
  const kept = [...column.levels.keys()]
    .filter((level) => (counts[level] ?? 0) >= FEWEST_OF_LEVEL)
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
    .slice(0, MOST_BINS - 1);
  const binOf = new Uint8Array(column.levels.length);
  for (const [place, level] of kept.entries()) binOf[level] = place + 1;
  return {
    ordered: false,
    bins: Uint8Array.from(column.codes, (code) => (code === -1 ? 0 : (binOf[code] ?? 0))),
    binCount: kept.length + 1,
  };
};

/**
 * Puts all rows of a table in bins whose bounds come from some of them; labels are not looked at.
 *
 * @param rows to learn from, [m]
 */
export const binTable = (table: Table, rows: Int32Array): BinnedTable => ({
  rows: table.rows,
  columns: table.columns.map((column) =>
    column.kind === 'numeric' ? binNumbers(column, rows) : binNames(column, rows),
  ),
});
