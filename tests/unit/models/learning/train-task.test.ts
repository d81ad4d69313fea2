import { describe, expect, test } from 'vitest';
import type { DataRow, Task } from '../../../../models/learning/task.ts';
import { networkOf } from '../../../../models/learning/task.ts';
import { loadTaskPredictor } from '../../../../models/learning/task-predictor.ts';
import { trainTask } from '../../../../models/learning/train-task.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

const random = createRandom(7);
const customers = Array.from({ length: 200 }, (_, index): DataRow => {
  const [visits, spent] = [nextNormal(random), nextNormal(random)];
  const score = 2 * visits - spent + 0.3 * nextNormal(random);
  return { id: index, visits, spent, next: 10 + score, left: score < 0 ? 'yes' : 'no' };
});
const days = Array.from(
  { length: 140 },
  (_, day): DataRow => ({ sales: 100 + 30 * Math.sin((2 * Math.PI * day) / 7) }),
);
const paths = Array.from({ length: 60 }, (_, index): DataRow => {
  const bought = index % 2 === 0;
  return { path: ['home', 'list', bought ? 'cart' : 'help'], end: bought ? 'order' : 'none' };
});

const regression: Task = { kind: 'regression', features: ['visits', 'spent'], target: 'next' };
const classification: Task = { kind: 'classification', features: ['visits', 'spent'], target: 'left' };
const forecast: Task = { kind: 'forecast', features: ['sales'], window: 7, horizon: 3 };
const sequences: Task = { kind: 'sequence-classification', sequence: 'path', target: 'end' };

const gru = {
  type: 'tensorflow',
  layers: [
    { type: 'gru', units: 8, inputShape: [7, 1] },
    { type: 'dense', units: 3 },
  ],
  optimizer: { name: 'adam', learningRate: 0.03 },
  loss: 'meanSquaredError',
};

const predictWith = async (
  task: Task,
  rows: readonly DataRow[],
  training: object,
  asked: readonly DataRow[],
  config?: unknown,
) => {
  const learned = await trainTask(task, { config, training, rows });
  const predictor = await loadTaskPredictor(task, learned);
  const answer = await predictor.predict(asked);
  predictor.dispose();
  return { learned, answer };
};

describe('a task is learned from rows by the names of their columns', () => {
  test('a number', async () => {
    const asked = [
      { visits: 1, spent: 0 },
      { visits: -1, spent: 0 },
    ];
    const { learned, answer } = await predictWith(regression, customers, { epochs: 30 }, asked);

    expect(learned.metrics['explainedVariance']).toBeGreaterThan(0.9);
    expect(learned.measuredOn).toBe('validation');
    if (answer.kind !== 'regression') throw new Error(answer.kind);
    expect(answer.predictions[0]?.value).toBeCloseTo(12, 0);
    expect(answer.predictions[1]?.value).toBeCloseTo(8, 0);
  });

  test('a class, with the probability of each', async () => {
    const asked = [
      { visits: 2, spent: -1 },
      { visits: -2, spent: 1 },
    ];
    const { learned, answer } = await predictWith(classification, customers, { epochs: 20 }, asked);

    expect(learned.reading.labels).toEqual(['no', 'yes']);
    expect(learned.metrics['auc']).toBeGreaterThan(0.95);
    expect(answer).toMatchObject({ kind: 'classification', predictions: [{ label: 'no' }, { label: 'yes' }] });
    if (answer.kind !== 'classification') throw new Error(answer.kind);
    const { probabilities = {} } = answer.predictions[0] ?? {};
    expect((probabilities['no'] ?? 0) + (probabilities['yes'] ?? 0)).toBeCloseTo(1, 6);
  });

  test('what columns have in common: a row that does not has an error, and the column that does not share in it', async () => {
    const rows = customers.map(({ visits, spent }) => ({ visits, spent, sum: Number(visits) + Number(spent) }));
    const task: Task = { kind: 'autoencoder', features: ['visits', 'spent', 'sum'] };
    const asked = [
      { visits: 0.5, spent: 0.5, sum: 1 },
      { visits: 0.5, spent: 0.5, sum: -4 },
    ];
    const { answer } = await predictWith(task, rows, { epochs: 30 }, asked);

    if (answer.kind !== 'autoencoder') throw new Error(answer.kind);
    const [usual, strange] = answer.predictions;
    expect(strange?.error).toBeGreaterThan(20 * (usual?.error ?? 0));
  });

  test('a forecast, better than the last value repeated', async () => {
    const { learned, answer } = await predictWith(forecast, days, { epochs: 20, batchSize: 8 }, days, gru);

    expect(learned.metrics['scaledError']).toBeLessThan(0.5);
    expect(answer.predictions).toHaveLength(3);
    if (answer.kind !== 'forecast') throw new Error(answer.kind);
    expect(answer.predictions[0]?.['sales']).toBeCloseTo(100 + 30 * Math.sin((2 * Math.PI * 140) / 7), -1);
  });

  test('the class of a sequence', async () => {
    const asked = [{ path: ['home', 'cart'] }, { path: 'home help' }];
    const { answer } = await predictWith(sequences, paths, { epochs: 8 }, asked);

    expect(answer).toMatchObject({ predictions: [{ label: 'order' }, { label: 'none' }] });
  });
});

test('two networks of a task are judged by the same rows, of whichever library', async () => {
  const recurrent = await trainTask(forecast, { config: gru, training: { epochs: 2 }, rows: days });
  const brain = { type: 'brain', networkType: 'LSTMTimeStep', options: { hiddenLayers: [8] } };
  const steps = await trainTask(forecast, { config: brain, training: { epochs: 2 }, rows: days });

  expect(await recurrent.judgeOther(recurrent)).toEqual(recurrent.metrics);
  expect(await recurrent.judgeOther(steps)).toEqual(steps.metrics);
});

describe('data and networks that do not fit are refused, each place by name', () => {
  const train = (task: Task, rows: readonly DataRow[], config?: unknown, training: unknown = {}) =>
    trainTask(task, { config, training, rows });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a text',
      () => train(regression, [...customers, { visits: 'many', spent: 1, next: 1 }]),
      /^visits: 1 of 201 .*row 200 holds "many"/,
    ],
    [
      'a gap',
      () =>
        train(
          regression,
          customers.map((row, at) => (at === 4 ? { ...row, next: null } : row)),
        ),
      /^next: .*row 4 holds null/,
    ],
    [
      'a column that is not there',
      () => train({ ...regression, features: ['visit'] }, customers),
      /^visit: no row has this column; rows have id, visits/,
    ],
    [
      'a constant',
      () =>
        train(
          regression,
          customers.map((row) => ({ ...row, spent: 3 })),
        ),
      /^spent: is 3 in every row/,
    ],
    [
      'a leak',
      () =>
        train(
          { ...regression, features: ['visits', 'copy'] },
          customers.map((row) => ({ ...row, copy: 2 * Number(row['next']) })),
        ),
      /^copy: tells next by itself/,
    ],
    ['too few rows', () => train(regression, customers.slice(0, 10)), /^10 rows are too few/],
    [
      'one class',
      () =>
        train(
          classification,
          customers.map((row) => ({ ...row, left: 'no' })),
        ),
      /^left: is "no" in every row/,
    ],
    ['a series that is too short', () => train(forecast, days.slice(0, 8)), /^rows: 8 steps are too few/],
    [
      'rows out of order',
      () =>
        train(
          { ...forecast, time: 'day' },
          days.map((row, at) => ({ ...row, day: at === 9 ? 3 : at })),
        ),
      /^day: row 9 is not after the row before it/,
    ],
    [
      'a time that is none',
      () =>
        train(
          { ...forecast, time: 'day' },
          days.map((row) => ({ ...row, day: 'soon' })),
        ),
      /^day: row 0 holds "soon"/,
    ],
    [
      'a forecast out of order',
      () => train(forecast, days, undefined, { validation: { split: 'random' } }),
      /^training.validation.split/,
    ],
  ])('%s', async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
  });

  const dense = (inputs: number, units: number, more: object = {}) => ({
    type: 'tensorflow',
    layers: [{ type: 'dense', units, inputShape: [inputs], ...more }],
    loss: 'meanSquaredError',
  });
  test.each([
    ['inputs', regression, dense(3, 1), /^layers\[0\]\.inputShape: must be \[2\]/],
    ['outputs', regression, dense(2, 4), /^layers: must end with 1 outputs/],
    ['a loss of numbers for classes', classification, dense(2, 1), /^loss: must be binaryCrossentropy/],
    [
      'a recurrent network of brain.js for rows',
      regression,
      { type: 'brain', networkType: 'LSTM' },
      /^networkType: must be NeuralNetwork/,
    ],
    ['TensorFlow.js for symbols', sequences, dense(2, 1), /^type: must be brain/],
  ])('%s', (_, task, config, message) => {
    expect(() => networkOf(task, config)).toThrow(message);
  });
});
