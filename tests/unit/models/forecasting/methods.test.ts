import { describe, expect, test } from 'vitest';
import { estimateArima, forecastArima, selectArima } from '../../../../models/forecasting/arima.ts';
import { autoregressionLags, forecastAutoregression } from '../../../../models/forecasting/autoregression.ts';
import { estimateEts, forecastEts, selectEts } from '../../../../models/forecasting/exponential-smoothing.ts';
import { decomposed, logarithmic, naive, seasonalNaive, theta } from '../../../../models/forecasting/methods.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';
import { accidentalDeaths, airPassengers, nile, webUsage } from '../../../support/series.ts';

/** Largest relative difference, in percent. */
const furthest = (actual: Float64Array, expected: readonly number[]): number =>
  Math.max(...expected.map((value, h) => 100 * Math.abs((actual[h] ?? Number.NaN) / value - 1)));

const noise = (n: number, seed = 1): Float64Array => {
  const random = createRandom(seed);
  return Float64Array.from({ length: n }, () => nextNormal(random));
};

describe('exponential smoothing', () => {
  test('smooths the Nile as R’s ets does', () => {
    const fitted = estimateEts(nile, { error: 'additive', trend: 'none', season: 'none', period: 1 });
    expect(fitted?.parameters.alpha).toBeCloseTo(0.2455, 1);
    expect(fitted && furthest(forecastEts(nile, fitted, 1), [805.38])).toBeLessThan(0.3);
  });

  test('chooses the form of R’s ets for accidental deaths, and forecasts within 3% of it', () => {
    const fitted = selectEts(accidentalDeaths, 12);
    expect(fitted?.form).toEqual({ error: 'additive', trend: 'none', season: 'additive', period: 12 });
    const published = [
      8397.5, 7599.2, 8396.6, 8646.5, 9443.4, 9893.1, 10819.1, 10107.1, 9015.2, 9354.4, 8880.4, 9085.5,
    ];
    expect(fitted && furthest(forecastEts(accidentalDeaths, fitted, 12), published)).toBeLessThan(3);
  });

  test('finds trend and growing season of the airline passengers', () => {
    const fitted = selectEts(airPassengers, 12);
    expect(fitted?.form).toMatchObject({ error: 'multiplicative', season: 'multiplicative' });
    expect(fitted?.form.trend).not.toBe('none');
  });

  test('finds neither trend nor season in noise', () => {
    const forms = [1, 2, 3, 4, 5].map((seed) => selectEts(noise(120, seed), 12)?.form);
    expect(forms.filter((form) => form?.trend === 'none' && form.season === 'none').length).toBeGreaterThanOrEqual(4);
  });
});

describe('ARIMA', () => {
  const airline = {
    ar: 0,
    differences: 1,
    ma: 1,
    seasonalAr: 0,
    seasonalDifferences: 1,
    seasonalMa: 1,
    period: 12,
    constant: false,
  };

  test('estimates the airline model as R does by conditional least squares', () => {
    const logs = airPassengers.map(Math.log);
    const fitted = estimateArima(logs, airline);
    // R's signs are the other way round: its polynomial of the moving average has pluses.
    expect([...(fitted?.point ?? [])].map(Math.tanh)).toEqual([expect.closeTo(0.3772, 2), expect.closeTo(0.5724, 2)]);
    const published = [
      450.155, 425.697, 479.57, 492.079, 508.603, 583.088, 669.243, 666.509, 558.072, 496.819, 429.752, 477.226,
    ];
    expect(fitted && furthest(forecastArima(logs, fitted, 12).map(Math.exp), published)).toBeLessThan(0.1);
  });

  test('finds the orders that R’s auto.arima finds', () => {
    expect(selectArima(airPassengers.map(Math.log), 12)?.orders).toEqual(airline);
    expect(selectArima(webUsage, 1)?.orders).toMatchObject({ ar: 1, differences: 1, ma: 1, constant: false });
  });

  test('forecasts the users of a server as R does', () => {
    const fitted = selectArima(webUsage, 1);
    const published = [218.88, 218.152, 217.679, 217.371, 217.171];
    expect(fitted && furthest(forecastArima(webUsage, fitted, 5), published)).toBeLessThan(0.1);
  });

  test('has nothing to say of a series that never moves', () => {
    expect(selectArima(new Float64Array(50).fill(3), 1)).toBeUndefined();
  });
});

describe('Theta', () => {
  test('forecasts the airline passengers as statsforecast’s dynamic optimised Theta does', () => {
    const published = [442.93, 432.3, 495.48, 482.58, 487.87, 556.12, 616.22, 616.11, 538.4, 470.41, 411, 463.48];
    const forecast = theta.estimate(airPassengers, [12])?.(airPassengers, 12);
    expect(forecast && furthest(forecast, published)).toBeLessThan(0.1);
  });

  test('continues a line', () => {
    const line = Float64Array.from({ length: 40 }, (_, t) => 10 + 2 * t);
    const forecast = theta.estimate(line, [])?.(line, 5);
    expect(forecast && furthest(forecast, [90, 92, 94, 96, 98])).toBeLessThan(3);
  });
});

describe('autoregression', () => {
  test('needs a dozen values for each coefficient', () => {
    expect(autoregressionLags(47, [])).toEqual([]);
    expect(autoregressionLags(48, [])).toEqual([1, 2, 3]);
    expect(autoregressionLags(700, [24, 168])).toEqual([1, 2, 3, 23, 24, 25, 48, 167, 168, 169]);
  });

  test('finds the rule of a process and follows it', () => {
    const random = createRandom(7);
    const y = new Float64Array(2000);
    for (let t = 2; t < y.length; t += 1) y[t] = 1.2 * (y[t - 1] ?? 0) - 0.5 * (y[t - 2] ?? 0) + nextNormal(random);
    const [last = 0, before = 0] = [y.at(-1), y.at(-2)];
    const first = 1.2 * last - 0.5 * before;
    const forecast = forecastAutoregression(y, [1, 2, 3], 2);
    expect(forecast[0]).toBeCloseTo(first, 0);
    expect(forecast[1]).toBeCloseTo(1.2 * first - 0.5 * last, 0);
  });
});

describe('other methods', () => {
  test('naive ones repeat', () => {
    const y = Float64Array.of(1, 2, 3, 4, 5, 6);
    expect(naive.estimate(y, [])?.(y, 2)).toEqual(Float64Array.of(6, 6));
    expect(seasonalNaive('shortest').estimate(y, [2, 3])?.(y, 3)).toEqual(Float64Array.of(5, 6, 5));
    expect(seasonalNaive('longest').estimate(y, [2, 3])?.(y, 4)).toEqual(Float64Array.of(4, 5, 6, 4));
    expect(seasonalNaive('longest').estimate(y, [2])).toBeUndefined();
  });

  test('decomposition goes on with every season', () => {
    const signal = (t: number) => 100 + 10 * Math.sin((2 * Math.PI * t) / 24) + 20 * Math.sin((2 * Math.PI * t) / 168);
    const y = Float64Array.from({ length: 168 * 5 }, (_, t) => signal(t));
    const forecast = decomposed(theta).estimate(y, [24, 168])?.(y, 48);
    const expected = Array.from({ length: 48 }, (_, h) => signal(y.length + h));
    expect(forecast && furthest(forecast, expected)).toBeLessThan(1);
  });

  test('logarithms are refused to values that have none', () => {
    expect(logarithmic(naive).estimate(Float64Array.of(1, 0, 2), [])).toBeUndefined();
    const y = Float64Array.of(1, 2, 4);
    expect(logarithmic(naive).estimate(y, [])?.(y, 1)[0]).toBeCloseTo(4);
  });
});
