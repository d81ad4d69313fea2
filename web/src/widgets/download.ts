import type { TableData } from '../api/contract.ts';
import { toCsv } from '../format/csv.ts';
import { toFileRows } from './table-of.ts';

const save = (blob: Blob, name: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
};

/** A title as the name of a file. */
const fileName = (title: string, extension: string): string =>
  `${
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '') || 'widget'
  }.${extension}`;

/** Spreadsheets take a file without the mark for one in the system's old encoding. */
const BYTE_ORDER_MARK = '\ufeff';

export const saveCsv = (title: string, table: TableData): void => {
  const text = BYTE_ORDER_MARK + toCsv(toFileRows(table));
  save(new Blob([text], { type: 'text/csv;charset=utf-8' }), fileName(title, 'csv'));
};

export const savePicture = async (title: string, picture: Promise<Blob>): Promise<void> =>
  save(await picture, fileName(title, 'png'));
