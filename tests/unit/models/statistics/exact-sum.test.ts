import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createExactSum } from '../../../../models/statistics/exact-sum.ts';

const sumOf = (values: readonly number[]) => {
  const sum = createExactSum();
  for (const value of values) sum.add(value);
  return sum;
};

test('sums without rounding: what plain addition loses is there', () => {
  expect(sumOf([0.1, 0.2, 0.3, -0.3, -0.2, -0.1]).toNumber()).toBe(0);
  expect(sumOf([1e300, 1, -1e300]).toNumber()).toBe(1);
  expect(sumOf([1e308, 5e-324, -1e308]).toNumber()).toBe(5e-324);
  expect(sumOf(Array.from({ length: 10 }, () => 0.1)).toNumber()).toBe(1);
  expect(sumOf([]).toNumber()).toBe(0);
});

test('rounds to the nearest double, ties to even', () => {
  expect(sumOf([2 ** 53, 1]).toNumber()).toBe(2 ** 53);
  expect(sumOf([2 ** 53, 1, 2 ** -60]).toNumber()).toBe(2 ** 53 + 2);
  expect(sumOf([-(2 ** 53), -3]).toNumber()).toBe(-(2 ** 53) - 4);
});

test('the order and the grouping change nothing, bit for bit', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.array(finite, { maxLength: 40 }), fc.nat(40), (values, cut) => {
      const forward = sumOf(values);
      const parts = sumOf(values.slice(cut).reverse());
      parts.merge(sumOf(values.slice(0, cut).reverse()).store());

      expect(parts.store()).toBe(forward.store());
    }),
  );
});

test('equals the sum of whole numbers and of fractions that doubles hold exactly', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 50 }), (values) => {
      const eighths = values.map((value) => value / 8);
      expect(sumOf(eighths).toNumber()).toBe(values.reduce((sum, value) => sum + value, 0) / 8);
    }),
  );
});
