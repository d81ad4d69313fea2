import { describe, expect, test } from 'vitest';
import { type Cell, readTable } from '../../../../models/tabular/column-reader.ts';
import { findLeaks } from '../../../../models/tabular/leakage.ts';

const ROWS = Array.from({ length: 400 }, (_, row) => row);
/** Every fourth row is of class 1. */
const LABELS = Uint8Array.from(ROWS, (row) => (row % 4 === 0 ? 1 : 0));
const leaksOf = (cellOf: (row: number, positive: boolean) => Cell) => {
  const cells = ROWS.map((row) => cellOf(row, LABELS[row] === 1));
  const { table } = readTable(['it'], () => cells, cells.length);
  return findLeaks(table, LABELS, Int32Array.from(ROWS));
};
const noise = (row: number) => (row * 7919) % 101;

describe('a column gives the label away', () => {
  test('when it is the label by another name', () => {
    expect(leaksOf((_, positive) => (positive ? 'gone' : 'here'))).toMatchObject([
      { column: 'it', kind: 'level-marks-class', mark: 'gone', rows: 100, positives: 100, auc: 1 },
    ]);
  });

  test('when a number separates the classes but for a few', () => {
    const [leak] = leaksOf((row, positive) => noise(row) + (positive && row % 40 !== 0 ? 95 : 0));

    expect(leak?.auc).toBeGreaterThan(0.9);
    expect(leak?.kind).toBe('range-marks-class');
  });

  test('when it separates them in the middle of its range, where no order shows', () => {
    expect(
      leaksOf((row, positive) =>
        positive ? 50 + (row % 9) / 10 : noise(row) < 50 ? 10 + (row % 30) : 60 + (row % 30),
      ),
    ).toMatchObject([{ kind: 'separates-classes' }]);
  });

  test('when a value has only rows of class 1, though far from all', () => {
    expect(leaksOf((row, positive) => (positive && row % 8 === 0 ? 'closing' : ['a', 'b'][row % 2]))).toMatchObject([
      { kind: 'level-marks-class', mark: 'closing', rows: 50, positives: 50 },
    ]);
  });

  test('when it is filled, or emptied, for class 1 alone', () => {
    expect(leaksOf((row, positive) => (positive ? noise(row) : null))).toMatchObject([{ kind: 'filled-for-class' }]);
    expect(leaksOf((row, positive) => (positive && row % 8 === 0 ? null : noise(row)))).toMatchObject([
      { kind: 'missing-for-class', rows: 50 },
    ]);
  });
});

describe('a column does not give the label away', () => {
  test('when it only goes with it', () => {
    expect(leaksOf((row, positive) => noise(row) + (positive ? 40 : 0))).toEqual([]);
    expect(leaksOf((row, positive) => (positive ? row % 10 < 8 : row % 10 < 3))).toEqual([]);
  });

  test('when some value has only rows of class 0: those who stay may share much', () => {
    expect(leaksOf((row, positive) => (!positive && row % 2 === 1 ? 'two years' : 'monthly'))).toEqual([]);
  });

  test('when a value has only rows of class 1, but few', () => {
    expect(leaksOf((row, positive) => (positive && row < 60 ? 'odd' : ['a', 'b'][row % 2]))).toEqual([]);
  });

  test('when it is missing at random', () => {
    expect(leaksOf((row) => (row % 5 === 0 ? null : noise(row)))).toEqual([]);
  });
});
