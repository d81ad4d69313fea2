import { wilsonInterval } from '../statistics/proportion.ts';
import { type BinnedColumn, binTable } from './binning.ts';
import { type CategoricalColumn, type Column, isMissing, type NumericColumn, type Table } from './table.ts';

/** A column that alone tells the classes apart this well knows the outcome. */
const TELLING_AUC = 0.98;
/** Rows of class 1 that must be marked before a mark counts, and the share of all of them. */
const FEWEST_MARKED = 30;
const SMALLEST_SHARE_MARKED = 0.1;
/** The end of a number's range may hold one class by honest means; it must hold more of it. */
const SMALLEST_SHARE_BEYOND = 0.5;
/** Largest share of class 0 among marked rows, and largest against its share everywhere. */
const LARGEST_EXCEPTION = 0.05;
const LARGEST_RELATIVE_EXCEPTION = 0.1;

type LeakKind =
  | 'separates-classes'
  | 'level-marks-class'
  | 'filled-for-class'
  | 'missing-for-class'
  | 'range-marks-class';

/** A column that gives the label away, as one does that was filled in after the outcome was known. */
export interface Leak {
  readonly column: string;
  readonly kind: LeakKind;
  /** The level that marks class 1, or the bound beyond which nothing else lies. */
  readonly mark: string | number | null;
  /** Rows that bear the mark, and those of class 1 among them. */
  readonly rows: number;
  readonly positives: number;
  /** Area under the ROC curve of the column alone, classes read off its bins. */
  readonly auc: number;
}

interface Marked {
  readonly rows: number;
  readonly positives: number;
}

/** Whether rows are of class 1 almost without exception, and hold a share of it. */
const marks = ({ rows, positives }: Marked, all: Marked, smallestShare: number): boolean => {
  if (positives < FEWEST_MARKED || positives < smallestShare * all.positives || rows === all.rows) return false;
  const exceptions = 1 - all.positives / all.rows;
  const largest = Math.min(LARGEST_EXCEPTION, LARGEST_RELATIVE_EXCEPTION * exceptions);
  // Thirty of thirty are enough; with exceptions among them it takes more to be sure.
  return rows === positives || wilsonInterval(rows - positives, rows).upper < largest;
};

const countWhere = (rows: Int32Array, labels: Uint8Array, isMarked: (row: number) => boolean): Marked => {
  let [marked, positives] = [0, 0];
  for (const row of rows) {
    if (!isMarked(row)) continue;
    marked += 1;
    positives += labels[row] ?? 0;
  }
  return { rows: marked, positives };
};

/** Levels that mark class 1, by one pass over the rows. */
const findLevel = ({ levels, codes }: CategoricalColumn, rows: Int32Array, labels: Uint8Array, all: Marked) => {
  const counts = new Int32Array(levels.length);
  const positives = new Int32Array(levels.length);
  for (const row of rows) {
    const code = codes[row] ?? -1;
    if (code === -1) continue;
    counts[code] = (counts[code] ?? 0) + 1;
    positives[code] = (positives[code] ?? 0) + (labels[row] ?? 0);
  }
  const found = [...levels.keys()].find((level) =>
    marks({ rows: counts[level] ?? 0, positives: positives[level] ?? 0 }, all, SMALLEST_SHARE_MARKED),
  );
  return found === undefined
    ? undefined
    : { mark: levels[found] ?? null, rows: counts[found] ?? 0, positives: positives[found] ?? 0 };
};

/** The bound above, or below, which a number's known rows are all of class 1: the last value that class 0 has. */
const findRange = ({ values }: NumericColumn, rows: Int32Array, labels: Uint8Array, all: Marked) => {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    const value = values[row] ?? Number.NaN;
    if (labels[row] === 1 || Number.isNaN(value)) continue;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  const below = countWhere(rows, labels, (row) => (values[row] ?? Number.NaN) < lowest);
  const above = countWhere(rows, labels, (row) => (values[row] ?? Number.NaN) > highest);
  if (marks(above, all, SMALLEST_SHARE_BEYOND)) return { mark: highest, ...above };
  return marks(below, all, SMALLEST_SHARE_BEYOND) ? { mark: lowest, ...below } : undefined;
};

const findMark = (column: Column, rows: Int32Array, labels: Uint8Array, all: Marked) => {
  const filled = countWhere(rows, labels, (row) => !isMissing(column, row));
  const missing = { rows: all.rows - filled.rows, positives: all.positives - filled.positives };
  if (marks(filled, all, SMALLEST_SHARE_MARKED)) return { kind: 'filled-for-class' as const, mark: null, ...filled };
  if (marks(missing, all, SMALLEST_SHARE_MARKED)) return { kind: 'missing-for-class' as const, mark: null, ...missing };
  if (column.kind === 'categorical') {
    const level = findLevel(column, rows, labels, all);
    return level === undefined ? undefined : { kind: 'level-marks-class' as const, ...level };
  }
  const range = findRange(column, rows, labels, all);
  return range === undefined ? undefined : { kind: 'range-marks-class' as const, ...range };
};

/** Area of a column alone: each row scores the share of class 1 in its bin, so that no order need be right. */
const areaOf = ({ bins, binCount }: BinnedColumn, rows: Int32Array, labels: Uint8Array, all: Marked): number => {
  const counts = new Float64Array(binCount);
  const positives = new Float64Array(binCount);
  for (const row of rows) {
    const bin = bins[row] ?? 0;
    counts[bin] = (counts[bin] ?? 0) + 1;
    positives[bin] = (positives[bin] ?? 0) + (labels[row] ?? 0);
  }
  const rates = positives.map((count, bin) => count / Math.max(1, counts[bin] ?? 0));
  let [below, pairs] = [0, 0];
  for (const bin of [...rates.keys()].sort((a, b) => (rates[a] ?? 0) - (rates[b] ?? 0))) {
    const negatives = (counts[bin] ?? 0) - (positives[bin] ?? 0);
    pairs += (positives[bin] ?? 0) * (below + negatives / 2);
    below += negatives;
  }
  return pairs / (all.positives * (all.rows - all.positives));
};

/**
 * Columns that give the label away. S. Kaufman, S. Rosset & C. Perlich, "Leakage in data mining", KDD (2011): a column that
 * alone separates the classes, a level or range that only class 1 has, one that is filled, or missing, for class 1 alone.
 * What only class 0 has is no sign: those who stay may share much.
 *
 * @param labels [n] of 0 and 1 @param rows to look at, of both classes
 */
export const findLeaks = (table: Table, labels: Uint8Array, rows: Int32Array): Leak[] => {
  const binned = binTable(table, rows);
  const all = countWhere(rows, labels, () => true);
  return table.columns.flatMap((column, index): Leak[] => {
    const inBins = binned.columns[index];
    const area = inBins === undefined ? 0.5 : areaOf(inBins, rows, labels, all);
    const mark = findMark(column, rows, labels, all);
    if (mark !== undefined) return [{ column: column.name, ...mark, auc: area }];
    return area < TELLING_AUC
      ? []
      : [{ column: column.name, kind: 'separates-classes', mark: null, ...all, auc: area }];
  });
};
