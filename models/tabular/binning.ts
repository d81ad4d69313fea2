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
  /** [columns × n] the bins of all columns, one column after the other: of these the columns' are parts. */
  readonly bins: Uint8Array;
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
  const bins = new Uint8Array(column.values.length);
  for (let row = 0; row < bins.length; row += 1) {
    const value = column.values[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    let [low, high] = [0, bounds.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    bins[row] = low + 1;
  }
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
  const bins = new Uint8Array(column.codes.length);
  for (let row = 0; row < bins.length; row += 1) bins[row] = binOf[column.codes[row] ?? -1] ?? 0;
  return { ordered: false, bins, binCount: kept.length + 1 };
};

/**
 * Puts all rows of a table in bins whose bounds come from some of them; labels are not looked at.
 *
 * @param rows to learn from, [m]
 */
export const binTable = (table: Table, rows: Int32Array): BinnedTable => {
  const bins = new Uint8Array(table.columns.length * table.rows);
  const columns = table.columns.map((column, index) => {
    const binned = column.kind === 'numeric' ? binNumbers(column, rows) : binNames(column, rows);
    const place = bins.subarray(index * table.rows, (index + 1) * table.rows);
    place.set(binned.bins);
    return { ...binned, bins: place };
  });
  return { rows: table.rows, columns, bins };
};
