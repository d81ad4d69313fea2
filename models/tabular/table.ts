/** A column of numbers. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly name: string;
  /** [n], NaN where nothing is known */
  readonly values: Float64Array;
  /** The values are days since 1970, read from dates. */
  readonly isDate: boolean;
}

/** A column of names. */
export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly name: string;
  readonly levels: readonly string[];
  /** [n], an index into `levels`, −1 where nothing is known */
  readonly codes: Int32Array;
}

export type Column = NumericColumn | CategoricalColumn;

/** n rows side by side; columns of numbers and of names may be mixed. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** Whether nothing is known of a row in that column. */
export const isMissing = (column: Column, row: number): boolean =>
  column.kind === 'numeric' ? Number.isNaN(column.values[row]) : column.codes[row] === -1;

/** The values of a numeric column in those rows where they are known, ascending. */
export const knownSorted = ({ values }: NumericColumn, rows: Int32Array): Float64Array => {
  const known = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const value = values[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    known[count] = value;
    count += 1;
  }
  return known.subarray(0, count).sort();
};

/** How often each level of a categorical column occurs in those rows; the last entry counts what is missing. */
export const countLevels = ({ levels, codes }: CategoricalColumn, rows: Int32Array): Int32Array => {
  const counts = new Int32Array(levels.length + 1);
  for (const row of rows) {
    const code = codes[row] ?? -1;
    const level = code === -1 ? levels.length : code;
    counts[level] = (counts[level] ?? 0) + 1;
  }
  return counts;
};
