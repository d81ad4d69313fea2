import { expect, test } from 'vitest';
import { forecastSeries } from '../../../../models/forecasting/forecast.ts';
import { createRandom, type Random } from '../../../../models/statistics/random.ts';

const HORIZON = 7;
const SERIES = 30;

/** Share of values up to the upper 95% limit, and from the lower one on. */
const held = (draw: (random: Random) => number): { upper: number; lower: number } => {
  let [upper, lower] = [0, 0];
  for (let seed = 1; seed <= SERIES; seed += 1) {
    const random = createRandom(seed);
    const y = Float64Array.from({ length: 120 + HORIZON }, () => draw(random));
    const { intervals } = forecastSeries(y.subarray(0, 120), {
      horizon: HORIZON,
      periods: [],
      effort: 'quick',
      levels: [0.95],
    });
    for (let h = 0; h < HORIZON; h += 1) {
      const value = y[120 + h] ?? 0;
      if (value <= (intervals[0]?.upper[h] ?? 0)) upper += 1 / (SERIES * HORIZON);
      if (value >= (intervals[0]?.lower[h] ?? 0)) lower += 1 / (SERIES * HORIZON);
    }
  }
  return { upper, lower };
};

test.each([0.03, 0.05, 0.1, 0.2, 0.9])(
  'each 95 percent limit of values of 0 and 1, a share of %d of them 1, holds 97 of 100',
  (share) => {
    const { upper, lower } = held((random) => (random() < share ? 1 : 0));

    expect(upper).toBeGreaterThan(0.965);
    expect(lower).toBeGreaterThan(0.965);
  },
);

test('so does the upper limit of rare amounts', () => {
  expect(held((random) => (random() < 0.1 ? 1 + Math.floor(9 * random()) : 0)).upper).toBeGreaterThan(0.96);
});

test('a value that is nearly always the same gets no wide interval for its rare exception', () => {
  const y = Float64Array.from({ length: 200 }, (_, t) => (t === 100 ? 1 : 0));
  const { intervals } = forecastSeries(y, { horizon: 5, periods: [], levels: [0.95] });

  expect(Math.max(...(intervals[0]?.upper ?? []))).toBeLessThan(0.5);
});
