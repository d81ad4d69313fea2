import { describe, expect, test } from 'vitest';
import { seasonalNaiveError, smape } from '../../../../models/forecasting/accuracy.ts';
import { rollingOrigins } from '../../../../models/forecasting/backtest.ts';
import { forecastSeries, type SeriesForecast } from '../../../../models/forecasting/forecast.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';
import { airPassengers } from '../../../support/series.ts';

const generated = (
  n: number,
  seed: number,
  next: (before: number, shock: number, t: number) => number,
): Float64Array => {
  const random = createRandom(seed);
  let value = 0;
  return Float64Array.from({ length: n }, (_, t) => {
    value = next(value, nextNormal(random), t);
    return value;
  });
};

/** Shares of what comes after the first n values that the intervals hold, by level. */
const coverage = (make: (seed: number) => Float64Array, n: number, horizon: number, series: number): number[] => {
  const inside = [0, 0, 0];
  for (let seed = 1; seed <= series; seed += 1) {
    const y = make(seed);
    const { intervals } = forecastSeries(y.subarray(0, n), { horizon, periods: [], effort: 'quick' });
    for (const [k, { lower, upper }] of intervals.entries())
      for (let h = 0; h < horizon; h += 1) {
        const value = y[n + h] ?? 0;
        if (value >= (lower[h] ?? 0) && value <= (upper[h] ?? 0)) inside[k] = (inside[k] ?? 0) + 1;
      }
  }
  return inside.map((count) => count / (series * horizon));
};

describe('accuracy', () => {
  test('sMAPE and the scale of MASE are those of their definitions', () => {
    expect(smape([100, 0], [110, 0])).toBeCloseTo((200 * (10 / 210)) / 2);
    expect(seasonalNaiveError([1, 3, 2, 6], 1)).toBeCloseTo((2 + 1 + 4) / 3);
    expect(seasonalNaiveError([1, 3, 2, 6], 2)).toBe(2);
  });
});

describe('a rolling backtest', () => {
  test('keeps half of the series and two seasons to learn from, and ends with the last value', () => {
    expect(rollingOrigins(10, 3, 1)).toEqual([5, 6, 7, 8, 9]);
    expect(rollingOrigins(30, 12, 12)[0]).toBe(27);
    const long = rollingOrigins(1000, 24, 24);
    expect(long[0]).toBe(1000 - 8 * 24);
    expect(long.length).toBeLessThanOrEqual(16);
  });
});

describe('a forecast', () => {
  test('of the airline passengers’ last two years beats repeating the last year by half', () => {
    const train = airPassengers.subarray(0, 120);
    const actual = airPassengers.subarray(120);
    const { mean, backtest, candidates, reason } = forecastSeries(train, { horizon: 24, periods: [12] });
    const repeated = Float64Array.from({ length: 24 }, (_, h) => train[108 + (h % 12)] ?? 0);
    expect(smape(actual, mean)).toBeLessThan(smape(actual, repeated) / 2);
    const naive = candidates.find(({ method }) => method === 'seasonal naive');
    expect(backtest?.mase).toBeLessThan(naive?.mase ?? 0);
    expect(reason).toContain('below that of the seasonal naive forecast');
  });

  test('never sees what comes later: the future changes nothing', () => {
    const y = airPassengers.slice();
    const before = forecastSeries(y.subarray(0, 120), { horizon: 12, periods: [12] });
    y.fill(1e6, 120);
    const after = forecastSeries(y.subarray(0, 120), { horizon: 12, periods: [12] });
    expect(after).toEqual(before);
  });

  test('carries its backtest, every candidate, and intervals one inside the other', () => {
    const forecast: SeriesForecast = forecastSeries(airPassengers, { horizon: 12, periods: [12] });
    const names = forecast.candidates.map(({ method }) => method);
    for (const name of ['naive', 'seasonal naive', 'theta', 'ETS', 'ARIMA', 'MSTL and theta'])
      expect(names).toContain(name);
    expect(names).toContain(forecast.method);
    const [half, most, all] = forecast.intervals;
    for (let h = 0; h < 12; h += 1) {
      expect(all?.lower[h]).toBeLessThan(most?.lower[h] ?? 0);
      expect(most?.lower[h]).toBeLessThan(half?.lower[h] ?? 0);
      expect(half?.lower[h]).toBeLessThan(forecast.mean[h] ?? 0);
      expect(half?.upper[h]).toBeGreaterThan(forecast.mean[h] ?? 0);
      expect(all?.upper[h]).toBeGreaterThan(most?.upper[h] ?? 0);
    }
    expect(forecast.backtest?.coverage.map(({ level }) => level)).toEqual([0.5, 0.8, 0.95]);
    for (const { share } of forecast.backtest?.coverage ?? []) expect(share).toBeGreaterThan(0.2);
  });

  test('of counts stays at 0 or above with its intervals', () => {
    const y = generated(80, 3, (_, shock) => Math.max(0, Math.round(1 + shock)));
    const { intervals } = forecastSeries(y, { horizon: 10, periods: [] });
    for (const { lower } of intervals) expect(Math.min(...lower)).toBeGreaterThanOrEqual(0);
  });

  test('does not depend on the unit', () => {
    const one = forecastSeries(airPassengers, { horizon: 6, periods: [12] });
    const other = forecastSeries(
      airPassengers.map((v) => v * 1e6),
      { horizon: 6, periods: [12] },
    );
    for (let h = 0; h < 6; h += 1) expect((other.mean[h] ?? 0) / (one.mean[h] ?? 1)).toBeCloseTo(1e6, -3);
  });

  test('follows hourly values through day and week', () => {
    const signal = (t: number) => 100 + 30 * Math.sin((2 * Math.PI * t) / 24) + (Math.floor(t / 24) % 7 < 5 ? 40 : 0);
    const y = generated(840, 5, (_, shock, t) => signal(t) + 2 * shock);
    const { mean } = forecastSeries(y, { horizon: 48, periods: [24, 168] });
    const error = mean.reduce((sum, value, h) => sum + Math.abs(value - signal(840 + h)), 0) / 48;
    expect(error).toBeLessThan(4);
  });

  test('of a constant is the constant, and says that it knows nothing of how far it may move', () => {
    const { mean, method, backtest, reason } = forecastSeries(new Float64Array(30).fill(7), {
      horizon: 3,
      periods: [],
    });
    expect([...mean]).toEqual([7, 7, 7]);
    expect(method).toBe('constant');
    expect(backtest).toBeNull();
    expect(reason).toContain('every value is the same');
  });

  test('is refused where there is too little, or something that is no number', () => {
    expect(() => forecastSeries(new Float64Array(7), { horizon: 3, periods: [] })).toThrow('8 values or more');
    expect(() => forecastSeries(Float64Array.of(1, 2, 3, Number.NaN, 5, 6, 7, 8), { horizon: 3, periods: [] })).toThrow(
      'finite number',
    );
  });

  test.each([8, 9, 12, 20, 33])('of %i values is finite', (n) => {
    const y = generated(n, n, (before, shock) => before + shock);
    const { mean, intervals } = forecastSeries(y, { horizon: 12, periods: [4, 12] });
    expect(mean.every(Number.isFinite)).toBe(true);
    for (const { lower, upper } of intervals) expect([...lower, ...upper].every(Number.isFinite)).toBe(true);
  });
});

describe('intervals hold what they promise', () => {
  test.each([
    ['noise', (before: number, shock: number) => 0 * before + shock],
    ['random walks', (before: number, shock: number) => before + shock],
    ['persistent series', (before: number, shock: number) => 0.8 * before + shock],
  ])('on %s', (_, next) => {
    const [half, most, all] = coverage((seed) => generated(108, seed, next), 100, 8, 200);
    expect(half).toBeGreaterThan(0.4);
    expect(half).toBeLessThan(0.62);
    expect(most).toBeGreaterThan(0.7);
    expect(most).toBeLessThan(0.9);
    expect(all).toBeGreaterThan(0.91);
    expect(all).toBeLessThan(0.99);
  });
});

test('a short series of noise has intervals of one width at every step, and not of many times the noise', () => {
  const steps = [0, 11];
  const inside = [0, 0];
  let width = 0;
  for (let seed = 1; seed <= 150; seed += 1) {
    const y = generated(36, seed, (_, shock) => 100 + 10 * shock);
    const { intervals } = forecastSeries(y.subarray(0, 24), {
      horizon: 12,
      periods: [],
      effort: 'quick',
      levels: [0.95],
    });
    const [interval] = intervals;
    width += ((interval?.upper[11] ?? 0) - (interval?.lower[11] ?? 0)) / 150;
    for (const [k, h] of steps.entries()) {
      const value = y[24 + h] ?? 0;
      if (value >= (interval?.lower[h] ?? 0) && value <= (interval?.upper[h] ?? 0))
        inside[k] = (inside[k] ?? 0) + 1 / 150;
    }
  }
  for (const share of inside) {
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(1);
  }
  // Twice 1.96 deviations are 39.
  expect(width).toBeLessThan(85);
});
