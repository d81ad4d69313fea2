import { createRandom } from '../../../models/statistics/random.ts';
import { type LeftOutColumn, readTable } from '../../../models/tabular/column-reader.ts';
import { shuffle } from '../../../models/tabular/cross-validation.ts';
import type { Table } from '../../../models/tabular/table.ts';
import type { ChurnInput } from './input.ts';

type Customer = ChurnInput['customers'][number];

/** Customers learned from, and their features together, at most: so is the time. */
const MOST_LEARNED = 5_000;
const MOST_VALUES = 100_000;

/** Customers as rows of a table. */
export interface CustomerTable {
  readonly ids: readonly string[];
  readonly table: Table;
  readonly leftOut: readonly LeftOutColumn[];
  /** [n] 1 for those who left; 0 for all others, those whose outcome is unknown among them */
  readonly labels: Uint8Array;
  /** Rows whose outcome is known, a seeded sample when there are many. */
  readonly known: Int32Array;
  readonly toScore: Int32Array;
  /** Rows with a known outcome that the sample left out. */
  readonly unused: number;
  /** Customers that were sent more than once alike, and counted once. */
  readonly repeated: number;
  /** Ids that were sent more than once with something different. */
  readonly contradicted: readonly string[];
}

/** The same whatever order the features came in. */
const fingerprint = ({ churned, features }: Customer): string =>
  JSON.stringify([
    churned ?? null,
    Object.keys(features)
      .sort()
      .map((name) => [name, features[name]]),
  ]);

const separateDuplicates = (customers: readonly Customer[]) => {
  const byId = Map.groupBy(customers, ({ id }) => id);
  const contradicted = [...byId]
    .filter(([, same]) => same.length > 1 && new Set(same.map(fingerprint)).size > 1)
    .map(([id]) => id);
  return { distinct: [...byId.values()].flatMap(([first]) => first ?? []), contradicted };
};

/** A sample that keeps the rate of churn, in the rows' order. */
const sample = (rows: Int32Array, labels: Uint8Array, most: number, seed: number): Int32Array => {
  if (rows.length <= most) return rows;
  const random = createRandom(seed);
  const kept = [0, 1].flatMap((label) => {
    const ofClass = shuffle(
      rows.filter((row) => labels[row] === label),
      random,
    );
    return [...ofClass.subarray(0, Math.round((most * ofClass.length) / rows.length))];
  });
  return Int32Array.from(kept).sort();
};

/** Reads customers into a table; one who was sent twice alike counts once. */
export const toCustomerTable = ({ customers, ignore }: ChurnInput, seed: number): CustomerTable => {
  const { distinct, contradicted } = separateDuplicates(customers);
  const ignored = new Set(ignore);
  const names = [...new Set(distinct.flatMap(({ features }) => Object.keys(features)))].filter(
    (name) => !ignored.has(name),
  );
  const { table, leftOut } = readTable(
    names,
    (name) => distinct.map(({ features }) => features[name]),
    distinct.length,
  );
  const labels = Uint8Array.from(distinct, ({ churned }) => churned ?? 0);
  const rows = Int32Array.from(distinct.keys());
  const labelled = rows.filter((row) => distinct[row]?.churned !== undefined);
  const mostLearned = Math.min(MOST_LEARNED, Math.floor(MOST_VALUES / Math.max(1, table.columns.length)));
  const known = sample(labelled, labels, mostLearned, seed);
  return {
    ids: distinct.map(({ id }) => id),
    table,
    leftOut,
    labels,
    known,
    toScore: rows.filter((row) => distinct[row]?.churned === undefined),
    unused: labelled.length - known.length,
    repeated: customers.length - distinct.length,
    contradicted,
  };
};
