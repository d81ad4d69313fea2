import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseNetworkConfig } from '../../models/networks/config/network-config.ts';
import { trainRowsNetwork } from '../../models/networks/rows-network.ts';
import { loadRowsNetwork } from '../../models/networks/rows-predictor.ts';
import type { Backend } from '../../models/networks/tensorflow.ts';
import { createTensorFlowPredictor, createTensorFlowTraining } from '../../models/networks/tensorflow-network.ts';
import { createRandom, nextNormal } from '../../models/statistics/random.ts';

/**
 * `npm run bench:models`: milliseconds of a prediction and seconds of a training of both libraries; `--json FILE` writes
 * the figures, `--quick` leaves out the long trainings.
 */

const { values: options } = parseArgs({ options: { json: { type: 'string' }, quick: { type: 'boolean' } } });

const BATCHES = [1, 64, 256];
const PREDICTIONS = 15;
const TRAININGS = 3;
const ROWS = 5_000;
const EPOCHS = 5;

const autoencoder = {
  type: 'tensorflow',
  layers: [64, 16, 64, 32].map((units, index) => ({
    type: 'dense',
    units,
    activation: index < 3 ? 'tanh' : 'linear',
    ...(index === 0 ? { inputShape: [32] } : {}),
  })),
  loss: 'meanSquaredError',
};
const lstm = {
  type: 'tensorflow',
  layers: [
    { type: 'lstm', units: 32, inputShape: [24, 1] },
    { type: 'dense', units: 1 },
  ],
  loss: 'meanSquaredError',
};
const NETWORKS = [
  { name: 'autoencoder 32-64-16-64-32', config: autoencoder, inputs: 32, outputs: 32, batchSize: 256 },
  { name: 'LSTM 24 × 32', config: lstm, inputs: 24, outputs: 1, batchSize: 64 },
];

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Median milliseconds of several runs. */
const timed = async (runs: number, work: () => Promise<unknown>): Promise<number> => {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return median(times);
};

const normals = (count: number): Float32Array => {
  const random = createRandom(1);
  return Float32Array.from({ length: count }, () => nextNormal(random));
};

interface Figure {
  readonly what: string;
  readonly backend: string;
  readonly value: number;
  readonly unit: 'ms' | 's' | 'MB';
}

const figures: Figure[] = [];

const record = (what: string, backend: string, value: number, unit: Figure['unit']): void => {
  figures.push({ what, backend, value, unit });
  console.log(`${what.padEnd(52)} ${backend.padEnd(10)} ${value.toPrecision(3).padStart(8)} ${unit}`);
};

const layoutOf = (config: unknown) => {
  const parsed = parseNetworkConfig(config);
  if (parsed.type !== 'tensorflow') throw new TypeError('a network of TensorFlow.js was expected');
  return { config: parsed, input: parsed.shapes.input, output: parsed.shapes.output };
};

const measureTensorFlow = async (
  { name, config, inputs, outputs, batchSize }: (typeof NETWORKS)[number],
  backend: Backend,
) => {
  const layout = layoutOf(config);
  const rows = { rows: ROWS, inputs: normals(ROWS * inputs), targets: normals(ROWS * outputs) };
  const none = { rows: 0, inputs: new Float32Array(0), targets: new Float32Array(0) };
  const training = await createTensorFlowTraining(layout, {
    training: rows,
    validation: none,
    batchSize,
    seed: 1,
    backend,
  });
  const predictor = await createTensorFlowPredictor(layout, await training.weights(), backend);
  for (const batch of BATCHES) {
    const some = rows.inputs.subarray(0, batch * inputs);
    await predictor.predict(some);
    record(`${name}, prediction of ${batch}`, backend, await timed(PREDICTIONS, () => predictor.predict(some)), 'ms');
  }
  if (options.quick !== true) {
    const train = async () => {
      for (let epoch = 0; epoch < EPOCHS; epoch += 1) await training.trainEpoch(epoch);
    };
    const runs = name.startsWith('LSTM') ? 1 : TRAININGS;
    record(`${name}, ${EPOCHS} epochs of ${ROWS} rows`, backend, (await timed(runs, train)) / 1000, 's');
  }
  predictor.dispose();
  training.dispose();
};

const measureBrain = async () => {
  const config = { type: 'brain', networkType: 'NeuralNetwork', options: { hiddenLayers: [10, 10] } };
  const inputs = normals(ROWS * 10);
  const targets = Float32Array.from({ length: ROWS }, (_, row) =>
    Math.sin((inputs[row * 10] ?? 0) + (inputs[row * 10 + 1] ?? 0)),
  );
  const train = () => trainRowsNetwork(config, { rows: ROWS, inputs, targets }, { epochs: EPOCHS });
  record(
    `brain.js 10-10-10-1, ${EPOCHS} epochs of ${ROWS} rows`,
    'javascript',
    (await timed(TRAININGS, train)) / 1000,
    's',
  );
  const network = await loadRowsNetwork((await train()).artifact);
  for (const batch of BATCHES) {
    const some = inputs.subarray(0, batch * 10);
    record(
      `brain.js 10-10-10-1, prediction of ${batch}`,
      'javascript',
      await timed(PREDICTIONS, () => network.predict(some)),
      'ms',
    );
  }
};

await measureBrain();
for (const network of NETWORKS) {
  for (const backend of ['wasm', 'cpu'] as const) await measureTensorFlow(network, backend);
}
record('memory at most', 'all', process.resourceUsage().maxRSS / 1024, 'MB');
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
