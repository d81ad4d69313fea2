import { expect, test } from 'vitest';
import { createRandom } from '../../../models/statistics/random.ts';
import type { PluginModels } from '../../../plugins/contract.ts';
import predictive from '../../../plugins/predictive/index.ts';
import { processContext } from '../../support/process-context.ts';

const DAY = 86_400_000;
const START = Date.UTC(2025, 0, 1);
/** Two hundred days of which nothing tells the next, and the three weeks after them. */
const random = createRandom(9);
const truth = Array.from({ length: 221 }, () => 50 + 20 * random());
const KNOWN = truth.slice(0, 200);

/** A network that knows everything: it finds the place of a history by its last value. Its horizon is five steps. */
const oracle = (learnedUntil: string, asked: string[] = []): PluginModels => ({
  predict: async (name, rows) => {
    asked.push(name);
    const last = truth.indexOf(Number(rows.at(-1)?.['visits']));
    const predictions = truth.slice(last + 1, last + 6).map((visits) => ({ visits }));
    return { kind: 'forecast', version: 7, learnedUntil, predictions };
  },
});

const forecastWith = async (models: PluginModels, overrides: object = {}) => {
  const series = { name: 'visits', model: 'visits-lstm', start: START, interval: '1d', values: KNOWN, ...overrides };
  const data = predictive.input.parse({ series: [series], horizon: 14, effort: 'quick' });
  const { forecast } = await predictive.process(data, processContext({ models }));
  const report = forecast?.series[0];
  if (report === undefined || !('method' in report)) throw new Error('no forecast');
  return report;
};

test('a network that has learned from older values only and wins the backtest makes the forecast', async () => {
  const { method, mean, network } = await forecastWith(oracle('2025-01-31T00:00:00.000Z'));

  expect(method).toBe('model:visits-lstm');
  expect(mean.map((value) => value.toFixed(3))).toEqual(truth.slice(200, 214).map((value) => value.toFixed(3)));
  expect(network).toEqual({ model: 'visits-lstm', version: 7, status: 'chosen', reason: null, mase: 0 });
});

test('one that has learned what the backtest would ask is not tried, however good it seems', async () => {
  const asked: string[] = [];
  const late = new Date(START + 199 * DAY).toISOString();
  const { method, network } = await forecastWith(oracle(late, asked));

  expect(method).not.toBe('model:visits-lstm');
  expect(network).toMatchObject({ status: 'not_tried', reason: expect.stringContaining(`values up to ${late}`) });
  const withoutTimes = await forecastWith(oracle('2025-01-31T00:00:00.000Z'), {
    start: undefined,
    interval: undefined,
  });
  expect(withoutTimes.network).toMatchObject({ status: 'not_tried', reason: expect.stringContaining('no times') });
});

test('one that is worse changes nothing, and one that is not there is said not to be', async () => {
  const dull: PluginModels = {
    predict: async () => ({
      kind: 'forecast',
      version: 1,
      learnedUntil: '2025-01-02T00:00:00Z',
      predictions: [{ a: 52 }],
    }),
  };
  const without = await forecastWith(dull, { model: undefined });
  const beaten = await forecastWith(dull);
  const missing = await forecastWith({ predict: async () => undefined });
  const failing = await forecastWith({
    predict: async () => {
      throw new Error('rows.price: no row has this column');
    },
  });

  expect({ ...beaten, network: null, candidates: null }).toEqual({ ...without, candidates: null });
  expect(beaten.network).toMatchObject({ status: 'beaten', mase: expect.any(Number) });
  expect(without.network).toBeNull();
  expect(missing.network).toMatchObject({ status: 'not_tried', reason: 'no version of it serves' });
  expect(failing.network).toMatchObject({ status: 'not_tried', reason: 'rows.price: no row has this column' });
});
