import { expect, test } from 'vitest';
import { autoencoderConfig, classifierConfig, regressorConfig } from '../../../../models/networks/ready-made.ts';
import { type TrainedNetwork, trainRowsNetwork } from '../../../../models/networks/rows-network.ts';
import { DivergedError } from '../../../../models/networks/training-loop.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

const random = createRandom(1);
const inputs = Float32Array.from({ length: 90 }, () => nextNormal(random));
const targets = Float32Array.from({ length: 30 }, (_, row) => (inputs[3 * row] ?? 0) + nextNormal(random));
const classes = targets.map((value) => (value > 0 ? 1 : 0));
const good = { rows: 30, inputs, targets, inputNames: ['age', 'visits', 'plan'], targetNames: ['revenue'] };

const changed = (values: Float32Array, change: (value: number, at: number) => number) => values.map(change);

const cases: [string, object, Parameters<typeof trainRowsNetwork>[1], object, string][] = [
  [
    'too few rows',
    regressorConfig(3),
    { ...good, rows: 10, inputs: inputs.subarray(0, 30), targets: targets.subarray(0, 10) },
    {},
    '10 rows are too few to learn from; 20 are needed at least',
  ],
  ['another size', regressorConfig(4), good, {}, '90 inputs and 30 targets are not 30 rows of 4 and 1'],
  [
    'names of another number',
    regressorConfig(3),
    { ...good, inputNames: ['age'] },
    {},
    'inputNames: 1 names are given for 3 columns',
  ],
  [
    'a value that is none',
    regressorConfig(3),
    { ...good, inputs: changed(inputs, (value, at) => (at === 4 || at === 7 ? Number.NaN : value)) },
    {},
    'visits: 2 values are no finite numbers, the first in row 1; fill them in or leave them out',
  ],
  [
    'a target that is none',
    regressorConfig(3),
    { ...good, targets: changed(targets, (value, at) => (at === 3 ? Number.POSITIVE_INFINITY : value)) },
    {},
    'revenue: 1 values are no finite numbers, the first in row 3; fill them in or leave them out',
  ],
  [
    'a constant column',
    regressorConfig(3),
    { ...good, inputs: changed(inputs, (value, at) => (at % 3 === 2 ? 5 : value)) },
    {},
    'plan: is 5 in every row, which tells nothing; leave it out',
  ],
  [
    'a constant target',
    classifierConfig(3),
    { ...good, targets: new Float32Array(30) },
    {},
    'revenue: is 0 in every row, which tells nothing; leave it out',
  ],
  ['numbers that are no classes', classifierConfig(3), good, {}, 'targets: must be 0 or 1 for classes, of one output'],
  [
    'a column that is the target',
    regressorConfig(3),
    { ...good, inputs: changed(inputs, (value, at) => (at % 3 === 1 ? 2 * (targets[(at - 1) / 3] ?? 0) + 1 : value)) },
    {},
    'visits: tells revenue by itself (correlation 1.0000); leave it out, or set training.leakage to allow when it is known before the target',
  ],
  [
    'a column that separates the classes',
    classifierConfig(3),
    {
      ...good,
      targets: classes,
      inputs: changed(inputs, (value, at) =>
        at % 3 === 0 ? Math.abs(value) * (classes[at / 3] === 1 ? -1 : 1) : value,
      ),
    },
    {},
    'age: tells revenue by itself (AUC 1.0000); leave it out, or set training.leakage to allow when it is known before the target',
  ],
  [
    'numbers held out by class',
    regressorConfig(3),
    good,
    { validation: { split: 'stratified' } },
    'training.validation.split: stratified needs classes; use time or random for numbers',
  ],
  ['an option', regressorConfig(3), good, { epoch: 3 }, 'training.epoch: is not known here (did you mean "epochs"?)'],
  [
    'a share',
    regressorConfig(3),
    good,
    { validation: { share: 0.9 } },
    'training.validation.share: must be a share from 0.05 to 0.5',
  ],
  [
    'a network of sequences',
    { type: 'brain', networkType: 'GRU' },
    good,
    {},
    'networkType: GRU learns sequences; rows need NeuralNetwork',
  ],
];

test.each(cases)('refused with the reason: %s', async (_, config, data, options, message) => {
  await expect(trainRowsNetwork(config, data, options)).rejects.toThrow(message);
});

test('an autoencoder may be told what it shall tell, and a known column may be allowed', async () => {
  const leaking = {
    ...good,
    inputs: changed(inputs, (value, at) => (at % 3 === 1 ? (targets[(at - 1) / 3] ?? 0) : value)),
  };
  const allowed: TrainedNetwork[] = [
    await trainRowsNetwork(autoencoderConfig(3), { rows: 30, inputs, targets: inputs }, { epochs: 1 }),
    await trainRowsNetwork(regressorConfig(3), leaking, { epochs: 1, leakage: 'allow' }),
  ];

  for (const { history } of allowed) expect(history).toHaveLength(1);
});

test('classes keep their shares when they are stratified, and a learning rate that is too large is named', async () => {
  const stratified = { epochs: 1, validation: { split: 'stratified', share: 0.5 } };
  const trained = await trainRowsNetwork(classifierConfig(3), { ...good, targets: classes }, stratified);
  const deep = [
    { type: 'dense', units: 32, inputShape: [3] },
    { type: 'dense', units: 32 },
    { type: 'dense', units: 1 },
  ];
  const wild = { ...regressorConfig(3), layers: deep, optimizer: { name: 'sgd', learningRate: 1 } };

  expect(trained.rows.training).toBe(30 - trained.rows.validation);
  expect(trained.rows.validation).toBe(
    [0, 1].reduce((sum, label) => sum + Math.round(classes.filter((value) => value === label).length / 2), 0),
  );
  const training = trainRowsNetwork(wild, good, { epochs: 50 });
  await expect(training).rejects.toThrow(DivergedError);
  await expect(training).rejects.toThrow(/^the loss of epoch \d+ is no finite number; try a smaller learning rate$/);
});
