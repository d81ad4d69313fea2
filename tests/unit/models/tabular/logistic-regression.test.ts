import { expect, test } from 'vitest';
import type { Design } from '../../../../models/tabular/design-matrix.ts';
import {
  fitLogistic,
  fitLogisticByInformation,
  scoreLogistic,
  sigmoid,
} from '../../../../models/tabular/logistic-regression.ts';

/** Temperature at launch and O-ring failure before the Challenger accident: Dalal, Fowlkes & Hoadley, JASA 84 (1989). */
const TEMPERATURES = [66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58];
const FAILURES = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1);

const designOf = (...columns: readonly (readonly number[])[]): Design => {
  const rows = columns[0]?.length ?? 0;
  const cells = Array.from({ length: rows }, (_, row) => columns.map((column) => column[row] ?? 0)).flat();
  return {
    rows,
    terms: columns.length,
    rowStart: Int32Array.from({ length: rows + 1 }, (_, row) => row * columns.length),
    termIndex: Int32Array.from(cells, (_, at) => at % columns.length),
    values: Float64Array.from(cells),
  };
};
const rowsOf = (labels: Uint8Array) => Int32Array.from(labels.keys());

test('gives the published fit of the O-ring data, with its standard error', () => {
  const model = fitLogistic(designOf(TEMPERATURES), FAILURES, rowsOf(FAILURES), 0);

  expect(model.intercept).toBeCloseTo(15.0429, 3);
  expect(model.coefficients[0]).toBeCloseTo(-0.23216, 5);
  expect(model.standardError(Float64Array.of(1))).toBeCloseTo(0.10824, 4);
  expect(model.logLikelihood).toBeCloseTo(-10.157596, 5);
  expect(model.effectiveParameters()).toBe(2);
});

test('shrinks as scikit-learn does at the same penalty', () => {
  const scaled = TEMPERATURES.map((temperature) => (temperature - 70) / 5);

  const model = fitLogistic(designOf(scaled), FAILURES, rowsOf(FAILURES), 2);

  expect(model.intercept).toBeCloseTo(-1.0630648, 5);
  expect(model.coefficients[0]).toBeCloseTo(-0.80205042, 5);
  expect(model.effectiveParameters()).toBeGreaterThan(1);
  expect(model.effectiveParameters()).toBeLessThan(2);
});

test('meets the score equations: expected and observed sums agree', () => {
  const design = designOf(TEMPERATURES);
  const model = fitLogistic(design, FAILURES, rowsOf(FAILURES), 0);

  const expected = scoreLogistic(design, model).map(sigmoid);

  expect(expected.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(7, 6);
  expect(expected.reduce((sum, probability, row) => sum + probability * (TEMPERATURES[row] ?? 0), 0)).toBeCloseTo(
    TEMPERATURES.reduce((sum, temperature, row) => sum + temperature * (FAILURES[row] ?? 0), 0),
    4,
  );
});

test('learns from the rows it is given and from no other', () => {
  const rows = rowsOf(FAILURES).subarray(0, 15);
  const others = FAILURES.map((label, row) => (row < 15 ? label : 1 - label));
  const design = designOf(TEMPERATURES);

  expect(fitLogistic(design, FAILURES, rows, 1).coefficients).toEqual(
    fitLogistic(design, others, rows, 1).coefficients,
  );
});

test('says so when terms are collinear and nothing is penalised', () => {
  expect(() => fitLogistic(designOf(TEMPERATURES, TEMPERATURES), FAILURES, rowsOf(FAILURES), 0)).toThrow('collinear');
});

test('penalises noise more than a signal', () => {
  const n = 400;
  const wave = (step: number) => Array.from({ length: n }, (_, row) => Math.sin(row * step));
  const noise = Array.from({ length: 12 }, (_, column) => wave(1.7 + column * 0.37));
  const signal = wave(0.9);
  const coin = Uint8Array.from({ length: n }, (_, row) => ((row * 7919) % 101 < 50 ? 1 : 0));
  const driven = Uint8Array.from(signal, (value) => (value > 0 ? 1 : 0));
  const rows = rowsOf(coin);

  expect(fitLogisticByInformation(designOf(...noise), coin, rows).penalty).toBe(125);
  expect(fitLogisticByInformation(designOf(signal, ...noise), driven, rows).penalty).toBe(1);
});
