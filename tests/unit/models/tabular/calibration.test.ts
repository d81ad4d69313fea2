import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../models/statistics/random.ts';
import { chooseCalibration, fitCalibrator } from '../../../../models/tabular/calibration.ts';
import { logit, sigmoid } from '../../../../models/tabular/logistic-regression.ts';

const SCORES = [0.1, 0.4, 0.35, 0.8, 0.65, 0.9, 0.2, 0.5, 0.7, 0.3, 0.6, 0.45];
const LABELS = Uint8Array.of(0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0);
const LOG_ODDS = Float64Array.from(SCORES, logit);

test('Platt’s map is the maximum-likelihood fit of statsmodels', () => {
  const calibrate = fitCalibrator('platt', LOG_ODDS, LABELS);

  const [first = 0, second = 0] = LOG_ODDS;
  expect(calibrate(first)).toBeCloseTo(0.03121458, 3);
  expect(calibrate(second)).toBeCloseTo(0.35427125, 3);
});

test('beta calibration is that of its authors’ package', () => {
  const scores = Float64Array.from({ length: 200 }, (_, row) => (((row * 73) % 199) + 1) / 201);
  const labels = Uint8Array.from(scores, (score, row) => (((row * 57) % 211) / 211 < score ** 1.6 ? 1 : 0));

  const calibrate = fitCalibrator('beta', scores.map(logit), labels);

  const expected = [
    [0.05, 0.08074752],
    [0.2, 0.13041158],
    [0.5, 0.28699085],
    [0.8, 0.68931535],
    [0.95, 0.96409264],
  ] as const;
  for (const [score, probability] of expected) expect(calibrate(logit(score))).toBeCloseTo(probability, 3);
});

test('beta calibration never falls, even where the least scores did better than the next', () => {
  const logOdds = Float64Array.from({ length: 300 }, (_, row) => -6 + row / 25);
  const labels = Uint8Array.from(logOdds, (z, row) => (z < -3 ? row % 2 : z < 2 ? Number(row % 10 === 0) : row % 2));

  const along = Array.from(logOdds, fitCalibrator('beta', logOdds, labels));

  expect(along).toEqual(along.toSorted((a, b) => a - b));
  expect(along.at(-1)).toBeGreaterThan(along[0] ?? 1);
});

describe('isotonic calibration', () => {
  const calibrate = fitCalibrator('isotonic', LOG_ODDS, LABELS);

  test('has the steps of scikit-learn at their centres, off 0 and 1 by half a row', () => {
    // Steps by score: three rows at 0, three at 1/3, four at 3/4, two at 1; the rows of 0 and 1 each are steps of their own.
    expect(calibrate(logit(0.1))).toBeCloseTo(0.5 / 12, 9);
    expect(calibrate((logit(0.35) + logit(0.4) + logit(0.45)) / 3)).toBeCloseTo(1 / 3, 9);
    expect(calibrate((logit(0.5) + logit(0.6) + logit(0.65) + logit(0.7)) / 4)).toBeCloseTo(0.75, 9);
    expect(calibrate(logit(0.9))).toBeCloseTo(1 - 0.5 / 12, 9);
  });

  test('never falls', () => {
    const along = Array.from({ length: 100 }, (_, step) => calibrate(-4 + step * 0.08));

    expect(along).toEqual(along.toSorted((a, b) => a - b));
  });
});

describe('the choice', () => {
  const random = createRandom(2);
  const truth = Float64Array.from({ length: 3_000 }, () => 4 * random() - 2);
  const labels = Uint8Array.from(truth, (z) => (random() < sigmoid(z) ? 1 : 0));
  const foldOf = Uint8Array.from(truth, (_, row) => row % 5);

  test('mends scores that are too sure of themselves', () => {
    const { method, calibrate, logLosses } = chooseCalibration(
      truth.map((z) => 3 * z),
      labels,
      foldOf,
    );

    expect(method).not.toBe('none');
    expect(logLosses[method]).toBeLessThan(logLosses.none);
    expect(calibrate(3)).toBeCloseTo(sigmoid(1), 1);
  });

  test('leaves good scores about where they are', () => {
    const { calibrate } = chooseCalibration(truth, labels, foldOf);

    for (const z of [-1.5, 0, 1.5]) expect(Math.abs(calibrate(z) - sigmoid(z))).toBeLessThan(0.05);
  });

  test('is judged on rows that a map has not seen: isotonic steps through noise do not win', () => {
    const coin = Uint8Array.from({ length: 200 }, () => (random() < 0.5 ? 1 : 0));

    const { method } = chooseCalibration(
      Float64Array.from(coin, () => 0.1 * random()),
      coin,
      coin.map((_, row) => row % 5),
    );

    expect(method).not.toBe('isotonic');
  });
});
