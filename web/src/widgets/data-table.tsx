import type { TableCell, TableData } from '../api/contract.ts';
import { axisName, formatShort, formatTime } from '../format/number-format.ts';

const MOST_ROWS = 500;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

const cellText = (value: TableCell | undefined, unit: string): string => {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'number') return formatShort(value, unit);
  return ISO_TIME.test(value) ? formatTime(value) : value;
};

const heading = ({ title, unit = '' }: TableData['columns'][number]): string => {
  const name = axisName(unit);
  return name === '' || title.toLowerCase().includes(name.toLowerCase()) ? title : `${title} (${name})`;
};

/** What scrolls must be reachable by keyboard, or its rows are out of reach in browsers that do not see to it themselves. */
const makeReachable = (element: HTMLElement | null): void => element?.setAttribute('tabindex', '0');

/** A table that scrolls within its widget. */
export const DataTable = ({ label, table }: { readonly label: string; readonly table: TableData }) => {
  const { columns, rows } = table;
  const numeric = new Set(
    columns.filter(({ key }) => rows.some((row) => typeof row[key] === 'number')).map(({ key }) => key),
  );
  const shown = rows.slice(0, MOST_ROWS);
  return (
    <section class="table-scroll" ref={makeReachable} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" class={numeric.has(column.key) ? 'number' : undefined}>
                {heading(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            <tr key={index}>
              {columns.map(({ key, unit = '' }) => (
                <td key={key} class={numeric.has(key) ? 'number' : undefined}>
                  {cellText(row[key], unit)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <p class="table-more">{(rows.length - shown.length).toLocaleString()} more rows are in the CSV file.</p>
      )}
      {table.more > 0 && <p class="table-more">{table.more.toLocaleString()} more rows are not shown.</p>}
    </section>
  );
};
