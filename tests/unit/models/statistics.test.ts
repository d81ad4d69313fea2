import { describe, expect, test } from 'vitest';
import { mannWhitney } from '../../../models/statistics/mann-whitney.ts';
import { normalCdf } from '../../../models/statistics/normal.ts';
import { confidenceAbove, wilsonInterval } from '../../../models/statistics/proportion.ts';
import { quantile, sortedCopy } from '../../../models/statistics/quantile.ts';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import { theilSenTrend } from '../../../models/statistics/trend.ts';
import { varianceInflation } from '../../../models/statistics/variance-inflation.ts';

describe('quantiles', () => {
  test('are those of R’s quantile(type = 7)', () => {
    const sorted = sortedCopy([40, 15, 50, 20, 35]);

    // R: quantile(c(15, 20, 35, 40, 50), c(0, .25, .4, .5, .95, 1))
    expect([0, 0.25, 0.4, 0.5, 0.95, 1].map((p) => quantile(sorted, p))).toEqual([15, 20, 29, 35, 48, 50]);
  });

  test('of one value are that value, of none are not a number', () => {
    expect(quantile(sortedCopy([7]), 0.95)).toBe(7);
    expect(quantile(sortedCopy([]), 0.5)).toBeNaN();
  });
});

test('the normal distribution function agrees with its tables to 1e-7', () => {
  const table = [
    [-1.959963984540054, 0.025],
    [0, 0.5],
    [1, 0.8413447461],
    [2.5758293035, 0.995],
  ] as const;

  for (const [z, probability] of table) expect(Math.abs(normalCdf(z) - probability)).toBeLessThan(2e-7);
});

describe('Wilson’s interval', () => {
  // R: prop.test(x, n, correct = FALSE)$conf.int
  test.each([
    [0, 10, 0, 0.2775328],
    [10, 10, 0.7224672, 1],
    [5, 50, 0.0434749, 0.2136022],
    [1, 4, 0.0455873, 0.6993582],
  ])('%i of %i', (successes, n, lower, upper) => {
    const interval = wilsonInterval(successes, n);

    expect(interval.lower).toBeCloseTo(lower, 5);
    expect(interval.upper).toBeCloseTo(upper, 5);
  });

  test('of nothing is everything', () => {
    expect(wilsonInterval(0, 0)).toEqual({ lower: 0, upper: 1 });
    expect(confidenceAbove(0, 0, 0.5)).toBe(0);
  });
});

describe('confidence in a rate above a threshold', () => {
  // 1 − P(X ≥ successes), summed in fractions.
  test.each([
    [2, 50, 0.01, 0.910564687],
    [9, 40, 0.05, 0.9998704],
    [30, 60, 0.5, 0.4487],
    [3, 2000, 0.005, 0.0027],
    [0, 2000, 0.02, 0],
    [50, 50, 0.5, 1],
  ])('%i of %i against %f is that of the exact binomial test', (successes, n, threshold, confidence) => {
    expect(confidenceAbove(successes, n, threshold)).toBeCloseTo(confidence, 4);
  });
});

describe('autocorrelation', () => {
  const processOf = (phi: number, seed: number): Float64Array => {
    const random = createRandom(seed);
    let value = 0;
    return Float64Array.from({ length: 4_000 }, () => {
      value = phi * value + nextNormal(random);
      return value;
    });
  };

  test('of a first-order process widens a variance by (1 + φ) / (1 − φ), and chance by nothing', () => {
    expect(varianceInflation(processOf(0.8, 1)) / 9).toBeGreaterThan(0.75);
    expect(varianceInflation(processOf(0.8, 1)) / 9).toBeLessThan(1.35);
    expect(varianceInflation(processOf(0, 2))).toBeLessThan(1.15);
    expect(varianceInflation(new Float64Array(50))).toBe(1);
  });
});

describe('the Mann–Whitney test', () => {
  test('gives the statistic and p-value of R’s wilcox.test', () => {
    const first = [1.1, 2.2, 3.3, 4.4, 5.5, 6.6, 7.7, 8.8];
    const second = [3, 5, 6, 7, 8, 9, 10, 11];

    const { u, superiority } = mannWhitney(first, second);

    // Pairs in which the second value is the larger, counted by hand: 2, 4, 5, 6, 7, 8, 8, 8.
    expect(u).toBe(48);
    expect(superiority).toBe(0.75);
  });

  test('counts ties half and finds nothing in equal samples', () => {
    const { u, pValue, superiority } = mannWhitney([1, 1, 2, 2], [1, 1, 2, 2]);

    expect(u).toBe(8);
    expect(superiority).toBe(0.5);
    expect(pValue).toBeGreaterThan(0.5);
    expect(mannWhitney([3, 3, 3], [3, 3, 3]).pValue).toBe(1);
  });

  test('is right about one in a hundred when nothing has changed', () => {
    let state = 1;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const alarms = Array.from({ length: 2000 }, () => {
      const sample = Array.from({ length: 60 }, random);
      return mannWhitney(sample.slice(0, 30), sample.slice(30)).pValue < 0.01;
    }).filter(Boolean).length;

    expect(alarms).toBeGreaterThan(5);
    expect(alarms).toBeLessThan(40);
  });
});

describe('the Theil–Sen trend', () => {
  test('is the line itself, whatever a quarter of outliers does', () => {
    const x = Array.from({ length: 20 }, (_, index) => index);
    const y = x.map((value) => (value % 4 === 3 ? 500 : 3 * value + 2));

    const trend = theilSenTrend(
      x,
      x.map((value) => 3 * value + 2),
    );
    const withOutliers = theilSenTrend(x, y);

    expect(trend?.slope).toBeCloseTo(3, 10);
    expect(trend?.intercept).toBeCloseTo(2, 10);
    expect(trend?.pValue).toBeLessThan(1e-6);
    expect(withOutliers?.slope).toBeCloseTo(3, 0);
  });

  test('has the Mann–Kendall statistic of the textbook', () => {
    // Gilbert, Statistical Methods for Environmental Pollution Monitoring (1987): z = (S − 1) / sqrt(n(n−1)(2n+5)/18).
    const y = [10, 15, 14, 20];

    // S = 4 of 6 pairs, variance 8.667, z = 1.019.
    expect(theilSenTrend([0, 1, 2, 3], y)?.pValue).toBeCloseTo(0.308, 2);
  });

  test('is not claimed of too few points', () => {
    expect(theilSenTrend([0, 1], [1, 2])).toBeUndefined();
    expect(theilSenTrend([1, 1, 1], [1, 2, 3])).toBeUndefined();
  });
});
