/**
 * Reads comma-separated text with quoted fields, doubled quotes, line breaks within quotes, LF or CRLF and a byte-order
 * mark: RFC 4180.
 *
 * @returns rows of fields, the header first; blank lines are skipped
 */
export const parseCsv = (text: string): string[][] => {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/y;
  const start = text.startsWith('\ufeff') ? 1 : 0;
  field.lastIndex = start;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (match === null) throw new SyntaxError(`a field is malformed near character ${at}`);
    const [, quoted, plain = '', end] = match;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',' && field.lastIndex < text.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
};
