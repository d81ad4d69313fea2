import { type Points, toPoints } from '../../models/clustering/points.ts';
import { median, quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { quartileDeviation, standardDeviation } from '../../models/statistics/spread.ts';
import type { ClusteringInput, Row } from './input.ts';
import type { ModelColumn } from './model-schema.ts';

/** Further values of a category share one indicator. */
const MOST_CATEGORIES = 20;
/** C. Hennig & T. F. Liao, "How to find an appropriate clustering for mixed-type variables", JRSS C 62 (2013). */
const CATEGORY_WEIGHT = 0.5;
const MOST_MISSING = 0.5;
/** Above it a distribution counts as highly skewed: M. G. Bulmer, Principles of Statistics (1979). */
const HIGH_SKEWNESS = 1;
const MISSING = '(missing)';
const ID_NAME = /(^|[_-])id$|[a-z]Id$/i;

type Cell = Row[string];
type Scaling = ClusteringInput['scaling'];

interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

interface ColumnReport {
  readonly name: string;
  readonly kind: 'number' | 'category';
  /** Rows without a value: the median stands in for numbers; for categories missing is a value of its own. */
  readonly missing: number;
  readonly logarithm: boolean;
}

export interface Preparation {
  readonly columns: readonly ModelColumn[];
  readonly reports: readonly ColumnReport[];
  readonly leftOut: readonly LeftOut[];
}

/** The cell as a number, numbers written as text included; NaN for anything else. */
export const toNumber = (cell: Cell): number => {
  if (typeof cell === 'number') return cell;
  return typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : Number.NaN;
};

/** The cell as the name of a category. */
export const toCategory = (cell: Cell): string =>
  cell === null || cell === undefined || cell === '' ? MISSING : String(cell);

const skewness = (values: Float64Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [second, third] = [0, 0];
  for (const value of values) {
    second += (value - mean) ** 2;
    third += (value - mean) ** 3;
  }
  return second > 0 ? third / values.length / (second / values.length) ** 1.5 : 0;
};

/** Scale of ln(1 + x / scale) where that makes a highly skewed column of values from 0 up less so. */
const logScale = (values: Float64Array): number | null => {
  const skew = skewness(values);
  if (skew <= HIGH_SKEWNESS || values.some((value) => value < 0)) return null;
  const scale = median(values.filter((value) => value > 0));
  return Math.abs(skewness(values.map((value) => Math.log1p(value / scale)))) < skew ? scale : null;
};

const centreAndSpread = (values: Float64Array, scaling: Scaling): { center: number; spread: number } => {
  if (scaling === 'none') return { center: 0, spread: 1 };
  const deviation = standardDeviation(values);
  const sorted = sortedCopy(values);
  const robust = quartileDeviation(sorted);
  if (scaling === 'robust' && robust > 0) return { center: quantile(sorted, 0.5), spread: robust };
  return { center: values.reduce((sum, value) => sum + value, 0) / values.length, spread: deviation };
};

const numberColumn = (name: string, present: Float64Array, scaling: Scaling): ModelColumn => {
  const log = scaling === 'none' ? null : logScale(present);
  const transformed = log === null ? present : present.map((value) => Math.log1p(value / log));
  const missing = median(present);
  return { name, kind: 'number', log, ...centreAndSpread(transformed, scaling), missing };
};

/** Weighs a category as half a number: mean squared difference of two rows 1, where that of a standardised number is 2. */
const categoryColumn = (name: string, cells: readonly Cell[]): ModelColumn => {
  const counts = [...Map.groupBy(cells.map(toCategory), (value) => value)]
    .map(([value, rows]) => ({ value, count: rows.length }))
    .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
  const values = counts.slice(0, MOST_CATEGORIES).map(({ value }) => value);
  const alike = counts.reduce((sum, { count }) => sum + (count / cells.length) ** 2, 0);
  const weight = Math.min(1, Math.sqrt(CATEGORY_WEIGHT / (1 - alike)));
  return { name, kind: 'category', values, other: counts.length > values.length, weight };
};

/** Whole numbers, each another: with the name of an id, or one for each row in turn, they say nothing of likeness. */
const looksLikeId = (name: string, present: Float64Array): boolean => {
  const distinct = new Set(present).size;
  if (distinct < present.length || !present.every(Number.isInteger)) return false;
  const sorted = sortedCopy(present);
  const consecutive = present.length >= 20 && (sorted.at(-1) ?? 0) - (sorted[0] ?? 0) === present.length - 1;
  return consecutive || ID_NAME.test(name);
};

const reasonToLeaveOut = (
  name: string,
  cells: readonly Cell[],
  numbers: Float64Array | undefined,
): string | undefined => {
  const present = cells.filter((cell) => toCategory(cell) !== MISSING);
  if (present.length < (1 - MOST_MISSING) * cells.length) return 'more than half of the rows lack it';
  const distinct = new Set(present).size;
  if (distinct === 1 && present.length === cells.length) return 'it has one value only';
  if (numbers !== undefined) {
    if (distinct === 1) return 'it has one value only';
    return looksLikeId(name, numbers) ? 'it numbers the rows as an id does' : undefined;
  }
  return distinct > 10 && distinct > present.length / 2
    ? 'nearly every row has a value of its own, as an id has'
    : undefined;
};

/** The numbers of a column whose every cell holds one or nothing. */
const numbersOf = (cells: readonly Cell[]): Float64Array | undefined => {
  const present = cells.filter((cell) => toCategory(cell) !== MISSING).map(toNumber);
  return present.length > 0 && present.every(Number.isFinite) ? Float64Array.from(present) : undefined;
};

/** Which columns count, as what, and on what scale. */
export const prepareColumns = (
  rows: readonly Row[],
  named: readonly string[] | undefined,
  scaling: Scaling,
): Preparation => {
  const names = named ?? [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== 'id');
  const columns: ModelColumn[] = [];
  const reports: ColumnReport[] = [];
  const leftOut: LeftOut[] = [];
  for (const name of new Set(names)) {
    const cells = rows.map((row) => row[name]);
    const numbers = numbersOf(cells);
    const reason = reasonToLeaveOut(name, cells, numbers);
    if (reason !== undefined) {
      leftOut.push({ name, reason });
      continue;
    }
    const column = numbers === undefined ? categoryColumn(name, cells) : numberColumn(name, numbers, scaling);
    const missing = cells.filter((cell) => toCategory(cell) === MISSING).length;
    columns.push(column);
    reports.push({ name, kind: column.kind, missing, logarithm: column.kind === 'number' && column.log !== null });
  }
  return { columns, reports, leftOut };
};

const widthOf = (column: ModelColumn): number =>
  column.kind === 'number' ? 1 : column.values.length + (column.other ? 1 : 0);

/** Number columns take one coordinate, a category takes one a value. */
const encodeCell = (cell: Cell, column: ModelColumn, into: Float64Array, at: number): void => {
  if (column.kind === 'category') {
    const value = column.values.indexOf(toCategory(cell));
    if (value >= 0) into[at + value] = column.weight;
    else if (column.other) into[at + column.values.length] = column.weight;
    return;
  }
  const given = toNumber(cell);
  const value = Number.isFinite(given) ? given : column.missing;
  const transformed = column.log === null ? value : Math.log1p(Math.max(0, value) / column.log);
  into[at] = (transformed - column.center) / column.spread;
};

/** Rows as points in scaled units, [n × d]. */
export const encodeRows = (rows: readonly Row[], columns: readonly ModelColumn[]): Points => {
  const dimensions = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const values = new Float64Array(rows.length * dimensions);
  for (const [index, row] of rows.entries()) {
    let at = index * dimensions;
    for (const column of columns) {
      encodeCell(row[column.name], column, values, at);
      at += widthOf(column);
    }
  }
  return toPoints(values, dimensions);
};
