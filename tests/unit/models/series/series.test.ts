import { expect, test } from 'vitest';
import { NOISE, power, shares, white } from '../../../../bench/accuracy/noise.ts';
import { autocorrelation, ljungBox, partialAutocorrelation } from '../../../../models/series/autocorrelation.ts';
import { detectChangepoints } from '../../../../models/series/changepoint.ts';
import { mstl, stl } from '../../../../models/series/decomposition.ts';
import { findOutliers } from '../../../../models/series/outliers.ts';
import { detectPeriods } from '../../../../models/series/seasonality.ts';
import { augmentedDickeyFuller, kpss } from '../../../../models/series/stationarity.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

// Annual flow of the Nile at Aswan, 1871–1970 (R's datasets::Nile, after G. W. Cobb, Biometrika 65, 1978).
const NILE = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100,
  1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456,
  824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897,
  822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975,
  815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
];

test('unit-root tests and autocorrelation of the Nile are those of statsmodels 0.15', () => {
  const acf = autocorrelation(NILE, 10);

  expect(augmentedDickeyFuller(NILE)?.statistic).toBeCloseTo(-4.048705096914342, 9);
  expect(augmentedDickeyFuller(NILE)?.pValue).toBeCloseTo(0.001175887950387, 6);
  expect(kpss(NILE)).toMatchObject({ pValue: 0.01, lags: 5 });
  expect(kpss(NILE)?.statistic).toBeCloseTo(0.8691205593783892, 9);
  expect(partialAutocorrelation(acf)[2]).toBeCloseTo(0.18117100543757192, 12);
  expect(ljungBox(acf, NILE.length, 10).statistic).toBeCloseTo(88.1268713, 5);
});

test('the Nile fell in 1899', () => {
  const [change, ...others] = detectChangepoints(NILE);

  expect(others).toEqual([]);
  expect(change?.changed).toBe('level');
  expect(1871 + (change?.index ?? 0)).toBe(1899);
});

test('a decomposition adds up and recovers day and week', () => {
  const random = createRandom(1);
  const day = (i: number) => 5 * Math.sin((2 * Math.PI * i) / 24);
  const week = (i: number) => 3 * Math.cos((2 * Math.PI * i) / 168);
  const y = Array.from({ length: 1344 }, (_, i) => i / 100 + day(i) + week(i) + 0.3 * nextNormal(random));

  const { trend, seasonal, remainder } = mstl(y, [168, 24]);
  const worst = (found: Float64Array | undefined, truth: (i: number) => number) =>
    Math.max(...y.map((_, i) => Math.abs((found?.[i] ?? 0) - truth(i))));

  expect(
    y.every((v, i) => Math.abs(v - [trend, ...seasonal, remainder].reduce((s, p) => s + (p[i] ?? 0), 0)) < 1e-9),
  ).toBe(true);
  expect(worst(seasonal[0], day)).toBeLessThan(1);
  expect(worst(seasonal[1], week)).toBeLessThan(1.5);
  expect(() => stl(y.slice(0, 20), 12)).toThrow(/two whole periods/);
});

test('periods of a day and a week are both found, and a spike is an outlier', () => {
  const random = createRandom(2);
  const y = Array.from(
    { length: 1008 },
    (_, i) => (i % 24 > 8 && i % 24 < 20 ? 4 : 0) * (i % 168 < 120 ? 1 : 0.4) + nextNormal(random),
  );

  expect(detectPeriods(y).map(({ period }) => period)).toEqual([24, 168]);
  expect(findOutliers(y.map((_, i) => (i === 7 ? 60 : i % 5)))).toMatchObject([{ index: 7 }]);
});

test('white noise has neither season nor changepoint', () => {
  const { seasonal, changepoint } = shares(white, 100, 120);

  expect(seasonal).toBeLessThanOrEqual(0.01);
  expect(changepoint).toBeLessThanOrEqual(0.01);
});

test.each(Object.entries(NOISE))('%s is neither a season nor a change', (_, generate) => {
  const { seasonal, changepoint } = shares(generate, 10, 300);

  expect(seasonal).toBeLessThanOrEqual(0.1);
  expect(changepoint).toBeLessThanOrEqual(0.1);
});

test('what is there is found, among spikes and on a random walk too', () => {
  const found = power(8);

  expect(found.seasonal).toBeGreaterThan(0.5);
  expect(found.seasonalOnWalk).toBeGreaterThan(0.7);
  expect(found.changepoint).toBeGreaterThan(0.9);
  expect(found.changepointAmongSpikes).toBeGreaterThan(0.8);
  expect(found.changepointOfHeavyTails).toBeGreaterThan(0.8);
});

test('a step without noise is a change, a spike is none, and the spread that doubles is one of variance', () => {
  const random = createRandom(6);
  const step = Array.from({ length: 100 }, (_, i) => (i < 60 ? 3 : 7));
  const spread = Array.from({ length: 400 }, (_, i) => (i < 200 ? 1 : 3) * nextNormal(random));

  expect(detectChangepoints(step)).toMatchObject([{ index: 60, changed: 'level', before: 3, after: 7 }]);
  expect(detectChangepoints(step.map((_, i) => (i === 40 ? 100 : 5)))).toEqual([]);
  expect(detectChangepoints(spread)).toMatchObject([{ changed: 'variance' }]);
});

test('an expected period needs less than one that is searched for', () => {
  const random = createRandom(7);
  const y = Array.from({ length: 60 }, (_, i) => 1.1 * Math.sin((2 * Math.PI * i) / 12) + nextNormal(random));

  expect(detectPeriods(y)).toEqual([]);
  expect(detectPeriods(y, { expected: [12] }).map(({ period }) => period)).toEqual([12]);
});
