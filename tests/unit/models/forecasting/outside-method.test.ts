import { expect, test } from 'vitest';
import { forecastSeries } from '../../../../models/forecasting/forecast.ts';
import type { Method } from '../../../../models/forecasting/methods.ts';
import { createRandom } from '../../../../models/statistics/random.ts';

/** A series that nothing but the outside method can foretell, and one that anything can. */
const random = createRandom(4);
const drawn = Float64Array.from({ length: 112 }, () => 50 + 20 * random());
const line = Float64Array.from({ length: 112 }, (_, t) => 10 + 3 * t);

const knowing = (truth: Float64Array): Method => ({
  name: 'oracle',
  estimate: () => (history, horizon) => truth.slice(history.length, history.length + horizon),
});
const stubborn: Method = { name: 'stubborn', estimate: () => (_, horizon) => new Float64Array(horizon).fill(1) };

const forecast = (truth: Float64Array, other: Method) =>
  forecastSeries(truth.subarray(0, 100), { horizon: 12, periods: [], effort: 'quick', others: [other] });

test('a method from outside that is clearly better in the backtest makes the forecast, with intervals of its own', () => {
  const { method, mean, backtest, intervals } = forecast(drawn, knowing(drawn));

  expect(method).toBe('oracle');
  expect([...mean]).toEqual([...drawn.subarray(100)]);
  expect(backtest?.mase).toBe(0);
  expect(intervals[2]?.upper[0]).toBeCloseTo(mean[0] ?? 0, 6);
});

test('one that is worse is listed with its error, and changes nothing', () => {
  const before = forecastSeries(line.subarray(0, 100), { horizon: 12, periods: [], effort: 'quick' });
  const { method, mean, candidates } = forecast(line, stubborn);

  expect(method).toBe(before.method);
  expect(mean).toEqual(before.mean);
  expect(candidates.at(-1)?.method).toBe('stubborn');
});
