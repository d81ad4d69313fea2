import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../models/statistics/random.ts';
import { binTable } from '../../../../models/tabular/binning.ts';
import { type Cell, readColumn, readTable } from '../../../../models/tabular/column-reader.ts';
import { stratifiedFolds } from '../../../../models/tabular/cross-validation.ts';
import { encodeTable, fitEncoding } from '../../../../models/tabular/design-matrix.ts';

const rowsUpTo = (n: number) => Int32Array.from({ length: n }, (_, row) => row);
const leftOutOf = (cells: readonly Cell[]) => readTable(['it'], () => cells, cells.length).leftOut[0]?.reason;

describe('a column', () => {
  test('of numbers given as text, with blanks, is one of numbers', () => {
    const column = readColumn('charges', ['29.85', ' ', '1889.5', '', 'N/A', null, 7, '1e3', '-.5']);

    expect(column).toMatchObject({ kind: 'numeric', isDate: false });
    expect(column.kind === 'numeric' && [...column.values]).toEqual([
      29.85,
      Number.NaN,
      1889.5,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      7,
      1000,
      -0.5,
    ]);
  });

  test('of which one cell is no number is one of names', () => {
    expect(readColumn('plan', ['1', '2', 'three'])).toMatchObject({ kind: 'categorical', levels: ['1', '2', 'three'] });
    expect(readColumn('hex', ['0x10', 'Infinity'])).toMatchObject({ kind: 'categorical' });
  });

  test('of booleans is one of names', () => {
    expect(readColumn('paperless', [true, false, null])).toMatchObject({
      kind: 'categorical',
      levels: ['true', 'false'],
      codes: Int32Array.of(0, 1, -1),
    });
  });

  test('of dates counts days', () => {
    const column = readColumn('since', ['1970-01-02', '1970-01-11T12:00:00Z', null]);

    expect(column).toMatchObject({ kind: 'numeric', isDate: true, values: Float64Array.of(1, 10.5, Number.NaN) });
  });

  test('that tells nothing is left out and named', () => {
    const many = Array.from({ length: 80 }, (_, row) => row);

    expect(leftOutOf(many.map(() => 'EUR'))).toBe('constant');
    expect(leftOutOf(many.map(() => 3))).toBe('constant');
    expect(leftOutOf(many.map(() => ' '))).toBe('empty');
    expect(leftOutOf(many.map((row) => `7590-${row}`))).toBe('identifier');
    expect(leftOutOf(many.map((row) => 10_000 + ((row * 37) % 80)))).toBe('identifier');
  });

  test('of amounts, no two alike, or filled for some alone, is kept', () => {
    const many = Array.from({ length: 80 }, (_, row) => row);

    expect(leftOutOf(many.map((row) => Math.sqrt(row)))).toBeUndefined();
    expect(leftOutOf(many.map((row) => row * row))).toBeUndefined();
    expect(leftOutOf(many.map((row) => (row % 5 === 0 ? 'yes' : null)))).toBeUndefined();
  });
});

describe('terms', () => {
  const cellsOf: Record<string, Cell[]> = {
    age: Array.from({ length: 100 }, (_, row) => (row === 99 ? null : row % 50)),
    plan: Array.from({ length: 100 }, (_, row) => (row < 60 ? 'basic' : row < 96 ? 'plus' : `rare ${row}`)),
  };
  const { table } = readTable(['age', 'plan'], (name) => cellsOf[name] ?? [], 100);
  const encoding = fitEncoding(table, rowsUpTo(100));
  const design = encodeTable(table, encoding);
  const termsOf = (row: number) =>
    Array.from(design.termIndex.subarray(design.rowStart[row] ?? 0, design.rowStart[row + 1] ?? 0), (term, at) => [
      term,
      design.values[(design.rowStart[row] ?? 0) + at],
    ]);

  test('of a number bend at its quantiles, and being missing has a term of its own', () => {
    const [age] = encoding.columns;

    expect(age).toMatchObject({ kind: 'numeric', centre: 24, firstTerm: 0, missingTerm: 6 });
    expect(age?.kind === 'numeric' && age.knots).toHaveLength(5);
    // The least age lies below every knot; the missing one has no line.
    expect(termsOf(0)).toHaveLength(2);
    expect(termsOf(49).filter(([term = 0]) => term <= 5)).toHaveLength(6);
    expect(termsOf(99)[0]).toEqual([6, 1]);
  });

  test('of rare names are one', () => {
    expect([termsOf(0).at(-1), termsOf(70).at(-1), termsOf(96).at(-1), termsOf(98).at(-1)]).toEqual([
      [7, 1],
      [8, 1],
      [9, 1],
      [9, 1],
    ]);
    expect(design.terms).toBe(10);
  });

  test('of a name that was not learned from count as rare, or as nothing', () => {
    const learned = rowsUpTo(96);
    const narrow = fitEncoding(table, learned);
    const written = encodeTable(table, narrow);

    // Row 97 has its number, and no term for its plan.
    const last = written.termIndex.subarray(written.rowStart[97] ?? 0, written.rowStart[98] ?? 0).at(-1);
    expect(narrow.columnOfTerm[last ?? 0]).toBe(0);
  });

  test('of a wild number are cut', () => {
    const wild = readTable(['spend'], () => [...Array.from({ length: 99 }, (_, row) => row), 1e9], 100).table;

    expect(Math.max(...encodeTable(wild, fitEncoding(wild, rowsUpTo(100))).values)).toBeLessThan(16);
  });

  test('do not depend on rows that are not learned from', () => {
    const changed = readTable(
      ['age'],
      () => (cellsOf['age'] ?? []).map((age, row) => (row < 50 ? age : 1e6)),
      100,
    ).table;
    const same = readTable(['age'], () => cellsOf['age'] ?? [], 100).table;

    expect(fitEncoding(changed, rowsUpTo(50))).toEqual(fitEncoding(same, rowsUpTo(50)));
    expect(binTable(changed, rowsUpTo(50)).columns[0]?.bins.subarray(0, 50)).toEqual(
      binTable(same, rowsUpTo(50)).columns[0]?.bins.subarray(0, 50),
    );
  });
});

test('folds hold each row once and both classes in equal shares', () => {
  const labels = Uint8Array.from({ length: 103 }, (_, row) => (row % 4 === 0 ? 1 : 0));
  const folds = stratifiedFolds(rowsUpTo(103), labels, 5, createRandom(1));

  expect(folds.flatMap(({ heldOut }) => [...heldOut]).toSorted((a, b) => a - b)).toEqual([...rowsUpTo(103)]);
  for (const { training, heldOut } of folds) {
    expect(training.length + heldOut.length).toBe(103);
    expect(heldOut.filter((row) => labels[row] === 1).length).toBeGreaterThanOrEqual(5);
    expect(heldOut.filter((row) => labels[row] === 1).length).toBeLessThanOrEqual(6);
    expect(heldOut.some((row) => training.includes(row))).toBe(false);
  }
});
