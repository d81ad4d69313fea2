import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../models/statistics/random.ts';
import {
  auc,
  aucInterval,
  brierScore,
  calibrationError,
  liftTable,
  logLoss,
} from '../../../../models/tabular/classification-metrics.ts';

const SCORES = [0.1, 0.4, 0.35, 0.8, 0.65, 0.9, 0.2, 0.5, 0.7, 0.3, 0.6, 0.45];
const LABELS = [0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0];

test('area, log-loss and Brier score are those of scikit-learn', () => {
  expect(auc(SCORES, LABELS)).toBeCloseTo(0.8333333333, 9);
  expect(logLoss(SCORES, LABELS)).toBeCloseTo(0.5009080293, 9);
  expect(brierScore(SCORES, LABELS)).toBeCloseTo(0.1664583333, 9);
});

test('equal scores count half', () => {
  expect(auc([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1])).toBe(0.5);
  expect(auc([1, 2, 2, 3], [0, 0, 1, 1])).toBe(0.875);
});

describe('DeLong', () => {
  test('error is that of the placements, counted pair by pair', () => {
    const kernel = (positive: number, negative: number) => (positive > negative ? 1 : positive === negative ? 0.5 : 0);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);
    const positives = SCORES.filter((_, row) => LABELS[row] === 1);
    const negatives = SCORES.filter((_, row) => LABELS[row] === 0);
    const above = positives.map((positive) => mean(negatives.map((negative) => kernel(positive, negative))));
    const below = negatives.map((negative) => mean(positives.map((positive) => kernel(positive, negative))));

    const { auc: area, standardError, lower, upper } = aucInterval(SCORES, LABELS);

    expect(area).toBeCloseTo(mean(above), 12);
    expect(standardError).toBeCloseTo(Math.sqrt(spread(above) / 6 + spread(below) / 6), 12);
    expect(lower).toBeLessThan(area);
    expect(upper).toBeGreaterThan(area);
    expect(upper).toBeLessThan(1);
  });

  test('interval holds the true area nineteen times in twenty', () => {
    const random = createRandom(11);
    // Scores u and 1 − u², u uniform: P(1 − u² > v) = 2/3.
    const covered = Array.from({ length: 400 }, () => {
      const labels = Array.from({ length: 120 }, (_, row) => (row < 40 ? 1 : 0));
      const scores = labels.map((label) => (label === 1 ? 1 - random() ** 2 : random()));
      const { lower, upper } = aucInterval(scores, labels);
      return lower <= 2 / 3 && 2 / 3 <= upper ? 1 : 0;
    });

    const share = covered.reduce((sum: number, hit) => sum + hit, 0) / covered.length;
    expect(share).toBeGreaterThan(0.92);
    expect(share).toBeLessThan(0.98);
  });
});

describe('calibration error', () => {
  test('is the mean distance over bins of equal size', () => {
    const { ece, bins } = calibrationError(SCORES, LABELS, 4);

    expect(bins.map(({ rows }) => rows)).toEqual([3, 3, 3, 3]);
    expect(bins.map(({ predicted }) => predicted)).toEqual([
      expect.closeTo(0.2, 9),
      expect.closeTo(0.4, 9),
      expect.closeTo(0.5833333, 6),
      expect.closeTo(0.8, 9),
    ]);
    expect(ece).toBeCloseTo(0.2041666667, 9);
  });

  test('of a perfect forecast is what chance makes of it, and nothing once that is taken off', () => {
    const random = createRandom(5);
    const errors = Array.from({ length: 100 }, () => {
      const probabilities = Float64Array.from({ length: 1_000 }, () => 0.5 * random());
      return calibrationError(
        probabilities,
        probabilities.map((probability) => (random() < probability ? 1 : 0)),
      );
    });
    const mean = (of: (error: (typeof errors)[number]) => number) =>
      errors.reduce((sum, error) => sum + of(error), 0) / errors.length;

    expect(mean(({ ece }) => ece)).toBeGreaterThan(0.02);
    expect(mean(({ debiased }) => debiased)).toBeLessThan(mean(({ ece }) => ece) / 2);
  });

  test('of a forecast that is a tenth off shows a tenth', () => {
    const random = createRandom(6);
    const truths = Float64Array.from({ length: 20_000 }, () => 0.2 + 0.5 * random());
    const labels = truths.map((probability) => (random() < probability ? 1 : 0));

    const { ece, debiased } = calibrationError(
      truths.map((probability) => probability + 0.1),
      labels,
    );

    expect(ece).toBeCloseTo(0.1, 1.5);
    expect(debiased).toBeCloseTo(0.1, 1.5);
  });
});

test('the lift table counts the likeliest tenth first and everybody once', () => {
  const scores = Array.from({ length: 100 }, (_, row) => row / 100);
  const labels = scores.map((score) => (score >= 0.9 || (score >= 0.5 && score < 0.6) ? 1 : 0));

  const table = liftTable(scores, labels);

  expect(table[0]).toEqual({
    decile: 1,
    rows: 10,
    positives: 10,
    predicted: expect.closeTo(0.945, 9),
    rate: 1,
    lift: 5,
    captured: 0.5,
  });
  expect(table[4]).toMatchObject({ positives: 10, captured: 1 });
  expect(table.reduce((sum, { rows }) => sum + rows, 0)).toBe(100);
});
