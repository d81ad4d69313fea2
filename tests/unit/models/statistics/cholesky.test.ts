import { expect, test } from 'vitest';
import { factorize, solve } from '../../../../models/statistics/cholesky.ts';

test('a positive definite system is solved, from its lower triangle alone', () => {
  const matrix = Float64Array.of(4, Number.NaN, 2, 3);
  const vector = Float64Array.of(8, 7);

  expect(factorize(matrix, 2)).toBe(true);
  solve(matrix, vector);

  expect([...vector]).toEqual([expect.closeTo(1.25, 12), expect.closeTo(1.5, 12)]);
});

test.each([
  ['singular', [1, 1, 1, 1]],
  ['indefinite', [1, 2, 2, 1]],
  ['singular but for rounding', [1e6, 1e6, 1e6, 1e6 + 1e-8]],
  ['not a number', [1, 0, Number.NaN, 1]],
])('a matrix that is %s has no factor', (_, entries) => {
  expect(factorize(Float64Array.from(entries), 2)).toBe(false);
});
