import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { columnImportance, integratedGradients, sampledShapley } from '../../../../models/networks/explain-rows.ts';
import { autoencoderConfig, regressorConfig } from '../../../../models/networks/ready-made.ts';
import { reconstructionErrors } from '../../../../models/networks/reconstruction-error.ts';
import { trainRowsNetwork } from '../../../../models/networks/rows-network.ts';
import { loadRowsNetwork } from '../../../../models/networks/rows-predictor.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

/** Four features, of which the target is 3 of the first less 2 of the second. */
const rows = (n: number, seed: number) => {
  const random = createRandom(seed);
  const inputs = Float32Array.from({ length: 4 * n }, () => 10 + 2 * nextNormal(random));
  const targets = Float32Array.from(
    { length: n },
    (_, row) => 3 * (inputs[4 * row] ?? 0) - 2 * (inputs[4 * row + 1] ?? 0),
  );
  return { rows: n, inputs, targets };
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('explanations of a linear truth that a network learned', async () => {
  const trained = await trainRowsNetwork(regressorConfig(4), rows(400, 1), { epochs: 60, batchSize: 64, seed: 2 });
  const network = await loadRowsNetwork(trained.artifact);
  const { predict, slopes } = network;
  const row = Float32Array.of(12, 9, 13, 8);
  const baseline = Float32Array.of(10, 10, 10, 10);

  test('importance is large for what the target rests on, in the order of its share', async () => {
    const [first = 0, second = 0, ...others] = await columnImportance(predict, rows(200, 3), 1);

    // A column dealt anew adds twice its share of the variance: 2 · 3² · 2² and 2 · 2² · 2².
    expect(first).toBeGreaterThan(55);
    expect(first).toBeLessThan(90);
    expect(second).toBeGreaterThan(22);
    expect(second).toBeLessThan(42);
    for (const other of others) expect(Math.abs(other)).toBeLessThan(4);
  });

  test.each([
    [
      'integrated gradients',
      () => integratedGradients({ predict, slopes: slopes ?? (() => Promise.reject()) }, row, baseline),
    ],
    ['sampled Shapley values', () => sampledShapley(predict, row, baseline)],
  ])('%s add up to the prediction, and are near the truth', async (_, explain) => {
    const { base, contributions, remainder, prediction } = await explain();
    const [direct = 0] = await predict(row);

    expect(base + sum(contributions) + remainder).toBeCloseTo(prediction, 9);
    expect(Math.abs(remainder)).toBeLessThan(0.02);
    expect(prediction).toBeCloseTo(direct, 4);
    for (const [feature, truth] of [6, 2, 0, 0].entries())
      expect(Math.abs((contributions[feature] ?? 0) - truth)).toBeLessThan(1);
  });
});

test('Shapley values of a product are shared between its factors', async () => {
  const product = async (inputs: Float32Array) =>
    Float32Array.from({ length: inputs.length / 3 }, (_, row) => (inputs[3 * row] ?? 0) * (inputs[3 * row + 1] ?? 0));
  const { base, contributions } = await sampledShapley(product, Float32Array.of(2, 3, 7), new Float32Array(3));

  expect(base).toBe(0);
  expect(contributions.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([3, 3, 0]);
});

test('an autoencoder tells the row, and the feature of it, that does not follow the others', async () => {
  const random = createRandom(4);
  const inputs = new Float32Array(4 * 500);
  for (let row = 0; row < 500; row += 1) {
    const load = nextNormal(random);
    for (let k = 0; k < 4; k += 1) inputs[4 * row + k] = 100 * (k + 1) + 10 * (load + nextNormal(random) / 5);
  }
  const trained = await trainRowsNetwork(autoencoderConfig(4), { rows: 500, inputs, targets: inputs }, { epochs: 25 });
  const network = await loadRowsNetwork(trained.artifact);
  const strange = inputs.slice();
  strange.set([115, 215, 285, 415], 4 * 77);
  const errors = reconstructionErrors(strange, await network.predict(strange), 4);
  const worst = errors.reduce((most, { error }, row) => (error > (errors[most]?.error ?? 0) ? row : most), 0);

  expect(worst).toBe(77);
  expect(errors[77]?.error).toBeGreaterThan(10);
  expect(Math.max(...(errors[77]?.shares ?? []))).toBe(errors[77]?.shares[2]);
  expect(sum(errors[77]?.shares ?? [])).toBeCloseTo(1, 9);
});

test('training, predicting and explaining leave nothing in the memory of TensorFlow.js', async () => {
  const work = async () => {
    const trained = await trainRowsNetwork(regressorConfig(4), rows(40, 1), { epochs: 1 });
    const network = await loadRowsNetwork(trained.artifact);
    await network.predict(new Float32Array(8));
    await network.slopes?.(new Float32Array(8), 0);
    network.dispose();
    return memory().numTensors;
  };

  expect(await work()).toBe(await work());
});
