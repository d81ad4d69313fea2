export type CsvCell = string | number | null | undefined;

/**
 * A spreadsheet takes a text that begins with one of these for a formula and runs it. An apostrophe makes it a text.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;

const encodeCell = (cell: CsvCell): string => {
  if (cell === null || cell === undefined) return '';
  // A number cannot be a formula, and a negative one must stay a number.
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows as CSV (RFC 4180), safe to open in a spreadsheet. */
export const toCsv = (rows: readonly (readonly CsvCell[])[]): string =>
  rows.map((row) => `${row.map(encodeCell).join(',')}\r\n`).join('');
