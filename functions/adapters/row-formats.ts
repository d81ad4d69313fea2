import { parseCsv } from '../../models/tabular/csv.ts';
import type { UploadFormat } from '../core/training/data-schema.ts';
import type { DataRow } from '../core/training/training-data.ts';

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** A field of a file that knows texts only. */
const toValue = (field: string): unknown => {
  const text = field.trim();
  if (text === '') return null;
  if (NUMBER.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text;
};

const requireObject = (value: unknown, place: string): DataRow => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as DataRow;
  throw new SyntaxError(`${place} is no object`);
};

const fromCsv = (text: string): DataRow[] => {
  const [header = [], ...records] = parseCsv(text);
  const repeated = header.find((name, index) => header.indexOf(name) !== index);
  if (repeated !== undefined) throw new SyntaxError(`the header names "${repeated}" twice`);
  return records.map((record, index) => {
    if (record.length !== header.length) {
      throw new SyntaxError(`record ${index + 1} has ${record.length} fields, the header ${header.length}`);
    }
    return Object.fromEntries(header.map((name, column) => [name.trim(), toValue(record[column] ?? '')]));
  });
};

const fromLines = (text: string): DataRow[] =>
  text.split('\n').flatMap((line, index) => {
    const place = `line ${index + 1}`;
    if (line.trim() === '') return [];
    try {
      return [requireObject(JSON.parse(line), place)];
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'malformed';
      throw new SyntaxError(reason.startsWith(place) ? reason : `${place}: ${reason}`, { cause: error });
    }
  });

const fromList = (text: string): DataRow[] => {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) throw new SyntaxError('it must hold a list of objects');
  return list.map((row, index) => requireObject(row, `row ${index}`));
};

/**
 * Rows of a file: CSV with a header (RFC 4180), one JSON object a line, or a JSON list of objects.
 *
 * @throws SyntaxError that names the place
 */
export const readRows = (text: string, format: UploadFormat): DataRow[] => {
  switch (format) {
    case 'csv':
      return fromCsv(text);
    case 'ndjson':
      return fromLines(text);
    case 'json':
      return fromList(text);
  }
};
