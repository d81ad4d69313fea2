import { expect, test } from 'vitest';
import { createRandom } from '../../../../models/statistics/random.ts';
import { bestThreshold, breakEven, decisionValue } from '../../../../models/tabular/decision-value.ts';

const STAKES = { gain: 100, cost: 5, successRate: 0.5 };
const DEAR = { ...STAKES, cost: 15 };

test('acting pays from cost over what success is worth', () => {
  expect(breakEven(STAKES)).toBe(0.1);
});

test('the worth of acting is what those who turn bring, less what everybody costs', () => {
  const value = decisionValue([0.9, 0.5, 0.2, 0.05], [1, 0, 1, 1], 0.2, STAKES);

  // Three are acted on: 50 − 5, −5, 50 − 5.
  expect(value).toMatchObject({ acted: 3, perRow: 85 / 4 });
  expect(value.interval[0]).toBeLessThan(85 / 4);
  expect(value.interval[1]).toBeGreaterThan(85 / 4);
});

test('nothing is won or lost when nobody is acted on', () => {
  expect(decisionValue([0.1, 0.2], [1, 0], 0.5, STAKES)).toEqual({ acted: 0, perRow: 0, interval: [0, 0] });
});

test('the best threshold in hindsight takes what pays, and all of equal rows or none', () => {
  expect(bestThreshold(Float64Array.of(0.9, 0.4, 0.4, 0.1), Uint8Array.of(1, 1, 0, 0), STAKES)).toBe(0.4);
  // Of the five at 0.4 one alone would pay: 50 − 5 · 15 is a loss.
  expect(bestThreshold(Float64Array.of(0.9, 0.4, 0.4, 0.4, 0.4, 0.4), Uint8Array.of(1, 1, 0, 0, 0, 0), DEAR)).toBe(0.9);
  expect(bestThreshold(Float64Array.of(0.9, 0.4), Uint8Array.of(0, 0), STAKES)).toBe(1);
});

test('with true probabilities break-even is worth about as much as hindsight', () => {
  const random = createRandom(4);
  const probabilities = Float64Array.from({ length: 20_000 }, () => 0.4 * random());
  const labels = Uint8Array.from(probabilities, (probability) => (random() < probability ? 1 : 0));

  const atBreakEven = decisionValue(probabilities, labels, breakEven(STAKES), STAKES);
  const inHindsight = decisionValue(probabilities, labels, bestThreshold(probabilities, labels, STAKES), STAKES);

  expect(inHindsight.perRow).toBeGreaterThanOrEqual(atBreakEven.perRow);
  expect(atBreakEven.perRow).toBeGreaterThan(0.98 * inHindsight.perRow);
});
