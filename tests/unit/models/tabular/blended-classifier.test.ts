import { describe, expect, test } from 'vitest';
import { contributionsOf } from '../../../../models/tabular/blend-contributions.ts';
import { fitBlendedClassifier } from '../../../../models/tabular/blended-classifier.ts';
import { auc, calibrationError, logLoss } from '../../../../models/tabular/classification-metrics.ts';
import { readTable } from '../../../../models/tabular/column-reader.ts';
import { effectsOf } from '../../../../models/tabular/driver-effects.ts';
import { permutationImportance } from '../../../../models/tabular/permutation-importance.ts';
import { type Customer, createCustomers } from '../../../support/customers.ts';

const LEARNED = 1_000;
const { customers, probabilities } = createCustomers(2_200, 7);
const read = (some: readonly Customer[]) =>
  readTable(Object.keys(some[0]?.features ?? {}), (name) => some.map(({ features }) => features[name]), some.length)
    .table;
const table = read(customers);
const labels = Uint8Array.from(customers, ({ churned }) => (churned ? 1 : 0));
const rows = Int32Array.from({ length: LEARNED }, (_, row) => row);
const model = fitBlendedClassifier(table, labels, rows, 1);
const indexOf = (name: string) => table.columns.findIndex((column) => column.name === name);

describe('the blend', () => {
  const unseen = labels.subarray(LEARNED);

  test('ranks customers it has not seen nearly as well as the process that made them could', () => {
    const best = auc(probabilities.slice(LEARNED), unseen);

    expect(best).toBeGreaterThan(0.75);
    expect(auc(model.probabilities.subarray(LEARNED), unseen)).toBeGreaterThan(best - 0.02);
  });

  test('gives them probabilities that come true', () => {
    const { debiased } = calibrationError(model.probabilities.subarray(LEARNED), unseen);

    expect(debiased).toBeLessThan(0.04);
    expect(logLoss(model.probabilities.subarray(LEARNED), unseen)).toBeLessThan(
      logLoss(probabilities.slice(LEARNED), unseen) + 0.02,
    );
  });

  test('foretells out of fold how well it does', () => {
    const { outOfFold } = model;

    expect(auc(outOfFold.probabilities, outOfFold.labels)).toBeCloseTo(
      auc(model.probabilities.subarray(LEARNED), unseen),
      1,
    );
    expect(outOfFold.labels).toEqual(labels.subarray(0, LEARNED));
  });

  test('is no worse out of fold than either of its parts', () => {
    const { blend, logistic, trees, labels: seen } = model.outOfFold;
    const loss = (logOdds: Float64Array) =>
      logLoss(
        logOdds.map((z) => 1 / (1 + Math.exp(-z))),
        seen,
      );

    expect(loss(blend)).toBeLessThanOrEqual(Math.min(loss(logistic), loss(trees)) + 1e-12);
  });

  test('is the same each time, whatever the outcomes of rows beyond those it is given', () => {
    const flipped = labels.map((label, row) => (row < LEARNED ? label : 1 - label));

    expect(fitBlendedClassifier(table, flipped, rows, 1).probabilities).toEqual(model.probabilities);
  });
});

/** Those leave whose plan and silence go against each other, and one in ten of the others: no sum of terms tells. */
const opposed = Uint8Array.from(customers, ({ features: { plan, idleDays } }, row) =>
  (plan === 'monthly') !== Number(idleDays) > 6 || row % 10 === 0 ? 1 : 0,
);
const ofOpposed = fitBlendedClassifier(table, opposed, rows, 1);

test('the trees have their say where a sum of terms fails', () => {
  const { logistic, trees, labels: seen } = ofOpposed.outOfFold;

  expect(ofOpposed.logisticShare).toBeLessThan(0.5);
  expect(auc(trees, seen)).toBeGreaterThan(auc(logistic, seen) + 0.1);
});

describe('what it says', () => {
  test.each([
    ['a regression', model],
    ['trees', ofOpposed],
  ])('of a row adds up to the row’s score: mostly %s', (_, fitted) => {
    const some = Int32Array.of(0, 17, 1_500, 2_199);
    const { baseline, values } = contributionsOf(fitted, some);
    const width = table.columns.length;

    for (const [place, row] of some.entries()) {
      const sum = values.subarray(place * width, (place + 1) * width).reduce((total, part) => total + part, baseline);
      expect(sum).toBeCloseTo(fitted.scores[row] ?? 0, 8);
    }
  });

  test('rests on two columns when only both together tell', () => {
    const importance = permutationImportance(ofOpposed, 1);

    for (const driver of ['plan', 'idleDays']) expect(importance[indexOf(driver)]).toBeGreaterThan(0.2);
    expect(Math.abs(importance[indexOf('region')] ?? 1)).toBeLessThan(0.01);
  });

  test('rests on what drives the process, and on nothing else', () => {
    const importance = permutationImportance(model, 1);

    for (const driver of ['tenureMonths', 'plan', 'idleDays'])
      expect(importance[indexOf(driver)]).toBeGreaterThan(0.01);
    for (const noise of ['newsletter', 'region']) expect(Math.abs(importance[indexOf(noise)] ?? 1)).toBeLessThan(0.005);
  });

  test('of a level comes near its true odds against the others', () => {
    const effects = effectsOf(table, model, labels);
    const monthly = effects[indexOf('plan')]?.find(({ level }) => level === 'monthly');

    // Against yearly and two years, which are equally frequent: e^(0.9 − (−0.4 − 1.6)/2).
    const [lower, upper] = monthly?.adjusted?.interval ?? [0, 0];
    expect(lower).toBeLessThan(Math.exp(1.9));
    expect(upper).toBeGreaterThan(Math.exp(1.9) * 0.8);
    expect(monthly?.adjusted?.pValue).toBeLessThan(0.001);
    const region = effects[indexOf('region')] ?? [];
    expect(region.every(({ adjusted }) => (adjusted?.pValue ?? 0) > 0.001)).toBe(true);
  });

  test('counts shares as they are', () => {
    const monthly = rows.filter((row) => customers[row]?.features['plan'] === 'monthly');
    const left = monthly.filter((row) => labels[row] === 1).length;
    const [first] = (effectsOf(table, model, labels)[indexOf('plan')] ?? []).filter(({ level }) => level === 'monthly');

    expect(first?.here).toEqual({ rows: monthly.length, positives: left });
    expect(first?.there.rows).toBe(LEARNED - monthly.length);
  });
});

test('a level that two columns share cannot be held equal, and is not compared as if it could', () => {
  const names = ['phone', 'lines'];
  const cells: Record<string, string[]> = {
    phone: customers.map((_, row) => (row % 4 === 0 ? 'no' : 'yes')),
    lines: customers.map((_, row) => (row % 4 === 0 ? 'no phone' : row % 3 === 0 ? 'many' : 'one')),
  };
  const aliased = readTable(names, (name) => cells[name] ?? [], customers.length).table;

  const [phone, lines] = effectsOf(aliased, fitBlendedClassifier(aliased, labels, rows, 1), labels);

  expect(phone?.map(({ adjusted }) => adjusted)).toEqual([null, null]);
  expect(lines?.find(({ level }) => level === 'no phone')?.adjusted).toBeNull();
  const [many, one] = ['many', 'one'].map((level) => lines?.find((effect) => effect.level === level)?.adjusted);
  expect((many?.oddsRatio ?? 0) * (one?.oddsRatio ?? 0)).toBeCloseTo(1, 6);
});
