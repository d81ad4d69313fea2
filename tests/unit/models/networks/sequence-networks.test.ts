import { describe, expect, test } from 'vitest';
import { sequenceAutoencoderConfig } from '../../../../models/networks/ready-made.ts';
import { trainRowsNetwork } from '../../../../models/networks/rows-network.ts';
import { loadSequenceClassifier, trainSequenceClassifier } from '../../../../models/networks/sequence-classifier.ts';
import { forecastFrom, trainForecaster } from '../../../../models/networks/sequence-forecaster.ts';
import { loadTimeStepNetwork, trainTimeStepNetwork } from '../../../../models/networks/time-step-network.ts';
import { createRandom } from '../../../../models/statistics/random.ts';

const sine = (steps: number): Float32Array =>
  Float32Array.from({ length: steps }, (_, step) => 100 + 20 * Math.sin((2 * Math.PI * step) / 12));
const series = { values: sine(144), features: 1 };
const next = (count: number) => Array.from(sine(144 + count).subarray(144));

const largestError = (told: ArrayLike<number>, truth: readonly number[]): number =>
  Math.max(...truth.map((value, step) => Math.abs(value - (told[step] ?? Number.NaN))));

describe('a sine is continued', () => {
  test('by a GRU of TensorFlow.js, better than by its last value', async () => {
    const options = { cell: 'gru', window: 4, horizon: 2, units: 6 } as const;
    const trained = await trainForecaster(series, options, { epochs: 30 });

    expect(largestError(await forecastFrom(trained.artifact, series), next(2))).toBeLessThan(5);
    expect(trained.metrics['meanAbsoluteError']).toBeLessThan(trained.naiveError / 4);
    // 139 windows, of which the last before the 28 held-out ones tells a step that they are judged by.
    expect(trained.rows).toEqual({ training: 110, validation: 28 });
  });

  test('by the LSTMTimeStep of brain.js, for a whole period', async () => {
    const config = { type: 'brain', networkType: 'LSTMTimeStep', options: { hiddenLayers: [8] } };
    const trained = await trainTimeStepNetwork(config, series, { epochs: 60 });
    const forecast = loadTimeStepNetwork(trained.artifact);

    expect(largestError(forecast(series.values, 12), next(12))).toBeLessThan(5);
    expect(forecast(series.values, 3)).toEqual(
      loadTimeStepNetwork(Uint8Array.from(trained.artifact))(series.values, 3),
    );
    expect(trained.metrics['explainedVariance']).toBeGreaterThan(0.98);
  });
});

/** Who begins with `offer` buys, whatever comes between. */
const sessions = (count: number) => {
  const random = createRandom(1);
  return Array.from({ length: count }, () => {
    const buys = random() < 0.5;
    const between = Array.from({ length: 2 + Math.floor(random() * 4) }, () => (random() < 0.5 ? 'search' : 'product'));
    return { symbols: [buys ? 'offer' : 'home', ...between], label: buys ? 'buys' : 'leaves' };
  });
};

describe('the class of sequences is told', () => {
  test.each(['RNN', 'LSTM', 'GRU'])('by the %s of brain.js, from how they began', async (networkType) => {
    const config = { type: 'brain', networkType, options: { hiddenLayers: [8] } };
    const trained = await trainSequenceClassifier(config, sessions(150), { epochs: 8 });
    const classify = loadSequenceClassifier(trained.artifact);

    expect(trained.metrics).toEqual({ accuracy: 1 });
    expect(classify(['offer', 'search', 'never-seen', 'product'])[0]?.label).toBe('buys');
    const [likeliest, other] = classify(['home', 'product', 'search']);
    expect(likeliest?.label).toBe('leaves');
    expect((likeliest?.probability ?? 0) + (other?.probability ?? 0)).toBeCloseTo(1, 9);
  });

  test('and a training resumed from a checkpoint ends as an unbroken one', async () => {
    const config = { type: 'brain', networkType: 'LSTM', options: { hiddenLayers: [4] } };
    const options = { epochs: 4 };
    let kept = new Uint8Array(0);
    const unbroken = await trainSequenceClassifier(config, sessions(40), options, {
      onEpoch: async ({ epoch }, checkpoint) => {
        if (epoch === 2) kept = Uint8Array.from(await checkpoint());
      },
    });
    const resumed = await trainSequenceClassifier(config, sessions(40), options, { resumeFrom: kept });

    expect(resumed.history).toEqual(unbroken.history);
    expect(resumed.artifact).toEqual(unbroken.artifact);
  });
});

test('an autoencoder of sequences learns to tell them back', async () => {
  const inputs = Float32Array.from({ length: 64 * 5 }, (_, at) => Math.sin(Math.floor(at / 5) + (at % 5)));
  const trained = await trainRowsNetwork(
    sequenceAutoencoderConfig(5, 1, 6),
    { rows: 64, inputs, targets: inputs },
    { epochs: 12, batchSize: 16, validation: { split: 'random' } },
  );

  expect(trained.history.at(-1)?.loss).toBeLessThan(0.7 * (trained.history[0]?.loss ?? 0));
});

test.each([
  [
    'a series that is too short',
    () => trainForecaster({ values: sine(10), features: 1 }, { window: 8, horizon: 4 }),
    '10 steps are too few for windows of 8 and a horizon of 4',
  ],
  [
    'a series out of order',
    () =>
      trainTimeStepNetwork({ type: 'brain', networkType: 'LSTMTimeStep' }, series, { validation: { split: 'random' } }),
    'training.validation.split: must be time or none for a series, whose order counts',
  ],
  [
    'a network of another kind',
    () => trainTimeStepNetwork({ type: 'brain', networkType: 'GRU' }, series),
    'networkType: GRU does not learn series; use LSTMTimeStep',
  ],
  [
    'a series that never changes',
    () =>
      trainTimeStepNetwork(
        { type: 'brain', networkType: 'LSTMTimeStep' },
        { values: new Float32Array(50), features: 1 },
      ),
    'values[0]: is 0 in every row, which tells nothing; leave it out',
  ],
  [
    'few sequences',
    () => trainSequenceClassifier({ type: 'brain', networkType: 'GRU' }, sessions(5)),
    '5 sequences are too few to learn from; 20 are needed at least',
  ],
  [
    'one label',
    () =>
      trainSequenceClassifier(
        { type: 'brain', networkType: 'GRU' },
        sessions(30).map(({ symbols }) => ({ symbols, label: 'buys' })),
      ),
    'label: is the same for every sequence',
  ],
  [
    'an empty sequence',
    () =>
      trainSequenceClassifier({ type: 'brain', networkType: 'GRU' }, [...sessions(30), { symbols: [], label: 'buys' }]),
    'sequence 30: has no symbols',
  ],
])('refused with the reason: %s', async (_, train, message) => {
  await expect(train()).rejects.toThrow(message);
});
