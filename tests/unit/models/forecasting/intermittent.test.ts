import { describe, expect, test } from 'vitest';
import { profileDemand } from '../../../../models/forecasting/intermittent/demand-class.ts';
import { fitRate, forecastRate, type RateMethod } from '../../../../models/forecasting/intermittent/demand-rate.ts';
import { forecastDemand, stockFor } from '../../../../models/forecasting/intermittent/forecast-demand.ts';
import {
  bootstrapTotal,
  empiricalTotal,
  negativeBinomialTotal,
  normalTotal,
  probabilityAbove,
  totalQuantile,
} from '../../../../models/forecasting/intermittent/total-demand.ts';
import { createRandom } from '../../../../models/statistics/random.ts';

// Sales of a lubricant, product C of R. J. Hyndman & G. Athanasopoulos, Forecasting: Principles and Practice (2018), 12.2.
const LUBRICANT = Float64Array.of(
  ...[0, 2, 0, 1, 0, 11, 0, 0, 0, 0, 2, 0, 6, 3, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 1, 0, 1, 0, 0],
);
const SPARE_PART = Float64Array.of(3, 0, 0, 1, 0, 0, 0, 2, 5, 0, 0, 0, 0, 1, 0, 2);
const TENTH = { size: 0.1, occurrence: 0.1 };

const rateOf = (demand: Float64Array, method: RateMethod, weights = TENTH) =>
  forecastRate(demand, method, weights).rates.at(-1) ?? Number.NaN;

describe('mean demand a period', () => {
  test("of the textbook's lubricant is 2.750 / 2.793 by Croston's method", () => {
    expect(rateOf(LUBRICANT, 'croston')).toBeCloseTo(2.75 / 2.793, 3);
  });

  test('is that of statsforecast 2.1', () => {
    expect(rateOf(SPARE_PART, 'croston')).toBeCloseTo(1.47955711, 8);
    expect(rateOf(SPARE_PART, 'sba')).toBeCloseTo(1.40557925, 8);
    expect(rateOf(SPARE_PART, 'tsb')).toBeCloseTo(1.35503539, 8);
    expect(rateOf(SPARE_PART, 'tsb', { size: 0.2, occurrence: 0.05 })).toBeCloseTo(1.61404279, 8);
  });

  test('of an item that nobody asks for any more falls by TSB and stays by Croston', () => {
    const dead = Float64Array.of(...SPARE_PART, ...new Array<number>(30).fill(0));

    expect(rateOf(dead, 'croston')).toBe(rateOf(SPARE_PART, 'croston'));
    expect(rateOf(dead, 'tsb')).toBeLessThan(0.06);
  });

  test('before a period knows nothing of that period', () => {
    const changed = SPARE_PART.with(12, 400);

    for (const method of ['croston', 'sba', 'tsb', 'mean', 'naive'] as const) {
      const before = forecastRate(SPARE_PART, method, TENTH).rates.slice(1, 13);
      expect(forecastRate(changed, method, TENTH).rates.slice(1, 13)).toEqual(before);
    }
  });

  test('follows a level that has changed with higher weights than one that has not', () => {
    const level = (low: number, high: number) =>
      Float64Array.from({ length: 80 }, (_, t) => (t % 2 === 0 ? 0 : t < 40 ? low : high));

    expect(fitRate(level(2, 20), 'croston').parameters?.size).toBe(0.3);
    expect(rateOf(level(2, 20), 'croston', fitRate(level(2, 20), 'croston').parameters)).toBeGreaterThan(9);
  });
});

test.each([
  ['smooth', (t: number) => 10 + (t % 3)],
  ['erratic', (t: number) => (t % 4 === 0 ? 40 : 2)],
  ['intermittent', (t: number) => (t % 3 === 0 ? 10 : 0)],
  ['lumpy', (t: number) => (t % 3 === 0 ? (t % 4 === 0 ? 40 : 2) : 0)],
])('a demand is called %s by its intervals and the variation of its sizes', (demandClass, at) => {
  expect(profileDemand(Float64Array.from({ length: 48 }, (_, t) => at(t)))).toMatchObject({ demandClass });
});

test('the class of the lubricant rests on an interval of 36/11 and sizes from 1 to 11', () => {
  const profile = profileDemand(LUBRICANT);

  expect(profile).toMatchObject({ demandClass: 'lumpy', demands: 11, periods: 36 });
  expect(profile?.adi).toBeCloseTo(36 / 11, 12);
  expect(profile?.cv2).toBeCloseTo(0.8775623268698061, 12);
});

describe('total demand of a lead time', () => {
  test('follows the negative binomial distribution of SciPy (n = 2, p = 1/3)', () => {
    const total = negativeBinomialTotal(4, 12);
    if (total === undefined) throw new Error('expected a distribution');

    expect([0.5, 0.9, 0.95, 0.99].map((p) => totalQuantile(total, p))).toEqual([3, 9, 11, 15]);
    expect(probabilityAbove(total, 3)).toBeCloseTo(0.4609053, 7);
    expect(probabilityAbove(total, 0)).toBeCloseTo(1 - 1 / 9, 10);
  });

  test('is Poisson when its variance is its mean', () => {
    const total = negativeBinomialTotal(3, 2);
    if (total === undefined) throw new Error('expected a distribution');

    expect(probabilityAbove(total, 5)).toBeCloseTo(0.0839179, 5);
  });

  test('is normal where it is weighed and not counted, and nothing where it would be less', () => {
    const total = normalTotal(10, 4, false);

    expect(totalQuantile(total, 0.975)).toBeCloseTo(13.92, 1);
    expect(probabilityAbove(total, 12)).toBeCloseTo(0.1587, 2);
    expect(totalQuantile(normalTotal(1, 100, true), 0.1)).toBe(0);
  });

  test('counts every window that was seen', () => {
    const { values, cumulative } = empiricalTotal(Float64Array.of(1, 0, 0, 4, 2), 2);

    expect([...values]).toEqual([0, 1, 4, 6]);
    expect([...cumulative]).toEqual([0.25, 0.5, 0.75, 1]);
  });

  test('has whole numbers by the bootstrap when sizes have, and the same ones for the same seed', () => {
    const draw = (seed: number) =>
      bootstrapTotal(LUBRICANT, { length: 4, replicates: 500, random: createRandom(seed) });

    expect([...draw(1).values].every(Number.isInteger)).toBe(true);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

describe('an item', () => {
  const sold = (seed: number, periods: number) => {
    const random = createRandom(seed);
    return Float64Array.from({ length: periods }, () => (random() < 0.3 ? 1 + Math.floor(random() * 8) : 0));
  };

  test('is stocked so that the stated share of lead times is served', () => {
    let served = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const demand = sold(seed, 64);
      const options = { leadTime: 4, serviceLevel: 0.9, random: createRandom(seed) };
      const forecast = forecastDemand(demand.subarray(0, 60), options);
      if (forecast === undefined) throw new Error('expected a forecast');
      const asked = demand.subarray(60).reduce((sum, value) => sum + value, 0);
      if (asked <= stockFor(forecast, options).reorderPoint) served += 1;
    }

    expect(served / 200).toBeGreaterThan(0.85);
    expect(served / 200).toBeLessThan(0.97);
  });

  test('needs more stock for more service and for a longer lead time', () => {
    const reorderPoint = (leadTime: number, serviceLevel: number) => {
      const options = { leadTime, serviceLevel, random: createRandom(3) };
      const forecast = forecastDemand(sold(3, 120), options);
      return forecast === undefined ? Number.NaN : stockFor(forecast, options).reorderPoint;
    };

    expect(reorderPoint(4, 0.99)).toBeGreaterThan(reorderPoint(4, 0.9));
    expect(reorderPoint(8, 0.9)).toBeGreaterThan(reorderPoint(4, 0.9));
  });

  test('whose demand dies away is forecast by the method that sees it', () => {
    const dying = Float64Array.from(sold(5, 150), (value, t) => (t > 90 && t % 20 !== 0 ? 0 : value));

    const forecast = forecastDemand(dying, { leadTime: 3, serviceLevel: 0.95, random: createRandom(1) });

    expect(forecast?.method).toBe('tsb');
    expect(forecast?.means[0]).toBeLessThan(0.4);
  });

  test('without any demand has no forecast', () => {
    const none = new Float64Array(40);

    expect(forecastDemand(none, { leadTime: 3, serviceLevel: 0.95, random: createRandom(1) })).toBeUndefined();
  });
});
