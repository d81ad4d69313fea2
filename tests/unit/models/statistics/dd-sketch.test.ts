import { describe, expect, test } from 'vitest';
import { createDdSketch } from '../../../../models/statistics/dd-sketch.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

const fill = (values: readonly number[]) => {
  const sketch = createDdSketch(0.01);
  for (const value of values) sketch.add(value);
  return sketch;
};

/** The value the sketch promises to be near. */
const ranked = (values: readonly number[], probability: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(probability * (values.length - 1))] ?? 0;

describe('a DDSketch', () => {
  const random = createRandom(1);
  const samples = {
    lognormal: Array.from({ length: 5_000 }, () => Math.exp(4 + 1.5 * nextNormal(random))),
    pareto: Array.from({ length: 5_000 }, () => (1 - random()) ** -2),
    withZeros: Array.from({ length: 500 }, (_, index) => (index % 3 === 0 ? 0 : random() * 1e-3)),
  };

  test.each(Object.entries(samples).map(([name, values]) => ({ name, values })))(
    'is within 1%% of every quantile: $name',
    ({ values }) => {
      const sketch = fill(values);

      for (let probability = 0; probability <= 1; probability += 0.005) {
        const truth = ranked(values, probability);
        expect(Math.abs(sketch.quantile(probability) - truth)).toBeLessThanOrEqual(0.01 * truth + 1e-12);
      }
    },
  );

  test('merged from parts is the sketch of the whole', () => {
    const values = samples.pareto;
    const merged = createDdSketch(0.01);
    for (const start of [0, 1_000, 1_001, 4_000]) {
      const end = [1_000, 1_001, 4_000, 5_000][[0, 1_000, 1_001, 4_000].indexOf(start)];
      merged.merge(fill(values.slice(start, end)).store());
    }

    expect(merged.store()).toEqual(fill(values).store());
    expect(merged.count()).toBe(5_000);
  });

  test('is small, says nothing of no values, and merges with its like alone', () => {
    expect(fill(samples.lognormal).store().counts.length).toBeLessThan(700);
    expect(createDdSketch(0.01).quantile(0.5)).toBeNaN();
    expect(createDdSketch(0.01).store()).toEqual({ relativeError: 0.01, zeros: 0, firstIndex: 0, counts: [] });
    expect(() => createDdSketch(0.02).merge(fill([1]).store())).toThrow(RangeError);
  });
});
