import { describe, expect, test } from 'vitest';
import { ArtifactError } from '../../../../models/networks/artifact.ts';
import { type TrainedNetwork, trainRowsNetwork } from '../../../../models/networks/rows-network.ts';
import { loadRowsNetwork } from '../../../../models/networks/rows-predictor.ts';
import type { EpochProgress } from '../../../../models/networks/training-loop.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

const repeated = (times: number, values: number[]) =>
  Float32Array.from({ length: times * values.length }, (_, at) => values[at % values.length] ?? 0);

const XOR = { rows: 20, inputs: repeated(5, [0, 0, 0, 1, 1, 0, 1, 1]), targets: repeated(5, [0, 1, 1, 0]) };
const xorNetwork = {
  type: 'tensorflow',
  layers: [
    { type: 'dense', units: 8, activation: 'tanh', inputShape: [2] },
    { type: 'dense', units: 1, activation: 'sigmoid' },
  ],
  optimizer: { name: 'adam', learningRate: 0.1 },
  loss: 'binaryCrossentropy',
};
const brainNetwork = {
  type: 'brain',
  networkType: 'NeuralNetwork',
  options: { hiddenLayers: [8], activation: 'tanh', learningRate: 0.1 },
};
const NO_SPLIT = { validation: { split: 'none' } };

const sine = (() => {
  const inputs = Float32Array.from({ length: 200 }, (_, row) => (2 * Math.PI * row) / 200);
  return { rows: 200, inputs, targets: inputs.map((angle) => 100 + 20 * Math.sin(angle)) };
})();
const sineNetwork = {
  type: 'tensorflow',
  layers: [
    { type: 'dense', units: 16, activation: 'tanh', inputShape: [1] },
    { type: 'dropout', rate: 0.01 },
    { type: 'dense', units: 1 },
  ],
  optimizer: { name: 'adam', learningRate: 0.03 },
  loss: 'meanSquaredError',
};
const RANDOM_SPLIT = { validation: { split: 'random', share: 0.2 }, patience: 40 };

const predict = async ({ artifact }: TrainedNetwork, inputs: Float32Array): Promise<Float32Array> => {
  const network = await loadRowsNetwork(artifact);
  const outputs = await network.predict(inputs);
  network.dispose();
  return outputs;
};

describe('both libraries learn', () => {
  test.each([
    ['TensorFlow.js', xorNetwork, { epochs: 150 }],
    ['brain.js', brainNetwork, { epochs: 400 }],
  ])('XOR: %s', async (_, config, options) => {
    const trained = await trainRowsNetwork(config, XOR, { ...options, ...NO_SPLIT });
    const [none = 1, one = 0, other = 0, both = 1] = await predict(trained, XOR.inputs.slice(0, 8));

    expect(Math.max(none, both)).toBeLessThan(0.1);
    expect(Math.min(one, other)).toBeGreaterThan(0.9);
    expect(trained).toMatchObject({ metrics: { accuracy: 1 }, measuredOn: 'training' });
  });

  test.each([
    ['TensorFlow.js', sineNetwork, { epochs: 150, batchSize: 80 }],
    ['brain.js', brainNetwork, { epochs: 300 }],
  ])('a sine, in its own units: %s', async (_, config, options) => {
    const trained = await trainRowsNetwork(config, sine, { ...options, ...RANDOM_SPLIT });
    const [top = 0, bottom = 0] = await predict(trained, Float32Array.of(Math.PI / 2, (3 * Math.PI) / 2));

    expect(Math.abs(top - 120)).toBeLessThan(3);
    expect(Math.abs(bottom - 80)).toBeLessThan(3);
    expect(trained.metrics['explainedVariance']).toBeGreaterThan(0.98);
    expect(trained.rows).toEqual({ training: 160, validation: 40 });
  });
});

describe('a training', () => {
  const short = { epochs: 12, ...RANDOM_SPLIT };
  const cases: [string, object, typeof sine][] = [
    ['TensorFlow.js', sineNetwork, sine],
    ['brain.js', brainNetwork, sine],
  ];

  test.each(cases)('ended half-way and resumed is the same as an unbroken one: %s', async (_, config, data) => {
    const unbroken = await trainRowsNetwork(config, data, short);
    let kept = new Uint8Array(0);
    const ended = new AbortController();
    const first = trainRowsNetwork(config, data, short, {
      signal: ended.signal,
      onEpoch: async ({ epoch }, checkpoint) => {
        if (epoch !== 5) return;
        kept = Uint8Array.from(await checkpoint());
        ended.abort(new Error('the time is over'));
      },
    });
    await expect(first).rejects.toThrow('the time is over');
    const epochs: number[] = [];
    const resumed = await trainRowsNetwork(config, data, short, {
      resumeFrom: kept,
      onEpoch: ({ epoch }) => {
        epochs.push(epoch);
      },
    });

    expect(epochs).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(resumed.history).toHaveLength(12);
    for (const [index, { loss }] of resumed.history.entries())
      expect(loss).toBeCloseTo(unbroken.history[index]?.loss ?? 0, 4);
    for (const [name, value] of Object.entries(resumed.metrics))
      expect(value).toBeCloseTo(unbroken.metrics[name] ?? 0, 2);
    const [first5, last] = [await predict(unbroken, data.inputs), await predict(resumed, data.inputs)];
    expect(Math.max(...first5.map((value, at) => Math.abs(value - (last[at] ?? 0))))).toBeLessThan(0.01);
  });

  test.each(cases)('of the same seed gives the same bytes, of another seed others: %s', async (_, config, data) => {
    const train = async (seed: number) =>
      (await trainRowsNetwork(config, data, { ...short, epochs: 3, seed })).artifact;
    const first = await train(3);

    expect(await train(3)).toEqual(first);
    expect(await train(4)).not.toEqual(first);
  });

  test('is not resumed with other data', async () => {
    let kept: Uint8Array | undefined;
    await trainRowsNetwork(brainNetwork, sine, short, {
      onEpoch: async (_, checkpoint) => {
        kept ??= await checkpoint();
      },
    });
    const other = { ...sine, targets: sine.targets.map((value) => 2 * value) };
    const resumed = trainRowsNetwork(brainNetwork, other, short, kept === undefined ? {} : { resumeFrom: kept });

    await expect(resumed).rejects.toThrow('the checkpoint is of another configuration, other options or other data');
  });

  test('stops when the held-out rows are told no better, and keeps the best weights', async () => {
    const random = createRandom(1);
    const noise = {
      rows: 60,
      inputs: Float32Array.from({ length: 300 }, () => nextNormal(random)),
      targets: Float32Array.from({ length: 60 }, () => nextNormal(random)),
    };
    const progress: EpochProgress[] = [];
    const layers = [
      { type: 'dense', units: 32, activation: 'relu', inputShape: [5] },
      { type: 'dense', units: 1 },
    ];
    const trained = await trainRowsNetwork(
      { ...sineNetwork, layers },
      noise,
      { epochs: 100, patience: 3 },
      {
        onEpoch: (step) => {
          progress.push(step);
        },
      },
    );
    const losses = progress.map(({ validationLoss }) => validationLoss ?? 0);

    expect(trained.stopped).toBe('patience');
    expect(losses.indexOf(Math.min(...losses))).toBe(trained.bestEpoch - 1);
    expect(progress).toHaveLength(trained.bestEpoch + 3);
    // The kept weights' error on the held-out rows is the best epoch's, in units of the training targets' deviation.
    const mean = noise.targets.subarray(0, 48).reduce((sum, value) => sum + value / 48, 0);
    const variance = noise.targets.subarray(0, 48).reduce((sum, value) => sum + (value - mean) ** 2 / 48, 0);
    expect((trained.metrics['rootMeanSquaredError'] ?? 0) ** 2 / variance).toBeCloseTo(Math.min(...losses), 4);
  });
});

describe('an artifact', () => {
  test('predicts after it was saved and read as before, to 1e-6, with recurrent and normalising layers too', async () => {
    const random = createRandom(2);
    const inputs = Float32Array.from({ length: 60 * 6 * 2 }, () => nextNormal(random));
    const targets = Float32Array.from(
      { length: 60 },
      (_, row) => (inputs[row * 12] ?? 0) + (inputs[row * 12 + 11] ?? 0),
    );
    const config = {
      type: 'tensorflow',
      layers: [
        { type: 'gru', units: 4, returnSequences: true, inputShape: [6, 2] },
        { type: 'layerNormalization' },
        { type: 'lstm', units: 4 },
        { type: 'batchNormalization' },
        { type: 'dropout', rate: 0.2 },
        { type: 'dense', units: 1 },
      ],
      loss: 'meanSquaredError',
    };
    const trained = await trainRowsNetwork(config, { rows: 60, inputs, targets }, { epochs: 3 });
    const [first, copy] = [
      await predict(trained, inputs),
      await predict({ ...trained, artifact: Uint8Array.from(trained.artifact) }, inputs),
    ];
    const error = Math.sqrt(
      first.subarray(48).reduce((sum, value, row) => sum + (value - (targets[48 + row] ?? 0)) ** 2 / 12, 0),
    );

    expect(Math.max(...first.map((value, row) => Math.abs(value - (copy[row] ?? 1))))).toBeLessThan(1e-6);
    expect(error).toBeCloseTo(trained.metrics['rootMeanSquaredError'] ?? 0, 6);
    expect(trained.backend).toBe('wasm');
  });

  test('that was changed, cut off or is something else is refused', async () => {
    const { artifact } = await trainRowsNetwork(brainNetwork, XOR, { epochs: 1 });
    const changed = Uint8Array.from(artifact);
    changed[artifact.length - 1] = (changed[artifact.length - 1] ?? 0) ^ 1;

    await expect(loadRowsNetwork(changed)).rejects.toThrow(ArtifactError);
    await expect(loadRowsNetwork(artifact.subarray(0, -4))).rejects.toThrow('the artifact was changed or cut off');
    await expect(loadRowsNetwork(Buffer.from('{}'))).rejects.toThrow('these bytes are no model artifact');
  });

  test('of a network whose training WebAssembly lacks is trained on the CPU, by itself', async () => {
    const random = createRandom(3);
    const inputs = Float32Array.from({ length: 40 * 8 }, () => nextNormal(random));
    const targets = Float32Array.from({ length: 40 }, (_, row) => inputs[row * 8] ?? 0);
    const layers = [
      { type: 'conv1d', filters: 2, kernelSize: 3, inputShape: [8, 1] },
      { type: 'flatten' },
      { type: 'dense', units: 1 },
    ];
    const trained = await trainRowsNetwork(
      { type: 'tensorflow', layers, loss: 'meanSquaredError' },
      { rows: 40, inputs, targets },
      { epochs: 2 },
    );

    expect(trained.backend).toBe('cpu');
    expect(await predict(trained, inputs.subarray(0, 16))).toHaveLength(2);
  });
});
