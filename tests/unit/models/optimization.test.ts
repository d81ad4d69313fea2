import { expect, test } from 'vitest';
import { minimize } from '../../../models/optimization/nelder-mead.ts';
import { solveRidge } from '../../../models/regression/ridge.ts';

test('Nelder and Mead find the bottom of Rosenbrock’s valley', () => {
  const { point, value } = minimize(([x = 0, y = 0]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2, [-1.2, 1], {
    steps: [0.5, 0.5],
    mostEvaluations: 500,
  });
  expect(value).toBeLessThan(1e-7);
  expect([...point]).toEqual([expect.closeTo(1, 3), expect.closeTo(1, 3)]);
});

test('they keep away from points that are refused', () => {
  const { point } = minimize(([x = 0]) => (x < 2 ? Number.NaN : x), [5], { steps: [1], mostEvaluations: 200 });
  expect(point[0]).toBeCloseTo(2, 3);
});

test('ridge regression finds a line, and shrinks it as the penalty grows', () => {
  const slope = (penalty: number) =>
    solveRidge(100, 1, penalty, (row, features) => {
      features[0] = row;
      return 3 * row;
    })[0];
  expect(slope(0)).toBeCloseTo(3, 8);
  expect(slope(328_350)).toBeCloseTo(1.5, 8);
});

test('features that say the same are told, and shared between with a penalty', () => {
  const solveTwice = (penalty: number) =>
    solveRidge(10, 2, penalty, (row, features) => {
      features.fill(row);
      return 4 * row;
    });

  expect(() => solveTwice(0)).toThrow('features are collinear');
  expect([...solveTwice(1e-6)]).toEqual([expect.closeTo(2, 6), expect.closeTo(2, 6)]);
});
