import { describe, expect, test } from 'vitest';
import { hodgesLehmannShift } from '../../../../models/statistics/hodges-lehmann.ts';
import { findLevelChange } from '../../../../models/statistics/pettitt.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';
import { forecastCrossing } from '../../../../models/statistics/trend-crossing.ts';

describe('the Hodges–Lehmann shift', () => {
  test('is R’s wilcox.test(conf.int = TRUE), by hand', () => {
    const random = createRandom(3);
    const first = Array.from({ length: 31 }, () => Math.round(random() * 50));
    const second = Array.from({ length: 24 }, () => 10 + Math.round(random() * 60));
    const differences = first.flatMap((a) => second.map((b) => b - a)).sort((a, b) => a - b);
    const margin = 1.959963984540054 * Math.sqrt((31 * 24 * 56) / 12);
    const rank = Math.floor((31 * 24) / 2 - margin);

    const { shift, interval } = hodgesLehmannShift(first, second);

    expect(shift).toBeCloseTo(((differences[371] ?? 0) + (differences[372] ?? 0)) / 2, 9);
    expect(interval[0]).toBeCloseTo(differences[rank - 1] ?? 0, 9);
    expect(interval[1]).toBeCloseTo(differences[31 * 24 - rank] ?? 0, 9);
  });

  test('covers the true shift 19 times in 20', () => {
    const random = createRandom(8);
    let covered = 0;
    for (let trial = 0; trial < 400; trial += 1) {
      const first = Array.from({ length: 40 }, () => Math.exp(nextNormal(random)));
      const { interval } = hodgesLehmannShift(
        first,
        Array.from({ length: 50 }, () => 2 + Math.exp(nextNormal(random))),
      );
      if (interval[0] <= 2 && 2 <= interval[1]) covered += 1;
    }

    expect(covered / 400).toBeGreaterThan(0.92);
    expect(covered / 400).toBeLessThan(0.98);
  });
});

describe('Pettitt’s change of level', () => {
  test('is found where it is, and rarely where it is not', () => {
    const random = createRandom(4);
    const found = findLevelChange(
      Array.from({ length: 120 }, (_, at) => (at < 70 ? 100 : 130) + 10 * nextNormal(random)),
    );
    const alarms = Array.from({ length: 400 }, () =>
      findLevelChange(Array.from({ length: 100 }, () => nextNormal(random))),
    ).filter(({ pValue }) => pValue < 0.05).length;

    expect(Math.abs(found.index - 70)).toBeLessThanOrEqual(3);
    expect(found.pValue).toBeLessThan(1e-6);
    expect(alarms).toBeLessThan(30);
  });
});

describe('the crossing of a trend and a limit', () => {
  const noise = (random: () => number, phi: number, length: number): number[] => {
    const values = [nextNormal(random) / Math.sqrt(1 - phi ** 2)];
    while (values.length < length) values.push(phi * (values.at(-1) ?? 0) + nextNormal(random));
    return values;
  };
  const x = Array.from({ length: 60 }, (_, index) => index);

  test('of a line is where arithmetic has it', () => {
    const result = forecastCrossing(
      x,
      x.map((value) => 50 + value / 2),
      100,
    );

    expect(result?.slope).toBeCloseTo(0.5, 12);
    expect(result?.level).toBeCloseTo(79.5, 9);
    expect(result?.crossing).toBeCloseTo(100, 6);
    expect(result?.crossingInterval?.[1]).toBeCloseTo(100, 6);
  });

  test.each([0, 0.6])('has an interval that holds it 19 times in 20 or more, noise correlated by %f', (phi) => {
    const random = createRandom(6);
    let [covered, alarms] = [0, 0];
    for (let trial = 0; trial < 150; trial += 1) {
      const rising = forecastCrossing(
        x,
        noise(random, phi, 60).map((value, at) => 50 + at / 2 + value),
        90,
      );
      const [earliest = Infinity, latest = Infinity] = rising?.crossingInterval ?? [];
      if (earliest <= 80 && 80 <= latest) covered += 1;
      if ((forecastCrossing(x, noise(random, phi, 60), 90)?.pValue ?? 1) < 0.05) alarms += 1;
    }

    expect(covered / 150).toBeGreaterThan(0.95);
    expect(alarms / 150).toBeLessThan(0.12);
  });

  /** A level that strays, seen under noise, and when it first reached the limit, the steps after the last point included. */
  const strayingRise = (random: () => number, straying: number, seen: number, limit: number) => {
    const values: number[] = [];
    let [level, at] = [50, 0];
    for (; at < 60; at += 1) {
      values.push(level + seen * nextNormal(random));
      level += 0.5 + straying * nextNormal(random);
    }
    for (; level < limit && at < 10_000; at += 1) level += 0.5 + straying * nextNormal(random);
    return { values, reachedAt: at };
  };

  test.each([
    ['a random walk', 0.5, 0],
    ['a wilder one', 1, 0],
    ['a random walk under noise', 1, 1],
    ['a slow one under much noise', 0.3, 2],
  ])('of %s is reported with an interval that holds it 9 times in 10 or more', (_, straying, seen) => {
    const random = createRandom(11);
    let [reported, covered] = [0, 0];
    for (let trial = 0; trial < 200; trial += 1) {
      const { values, reachedAt } = strayingRise(random, straying, seen, 109);
      const { pValue, level, crossingInterval } = forecastCrossing(x, values, 109) ?? { pValue: 1, level: 0 };
      if (pValue >= 0.01 || level >= 109 || crossingInterval === undefined) continue;
      const [earliest, latest = Infinity] = crossingInterval;
      reported += 1;
      if (earliest <= reachedAt && reachedAt - 1 <= latest) covered += 1;
    }

    expect(reported).toBeGreaterThan(100);
    // One standard error is two points.
    expect(covered / reported).toBeGreaterThan(0.88);
  });

  test('is not certain of a line that some points do not lie on', () => {
    const stepping = x.map((value) => 40 + value / 2 + (value > 40 ? 3 : 0));
    const result = forecastCrossing(x, stepping, 90);
    const [earliest = 0, latest = Infinity] = result?.crossingInterval ?? [];

    expect(result?.pValue).toBeGreaterThan(0);
    expect(latest - earliest).toBeGreaterThan(5);
  });

  test('is not foretold of a random walk, a flat line or a few points', () => {
    const random = createRandom(12);
    let level = 0;
    let certain = 0;
    for (let trial = 0; trial < 60; trial += 1) {
      const walk = x.map(() => (level += nextNormal(random)));
      if ((forecastCrossing(x, walk, level + 50)?.pValue ?? 1) < 0.01) certain += 1;
    }

    expect(certain).toBeLessThan(8);
    expect(
      forecastCrossing(
        x,
        x.map(() => 40),
        90,
      ),
    ).toMatchObject({ pValue: 1, crossing: undefined });
    expect(forecastCrossing([1, 2, 3], [1, 2, 3], 90)).toBeUndefined();
  });
});
