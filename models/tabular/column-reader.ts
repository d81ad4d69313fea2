import { type Column, isMissing, type Table } from './table.ts';

/** A value as it comes: a number may come as text, and nothing as null, as blanks or as one of a few words. */
export type Cell = string | number | boolean | null | undefined;

type LeftOutReason = 'constant' | 'empty' | 'identifier' | 'free-text';

/** A column that tells nothing about a row's kind, and why. */
export interface LeftOutColumn {
  readonly name: string;
  readonly reason: LeftOutReason;
}

const NOTHING = new Set(['', 'na', 'n/a', 'nan', 'null', 'undefined']);
const LONGEST_NOTHING = 9;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const MS_PER_DAY = 86_400_000;
/** Names of which more than half occur once are those of single rows. */
const IDENTIFIER_SHARE = 0.5;
/** More different names than these, few rows each, are text and no categories. */
const MOST_LEVELS = 1_000;
const FEWEST_ROWS_TO_JUDGE = 50;

const clean = (cell: Cell): string | number | undefined => {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : undefined;
  const text = String(cell).trim();
  return text.length <= LONGEST_NOTHING && NOTHING.has(text.toLowerCase()) ? undefined : text;
};

const toDays = (text: string): number => Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text) / MS_PER_DAY;

const readNumbers = (name: string, cells: readonly (string | number | undefined)[], isDate: boolean): Column => ({
  kind: 'numeric',
  name,
  isDate,
  values: Float64Array.from(cells, (cell) => {
    if (cell === undefined) return Number.NaN;
    return isDate && typeof cell === 'string' ? toDays(cell) : Number(cell);
  }),
});

const readNames = (name: string, cells: readonly (string | number | undefined)[]): Column => {
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(cells, (cell) => {
    if (cell === undefined) return -1;
    const level = String(cell);
    const code = codeOf.get(level) ?? codeOf.size;
    codeOf.set(level, code);
    return code;
  });
  return { kind: 'categorical', name, levels: [...codeOf.keys()], codes };
};

/**
 * Reads one column: numbers when every known cell is one, dates (as days since 1970) likewise, names otherwise. Numbers of
 * which there are only two, as 0 and 1, are names.
 */
export const readColumn = (name: string, raw: readonly Cell[]): Column => {
  const cells = raw.map(clean);
  const known = cells.filter((cell) => cell !== undefined);
  if (known.every((cell) => typeof cell === 'number' || NUMBER.test(cell)))
    return new Set(known.map(Number)).size === 2
      ? readNames(
          name,
          cells.map((cell) => (cell === undefined ? undefined : Number(cell))),
        )
      : readNumbers(name, cells, false);
  const areDates = known.every((cell) => typeof cell === 'string' && DATE.test(cell) && !Number.isNaN(toDays(cell)));
  return areDates ? readNumbers(name, cells, true) : readNames(name, cells);
};

/** Whole numbers, no two alike and side by side, count the rows. */
const countsRows = (values: Float64Array): boolean => {
  const sorted = values.slice().sort();
  const range = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0) + 1;
  return (
    range <= 1.5 * sorted.length &&
    sorted.every((value, at) => Number.isInteger(value) && (at === 0 || value !== sorted[at - 1]))
  );
};

const reasonToLeaveOut = (column: Column, rows: number): LeftOutReason | undefined => {
  const known = Array.from({ length: rows }, (_, row) => row).filter((row) => !isMissing(column, row));
  if (known.length === 0) return 'empty';
  const complete = known.length === rows;
  if (column.kind === 'numeric') {
    const first = column.values[known[0] ?? 0];
    if (complete && column.values.every((value) => value === first)) return 'constant';
    return complete && rows >= FEWEST_ROWS_TO_JUDGE && !column.isDate && countsRows(column.values)
      ? 'identifier'
      : undefined;
  }
  if (complete && column.levels.length === 1) return 'constant';
  if (rows < FEWEST_ROWS_TO_JUDGE) return undefined;
  if (column.levels.length > IDENTIFIER_SHARE * known.length && known.length >= FEWEST_ROWS_TO_JUDGE)
    return 'identifier';
  return column.levels.length > MOST_LEVELS ? 'free-text' : undefined;
};

/**
 * Reads a table from cells as people send them. A column that is the same everywhere, empty, a row's name or free text
 * is left out and named; one that is filled for some rows only is kept, for that itself may tell.
 *
 * @param names of columns, [d]
 * @param cellsOf gives a column's cells, [n]
 */
export const readTable = (
  names: readonly string[],
  cellsOf: (name: string) => readonly Cell[],
  rows: number,
): { table: Table; leftOut: readonly LeftOutColumn[] } => {
  const columns: Column[] = [];
  const leftOut: LeftOutColumn[] = [];
  for (const name of names) {
    const column = readColumn(name, cellsOf(name));
    const reason = reasonToLeaveOut(column, rows);
    if (reason === undefined) columns.push(column);
    else leftOut.push({ name, reason });
  }
  return { table: { rows, columns }, leftOut };
};
