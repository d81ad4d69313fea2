import { describe, expect, test } from 'vitest';
import { holmAdjusted } from '../../../../models/statistics/holm.ts';
import { twoProportionTest } from '../../../../models/statistics/two-proportion.ts';

describe('two proportions', () => {
  test('differ by Newcombe’s interval: his examples, method 10', () => {
    // R. G. Newcombe, Statistics in Medicine 17 (1998), table II.
    for (const [x1, n1, x2, n2, lower, upper] of [
      [56, 70, 48, 80, 0.0524, 0.3339],
      [9, 10, 3, 10, 0.1705, 0.809],
      [10, 10, 0, 10, 0.6075, 1],
    ] as const) {
      const { interval } = twoProportionTest(x1, n1, x2, n2);
      expect(interval.lower).toBeCloseTo(lower, 4);
      expect(interval.upper).toBeCloseTo(upper, 4);
    }
  });

  test('have the p-value of the N − 1 chi-squared test, and Cohen’s h', () => {
    // 15/50 and 5/50: chi-squared 6.25, times 99/100; its square root is 2.4875.
    const { pValue, cohenH, smallestExpected } = twoProportionTest(15, 50, 5, 50);

    expect(pValue).toBeCloseTo(0.01287, 4);
    expect(cohenH).toBeCloseTo(2 * Math.asin(Math.sqrt(0.3)) - 2 * Math.asin(Math.sqrt(0.1)), 12);
    expect(smallestExpected).toBe(10);
    expect(twoProportionTest(0, 10, 0, 20).pValue).toBeCloseTo(1, 6);
  });
});

test('Holm’s adjustment is R’s p.adjust', () => {
  const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.02, 0.9]);

  for (const [index, expected] of [0.05, 0.09, 0.09, 0.08, 0.9].entries()) {
    expect(adjusted[index]).toBeCloseTo(expected, 12);
  }
  expect(holmAdjusted([])).toEqual([]);
});
