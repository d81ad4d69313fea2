import { quantile } from '../statistics/quantile.ts';
import { quartileDeviation, standardDeviation } from '../statistics/spread.ts';
import { type CategoricalColumn, countLevels, knownSorted, type NumericColumn, type Table } from './table.ts';

/** Quantiles at which the line of a number may bend. */
const KNOT_QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9] as const;
/** A number with fewer different values gets a straight line. */
const FEWEST_TO_BEND = 10;
/** Standardised values are cut here: one wild value must not carry a coefficient. */
const FARTHEST = 8;
const FEWEST_OF_LEVEL = 10;
const SMALLEST_SHARE_OF_LEVEL = 0.005;
const MOST_LEVELS_KEPT = 20;
const FEWEST_LEVELS_KEPT = 3;
/** Terms that all names together may get: solving takes the cube of their number. */
const MOST_LEVEL_TERMS = 150;

/** How a number becomes terms: a line that may bend at knots, and a term of its own for being missing. */
export interface NumericEncoding {
  readonly kind: 'numeric';
  readonly centre: number;
  readonly scale: number;
  /** In standardised units, ascending. */
  readonly knots: readonly number[];
  readonly firstTerm: number;
  /** −1 when nothing was missing. */
  readonly missingTerm: number;
}

/** How a name becomes terms: one for each level that is frequent enough, one for the rest, one for being missing. */
export interface CategoricalEncoding {
  readonly kind: 'categorical';
  /** Term of each level of the table; −1 of those that were never seen and that no pooled term stands for. */
  readonly termOfLevel: Int32Array;
  readonly pooledTerm: number;
  readonly missingTerm: number;
}

export interface Encoding {
  readonly columns: readonly (NumericEncoding | CategoricalEncoding)[];
  /** Column of each term, [d] */
  readonly columnOfTerm: Int32Array;
}

/** A sparse matrix [n × d] of a table's rows in terms, row by row. */
export interface Design {
  readonly rows: number;
  readonly terms: number;
  /** [n + 1] */
  readonly rowStart: Int32Array;
  readonly termIndex: Int32Array;
  readonly values: Float64Array;
}

const fitNumeric = (column: NumericColumn, rows: Int32Array, firstTerm: number): NumericEncoding => {
  const sorted = knownSorted(column, rows);
  if (sorted.length === 0) return { kind: 'numeric', centre: 0, scale: 1, knots: [], firstTerm, missingTerm: -1 };
  const centre = quantile(sorted, 0.5);
  const robust = quartileDeviation(sorted);
  const scale = robust || standardDeviation(sorted) || 1;
  const distinct = new Set(sorted).size;
  const bends = distinct < FEWEST_TO_BEND ? [] : KNOT_QUANTILES.map((at) => quantile(sorted, at));
  const [lowest, highest] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const knots = [...new Set(bends)]
    .filter((knot) => knot > lowest && knot < highest)
    .map((knot) => (knot - centre) / scale)
    .filter((knot) => Math.abs(knot) < FARTHEST);
  const missingTerm = sorted.length < rows.length ? firstTerm + 1 + knots.length : -1;
  return { kind: 'numeric', centre, scale, knots, firstTerm, missingTerm };
};

const fitCategorical = (
  column: CategoricalColumn,
  rows: Int32Array,
  firstTerm: number,
  mostLevels: number,
): CategoricalEncoding => {
  const counts = countLevels(column, rows);
  const fewest = Math.max(FEWEST_OF_LEVEL, SMALLEST_SHARE_OF_LEVEL * rows.length);
  const kept = [...column.levels.keys()]
    .filter((level) => (counts[level] ?? 0) >= fewest)
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
    .slice(0, mostLevels);
  const missing = counts[column.levels.length] ?? 0;
  const keptRows = kept.reduce((sum, level) => sum + (counts[level] ?? 0), 0);
  let next = firstTerm + kept.length;
  const pooledTerm = keptRows + missing < rows.length ? next++ : -1;
  const missingTerm = missing > 0 ? next : -1;
  const termOfLevel = new Int32Array(column.levels.length).fill(pooledTerm);
  for (const [place, level] of kept.entries()) termOfLevel[level] = firstTerm + place;
  return { kind: 'categorical', termOfLevel, pooledTerm, missingTerm };
};

const termsOf = (encoding: NumericEncoding | CategoricalEncoding): number => {
  if (encoding.kind === 'numeric') return 1 + encoding.knots.length + (encoding.missingTerm === -1 ? 0 : 1);
  const terms = new Set(encoding.termOfLevel).add(encoding.pooledTerm).add(encoding.missingTerm);
  terms.delete(-1);
  return terms.size;
};

/**
 * Learns from some rows of a table how to write a row in numbers. Numbers are centred at their median and scaled by
 * their interquartile range; their lines may bend at five quantiles (linear splines: F. E. Harrell, Regression Modeling
 * Strategies, 2015, 2.4.3). Names get a term a level; those of few rows share one. Labels are not looked at.
 *
 * @param rows to learn from, [m]
 */
export const fitEncoding = (table: Table, rows: Int32Array): Encoding => {
  const columns: (NumericEncoding | CategoricalEncoding)[] = [];
  const columnOfTerm: number[] = [];
  const ofNames = table.columns.filter(({ kind }) => kind === 'categorical').length;
  const mostLevels = Math.min(MOST_LEVELS_KEPT, Math.max(FEWEST_LEVELS_KEPT, Math.floor(MOST_LEVEL_TERMS / ofNames)));
  for (const [index, column] of table.columns.entries()) {
    const encoding =
      column.kind === 'numeric'
        ? fitNumeric(column, rows, columnOfTerm.length)
        : fitCategorical(column, rows, columnOfTerm.length, mostLevels);
    columns.push(encoding);
    for (let term = termsOf(encoding); term > 0; term -= 1) columnOfTerm.push(index);
  }
  return { columns, columnOfTerm: Int32Array.from(columnOfTerm) };
};

/**
 * Writes the terms of one number.
 *
 * @param write is called with each term and its value
 */
export const writeNumber = (
  { centre, scale, knots, firstTerm, missingTerm }: NumericEncoding,
  value: number,
  write: (term: number, value: number) => void,
): void => {
  if (Number.isNaN(value)) {
    if (missingTerm !== -1) write(missingTerm, 1);
    return;
  }
  const standardised = Math.min(FARTHEST, Math.max(-FARTHEST, (value - centre) / scale));
  write(firstTerm, standardised);
  for (let knot = 0; knot < knots.length; knot += 1) {
    const beyond = standardised - (knots[knot] ?? 0);
    if (beyond <= 0) return;
    write(firstTerm + 1 + knot, beyond);
  }
};

/** Writes all rows of a table in terms, whichever rows the encoding was learned from. */
export const encodeTable = (table: Table, { columns, columnOfTerm }: Encoding): Design => {
  const widest = columns.reduce(
    (sum, encoding) => sum + (encoding.kind === 'numeric' ? 1 + encoding.knots.length : 1),
    0,
  );
  const termIndex = new Int32Array(table.rows * widest);
  const values = new Float64Array(table.rows * widest);
  const rowStart = new Int32Array(table.rows + 1);
  let end = 0;
  const write = (term: number, value: number): void => {
    termIndex[end] = term;
    values[end] = value;
    end += 1;
  };
  for (let row = 0; row < table.rows; row += 1) {
    for (const [index, encoding] of columns.entries()) {
      const column = table.columns[index];
      if (column?.kind === 'numeric' && encoding.kind === 'numeric')
        writeNumber(encoding, column.values[row] ?? Number.NaN, write);
      if (column?.kind === 'categorical' && encoding.kind === 'categorical') {
        const code = column.codes[row] ?? -1;
        const term = code === -1 ? encoding.missingTerm : (encoding.termOfLevel[code] ?? -1);
        if (term !== -1) write(term, 1);
      }
    }
    rowStart[row + 1] = end;
  }
  return {
    rows: table.rows,
    terms: columnOfTerm.length,
    rowStart,
    termIndex: termIndex.subarray(0, end),
    values: values.subarray(0, end),
  };
};
