/** A table of an ARFF file. Missing cells are undefined. */
export interface ArffTable {
  readonly attributes: readonly { readonly name: string; readonly nominal: boolean }[];
  /** [n], a cell an attribute */
  readonly rows: readonly (readonly (string | undefined)[])[];
}

const ATTRIBUTE = /^@attribute\s+('[^']*'|"[^"]*"|\S+)\s*(.*)$/i;
const CELL = /\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^,]*?)\s*(?:,|$)/gy;

const unquote = (text: string): string => text.replace(/^(['"])(.*)\1$/, '$2');

const splitCells = (line: string, width: number): (string | undefined)[] => {
  const cells: (string | undefined)[] = [];
  CELL.lastIndex = 0;
  for (let match = CELL.exec(line); match !== null && cells.length < width; match = CELL.exec(line)) {
    const text = match[1] ?? '';
    cells.push(text === '?' || text === '' ? undefined : unquote(text));
  }
  return cells;
};

/**
 * Reads Weka's Attribute-Relation File Format: comments, quoted names, nominal, numeric and text attributes, `?` for what
 * is missing. Sparse rows are not understood.
 */
export const parseArff = (text: string): ArffTable => {
  const lines = text.split(/\r?\n|\r/).map((line) => line.trim());
  const data = lines.findIndex((line) => /^@data/i.test(line));
  const attributes = lines.slice(0, data).flatMap((line) => {
    const [, name = '', type = ''] = ATTRIBUTE.exec(line) ?? [];
    return name === '' ? [] : [{ name: unquote(name), nominal: !/^(real|numeric|integer)\b/i.test(type) }];
  });
  const rows = lines
    .slice(data + 1)
    .filter((line) => line !== '' && !line.startsWith('%'))
    .map((line) => splitCells(line, attributes.length));
  return { attributes, rows: rows.filter((row) => row.length === attributes.length) };
};
