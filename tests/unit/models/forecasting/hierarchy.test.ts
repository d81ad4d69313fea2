import { describe, expect, test } from 'vitest';
import { createHierarchy, createReconciler, type Reconciliation } from '../../../../models/forecasting/hierarchy.ts';
import { reconcile } from '../../../../models/forecasting/reconcile.ts';
import { shrunkCovariance } from '../../../../models/forecasting/shrinkage.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

// A total of two regions, of two shops and of three.
const PARENTS = [-1, 0, 0, 1, 1, 2, 2, 2];
const SHOPS = createHierarchy(PARENTS);
const ERRORS = PARENTS.map((_, i) =>
  Float64Array.from({ length: 12 }, (__, t) => Math.sin(1.3 * i + 0.7 * t + 0.1 * i * t) * (1 + i)),
);
const BASE = [100, 55, 40, 30, 20, 12, 15, 9].map((value) => Float64Array.of(value));

const reconciled = (method: Reconciliation, base = BASE, nonNegative = false): number[] =>
  createReconciler(SHOPS, method, { errors: ERRORS, nonNegative })?.(base).map(([value]) => value ?? Number.NaN) ?? [];

const discrepancy = (values: readonly number[]): number =>
  Math.max(
    ...SHOPS.children.map((children, node) =>
      children.length === 0
        ? 0
        : Math.abs((values[node] ?? 0) - children.reduce((sum, child) => sum + (values[child] ?? 0), 0)),
    ),
  );

describe('reconciled forecasts', () => {
  // S (S′ W⁻¹ S)⁻¹ S′ W⁻¹ ŷ in NumPy, with the shrinkage of R's hts.
  test.each<[Reconciliation, number[]]>([
    ['bottom-up', [86, 50, 36, 30, 20, 12, 15, 9]],
    [
      'ols',
      [96.827586207, 55.448275862, 41.379310345, 32.724137931, 22.724137931, 13.793103448, 16.793103448, 10.793103448],
    ],
    ['wls-structural', [93.666666667, 53.766666667, 39.9, 31.883333333, 21.883333333, 13.3, 16.3, 10.3]],
    [
      'wls-variance',
      [99.554621264, 56.242174902, 43.312446362, 32.442653296, 23.799521605, 13.743349456, 17.474781407, 12.0943155],
    ],
    [
      'mint-shrinkage',
      [99.042586978, 55.820910061, 43.221676916, 31.533183229, 24.287726832, 11.886621601, 16.433675373, 14.901379942],
    ],
  ])('by %s are those of the formula', (method, expected) => {
    for (const [node, value] of reconciled(method).entries()) expect(value).toBeCloseTo(expected[node] ?? 0, 7);
  });

  test('sum up to 1e-9, whatever their size', () => {
    const large = BASE.map((values) => values.map((value) => value * 1e6));

    for (const method of ['ols', 'wls-structural', 'wls-variance', 'mint-shrinkage', 'bottom-up'] as const) {
      expect(discrepancy(reconciled(method, large))).toBeLessThan(1e-9 * 1e8);
    }
  });

  test('leave alone what sums up already', () => {
    const coherent = [86, 50, 36, 30, 20, 12, 15, 9].map((value) => Float64Array.of(value));

    for (const [node, value] of reconciled('mint-shrinkage', coherent).entries()) {
      expect(value).toBeCloseTo(coherent[node]?.[0] ?? 0, 9);
    }
  });

  test('are not below zero where none may be, and sum up still', () => {
    const low = BASE.map((values, node) => (node === 0 ? Float64Array.of(-40) : values));

    expect(Math.min(...reconciled('ols', low))).toBeLessThan(0);
    expect(Math.min(...reconciled('ols', low, true))).toBe(0);
    expect(discrepancy(reconciled('ols', low, true))).toBeLessThan(1e-9);
  });
});

test('the shrinkage intensity is that of Schäfer and Strimmer', () => {
  expect(shrunkCovariance(ERRORS).intensity).toBeCloseTo(0.48619038931416897, 12);
});

test('a hierarchy says which of its nodes is wrong', () => {
  expect(() => createHierarchy([-1, 0, 7])).toThrow('the parent 7 of node 2 does not exist');
  expect(() => createHierarchy([-1, 2, 1])).toThrow('node 1 is an ancestor of itself');
});

describe('a method chosen on past forecasts', () => {
  const random = createRandom(4);
  const noise = (deviation: number) => Float64Array.from({ length: 6 }, () => deviation * nextNormal(random));
  /** The truth is zero everywhere; each node is forecast with an error of its own. */
  const pastWith = (deviations: readonly number[]) =>
    Array.from({ length: 12 }, () => ({
      forecasts: deviations.map(noise),
      actuals: deviations.map(() => new Float64Array(6)),
    }));
  const scales = new Float64Array(8).fill(1);
  const reconcileWith = (deviations: readonly number[]) =>
    reconcile(SHOPS, BASE, { past: pastWith(deviations), scales, nonNegative: false });
  const rmsseOf = ({ scores }: ReturnType<typeof reconcileWith>, method: string) =>
    scores.find((score) => score.method === method)?.rmsse ?? Number.NaN;

  test('errs less than the base forecasts and than the bottom alone', () => {
    const found = reconcileWith([1, 1, 1, 2, 2, 2, 2, 2]);

    expect(['mint-shrinkage', 'wls-variance']).toContain(found.method);
    expect(rmsseOf(found, found.method)).toBeLessThan(rmsseOf(found, 'none'));
    expect(rmsseOf(found, found.method)).toBeLessThan(0.8 * rmsseOf(found, 'bottom-up'));
    expect(Math.max(...found.errorRatios)).toBeLessThan(1.1);
  });

  test('makes the errors of the parts smallest when the total is forecast well', () => {
    const found = reconcileWith([0.1, 3, 3, 1, 1, 1, 1, 1]);

    expect(found.errorRatios[0]).toBeLessThan(2);
    expect(found.errorRatios[1]).toBeLessThan(0.7);
  });

  test('needs no errors when there are none', () => {
    const { method, means } = reconcile(SHOPS, BASE, { past: [], scales, nonNegative: false });

    expect(method).toBe('wls-structural');
    expect(means.map(([value]) => value ?? 0)).toEqual(reconciled('wls-structural'));
  });
});
