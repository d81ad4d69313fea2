import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../models/statistics/random.ts';
import { binTable } from '../../../../models/tabular/binning.ts';
import {
  type BoostingOptions,
  createBooster,
  crossValidateTrees,
  DEFAULT_BOOSTING,
  scoreTrees,
} from '../../../../models/tabular/boosted-trees.ts';
import { stratifiedFolds } from '../../../../models/tabular/cross-validation.ts';
import { childOf, type Tree } from '../../../../models/tabular/decision-tree.ts';
import type { Column, Table } from '../../../../models/tabular/table.ts';
import { meanOfTree, treeContributions } from '../../../../models/tabular/tree-shap.ts';

const numeric = (name: string, values: readonly number[]): Column => ({
  kind: 'numeric',
  name,
  isDate: false,
  values: Float64Array.from(values),
});

const ROWS = Array.from({ length: 60 }, (_, row) => row);
const FIRST = ROWS.map((row) => ((row * 37) % 41) / 4);
const SECOND = ROWS.map((row) => (row % 9 === 4 ? Number.NaN : (row * 17) % 23));
const LABELS = Uint8Array.from(ROWS, (row) => {
  const second = SECOND[row] ?? 0;
  return ((row * 29) % 31) + 2 * (FIRST[row] ?? 0) > 26 || second > 19 ? 1 : 0;
});
const TABLE: Table = { rows: 60, columns: [numeric('first', FIRST), numeric('second', SECOND)] };
const ALL = Int32Array.from(ROWS);
const EXACT: BoostingOptions = {
  depth: 2,
  fewestRowsInLeaf: 1,
  penalty: 1,
  learningRate: 0.3,
  rowShare: 1,
  columnShare: 1,
};

const boost = (table: Table, labels: Uint8Array, options: BoostingOptions, rounds: number, rows = ALL) => {
  const binned = binTable(table, rows);
  const booster = createBooster(binned, labels, rows, options, createRandom(1));
  for (let round = 0; round < rounds; round += 1) booster.addTree();
  return { binned, booster, model: booster.model(rounds) };
};

describe('boosting', () => {
  // XGBoost 3.2, tree_method exact, eta 0.3, lambda 1, min_child_weight 0, five rounds: margins of the first rows.
  test.each([
    [2, [-1.1342564, 1.2202588, 1.2202588, 0.23017006, 0.23017006, 0.10136342, 0.10136342, -0.20123026, 1.0984536]],
    [3, [-0.6843221, 1.4587977, 1.2177601, 0.42656016, -0.03786742, 0.54353887, 0.54353887, -0.5403111, 1.0112573]],
  ])('of exact trees %i splits deep agrees with XGBoost', (depth, margins) => {
    const { booster } = boost(TABLE, LABELS, { ...EXACT, depth }, 5);

    for (const [row, margin] of margins.entries()) expect(booster.scores[row]).toBeCloseTo(margin, 5);
  });

  test('gives rows it has not learned from the score that its model gives', () => {
    const { booster, model, binned } = boost(TABLE, LABELS, EXACT, 4, ALL.subarray(0, 40));

    expect(scoreTrees(model, binned)).toEqual(booster.scores);
  });

  test('tells one name from the rest', () => {
    const names: Column = {
      kind: 'categorical',
      name: 'plan',
      levels: ['a', 'b', 'c'],
      codes: ALL.map((row) => row % 3),
    };
    const labels = Uint8Array.from(ROWS, (row) => (row % 3 === 1 ? 1 : 0));

    const { booster } = boost({ rows: 60, columns: [names] }, labels, { ...EXACT, depth: 1 }, 20);

    expect(booster.scores[1]).toBeGreaterThan(2);
    expect(booster.scores[0]).toBeLessThan(-2);
    expect(booster.scores[2]).toBe(booster.scores[0]);
  });

  test('makes no leaf of fewer rows than it may', () => {
    const { model } = boost(TABLE, LABELS, { ...EXACT, depth: 3, fewestRowsInLeaf: 12 }, 5);

    for (const { column, cover } of model.trees)
      expect(Math.min(...cover.filter((rows, node) => column[node] === -1 && rows > 0))).toBeGreaterThanOrEqual(12);
  });

  test('stops at no tree at all when there is nothing to learn', () => {
    const random = createRandom(3);
    const noise: Table = { rows: 400, columns: [numeric('noise', Array.from({ length: 400 }, random))] };
    const labels = Uint8Array.from({ length: 400 }, () => (random() < 0.3 ? 1 : 0));
    const rows = Int32Array.from(labels.keys());
    const folds = stratifiedFolds(rows, labels, 5, createRandom(1));

    const { rounds, outOfFold } = crossValidateTrees(binTable(noise, rows), labels, folds, DEFAULT_BOOSTING, 1);

    expect(rounds).toBeLessThanOrEqual(10);
    expect(outOfFold.some(Number.isNaN)).toBe(false);
  });
});

/** Mean of a tree's value when the columns of a set are known for a row, the others averaged by cover. */
const expectation = (tree: Tree, bins: readonly number[], known: ReadonlySet<number>, node = 0): number => {
  const column = tree.column[node] ?? -1;
  if (column === -1) return tree.value[node] ?? 0;
  if (known.has(column)) return expectation(tree, bins, known, childOf(tree, node, bins[column] ?? 0));
  const left = tree.left[node] ?? 0;
  const part = (child: number): number => (tree.cover[child] ?? 0) * expectation(tree, bins, known, child);
  return (part(left) + part(left + 1)) / (tree.cover[node] ?? 1);
};

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** L. S. Shapley's own definition (1953): the mean gain of a column over all orders. */
const shapley = (tree: Tree, bins: readonly number[], column: number): number => {
  const others = bins.map((_, index) => index).filter((index) => index !== column);
  let sum = 0;
  for (let subset = 0; subset < 2 ** others.length; subset += 1) {
    const known = others.filter((_, place) => (subset >> place) & 1);
    const weight = (factorial(known.length) * factorial(bins.length - known.length - 1)) / factorial(bins.length);
    const gain = expectation(tree, bins, new Set([...known, column])) - expectation(tree, bins, new Set(known));
    sum += weight * gain;
  }
  return sum;
};

describe('contributions', () => {
  const columns = [
    ...TABLE.columns,
    numeric(
      'third',
      ROWS.map((row) => (row * 13) % 7),
    ),
    { kind: 'categorical', name: 'plan', levels: ['a', 'b', 'c'], codes: ALL.map((row) => (row * 5) % 3) } as const,
  ];
  const { model, binned, booster } = boost({ rows: 60, columns }, LABELS, { ...EXACT, depth: 4 }, 6);

  test('of trees are Shapley values by their definition', () => {
    for (const row of [0, 4, 17, 31]) {
      const bins = binned.columns.map(({ bins: ofColumn }) => ofColumn[row] ?? 0);
      const contributions = treeContributions(model.trees, binned, Int32Array.of(row));
      for (const index of columns.keys()) {
        const expected = model.trees.reduce((sum, tree) => sum + shapley(tree, bins, index), 0);
        expect(contributions[index]).toBeCloseTo(expected, 10);
      }
    }
  });

  test('add up to the score less the mean', () => {
    const contributions = treeContributions(model.trees, binned, ALL);
    const mean = model.trees.reduce((sum, tree) => sum + meanOfTree(tree), model.start);

    for (const row of ROWS) {
      const sum = contributions.subarray(row * 4, row * 4 + 4).reduce((total, part) => total + part, mean);
      expect(sum).toBeCloseTo(booster.scores[row] ?? 0, 10);
    }
  });
});
