import { describe, expect, test } from 'vitest';
import { ForecastDetector } from '../../../../models/anomaly/forecast-detector.ts';
import { generalizedEsd, seasonalLevel } from '../../../../models/anomaly/generalized-esd.ts';
import { fitIsolationForest } from '../../../../models/anomaly/isolation-forest.ts';
import { NearestRows } from '../../../../models/anomaly/nearest-rows.ts';
import { NoveltyAlarms } from '../../../../models/anomaly/novelty-alarms.ts';
import { RowAlarms } from '../../../../models/anomaly/row-alarms.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';
import { studentTPoint } from '../../../../models/statistics/student-t.ts';

const daily = (n: number, seed = 1): Float64Array => {
  const random = createRandom(seed);
  return Float64Array.from({ length: n }, (_, i) => 50 + 10 * Math.sin((2 * Math.PI * i) / 24) + nextNormal(random));
};

test('points of Student’s t are those of the tables', () => {
  expect(studentTPoint(0.05, 1)).toBeCloseTo(12.7062, 4);
  expect(studentTPoint(0.05, 10)).toBeCloseTo(2.2281, 4);
  expect(studentTPoint(0.001, 30)).toBeCloseTo(3.646, 3);
});

describe('generalized ESD', () => {
  // Rosner's example (1983) as the NIST/SEMATECH e-Handbook of Statistical Methods has it, which cuts digits off.
  const ROSNER = [
    -0.25, 0.68, 0.94, 1.15, 1.2, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56, 1.58, 1.65, 1.69, 1.7, 1.76,
    1.77, 1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.1, 2.14, 2.15, 2.23, 2.24, 2.26, 2.35, 2.37, 2.4, 2.47, 2.54,
    2.62, 2.64, 2.9, 2.92, 2.92, 2.93, 3.21, 3.26, 3.3, 3.59, 3.68, 4.3, 4.64, 5.34, 5.42, 6.01,
  ];

  test('gives the statistics and critical values of Rosner’s example, and its three outliers', () => {
    const { outliers, steps } = generalizedEsd(ROSNER, { most: 10, significance: 0.05 });
    expect(outliers).toBe(3);
    expect(steps.map(({ statistic }) => Number(statistic.toFixed(3)))).toEqual([
      3.119, 2.943, 3.179, 2.81, 2.816, 2.848, 2.279, 2.31, 2.102, 2.067,
    ]);
    expect(steps.map(({ critical }) => Number(critical.toFixed(3)))).toEqual([
      3.159, 3.151, 3.144, 3.136, 3.128, 3.12, 3.112, 3.103, 3.094, 3.085,
    ]);
    expect(steps.slice(0, 3).map(({ index }) => ROSNER[index])).toEqual([6.01, 5.42, 5.34]);
  });

  test('with median and deviations from it, a third of the values cannot hide', () => {
    const random = createRandom(2);
    const values = Array.from({ length: 100 }, (_, i) => (i < 33 ? 100 : 0) + nextNormal(random));
    expect(generalizedEsd(values, { most: 20, significance: 0.01 }).outliers).toBe(0);
    expect(generalizedEsd(values, { most: 40, significance: 0.01, robust: true }).outliers).toBe(33);
  });

  test('what a series is around follows its season and not its anomalies', () => {
    const values = daily(480);
    const spoiled = values.map((value, i) => (i >= 200 && i < 206 ? value + 40 : value));
    const level = seasonalLevel(spoiled, [24]);
    for (let i = 200; i < 206; i += 1)
      expect(Math.abs((level[i] ?? 0) - 50 - 10 * Math.sin((2 * Math.PI * i) / 24))).toBeLessThan(1.5);
  });
});

describe('forecast residuals', () => {
  const judge = (values: Float64Array, detector = new ForecastDetector(0.001)) =>
    Array.from(values, (value, slot) => detector.next(slot, value));

  test('a value that is usual at noon alarms at night, with where it was expected', () => {
    const values = daily(1_000);
    values[906] = 60; // a trough of 40 was due
    const judgement = judge(values)[906];
    expect(judgement?.probability).toBeLessThan(0.0005);
    expect(Math.abs((judgement?.expected ?? 0) - 40)).toBeLessThan(2);
    expect(judgement?.lower).toBeGreaterThan(25);
    expect(judgement?.upper).toBeLessThan(55);
  });

  test('nothing is judged by what comes later', () => {
    const values = daily(1_000);
    const changed = values.map((value, i) => (i < 700 ? value : -value));
    expect(judge(changed).slice(0, 700)).toEqual(judge(values).slice(0, 700));
  });

  test('a stream that pauses goes on as if it had not', () => {
    const values = daily(2_500, 3);
    const whole = judge(values);
    let detector = new ForecastDetector(0.001);
    const resumed = Array.from(values, (value, slot) => {
      const judgement = detector.next(slot, value);
      if (slot % 170 === 169) detector = new ForecastDetector(0.001, undefined, detector.state());
      return judgement;
    });
    expect(resumed).toEqual(whole);
  });

  test('a gap moves the season on', () => {
    const values = daily(1_200);
    const detector = new ForecastDetector(0.001, 24);
    const judged = Array.from(values, (value, slot) =>
      slot < 600 || slot > 609 ? detector.next(slot, value) : undefined,
    );
    const due = 50 + 10 * Math.sin((2 * Math.PI * 610) / 24);
    expect(Math.abs((judged[610]?.expected ?? 0) - due)).toBeLessThan(2);
  });

  test('about 1 point in 100 alarms when that is accepted, whatever the noise', () => {
    const random = createRandom(9);
    for (const source of [() => nextNormal(random), () => Math.exp(nextNormal(random)), () => random()]) {
      const judged = judge(Float64Array.from({ length: 4_000 }, source), new ForecastDetector(0.01));
      const known = judged.filter((judgement) => judgement !== undefined);
      const rate = known.filter(({ probability }) => probability <= 0.01).length / known.length;
      expect(rate).toBeGreaterThan(0.004);
      expect(rate).toBeLessThan(0.016);
    }
  });

  test('a constant series alarms at its first change', () => {
    const judged = judge(Float64Array.from({ length: 400 }, (_, i) => (i === 300 ? 8 : 7)));
    expect(judged.findIndex((judgement) => (judgement?.probability ?? 1) <= 0.001)).toBe(300);
  });
});

test('novelty that is resumed says what it would have said without a pause', () => {
  const values = daily(3_000, 4);
  const whole = new NoveltyAlarms(0.001);
  let resumed = new NoveltyAlarms(0.001);
  for (const [i, value] of values.entries()) {
    expect(resumed.next(value)).toEqual(whole.next(value));
    if (i % 777 === 0) resumed = new NoveltyAlarms(0.001, resumed.state());
  }
});

describe('rows of metrics', () => {
  /** Two metrics that go together, a third that does not. */
  const rows = (n: number) => {
    const random = createRandom(6);
    return Array.from({ length: n }, () => {
      const load = nextNormal(random);
      return Float64Array.of(load + nextNormal(random) / 10, 100 * load + 10 * nextNormal(random), nextNormal(random));
    });
  };

  test('the mean distance is that to the nearest rows, in deviations of each metric', () => {
    const nearest = new NearestRows(10, 2, 2);
    for (const [x, y] of [
      [0, 0],
      [1, 0],
      [0, 30],
      [50, 50],
    ] as const)
      nearest.add(Float64Array.of(x, y));
    const expected = new Float64Array(2);
    const distance = nearest.distance(Float64Array.of(0, 0), Float64Array.of(1, 10), expected, 0);
    expect(distance).toBe((1 + 3) / 2);
    expect([...expected]).toEqual([0.5, 15]);
  });

  test('a row whose metrics part ways alarms, though each is usual alone, and a pause changes nothing', () => {
    const stream = rows(1_500);
    stream[1_400] = Float64Array.of(2.5, -250, 0);
    const whole = new RowAlarms(0.001, 3);
    let resumed = new RowAlarms(0.001, 3);
    const judged = stream.map((row, i) => {
      const judgement = whole.next(row);
      expect(resumed.next(row)?.probability).toBe(judgement?.probability);
      if (i % 250 === 0) resumed = new RowAlarms(0.001, 3, resumed.state());
      return judgement;
    });
    expect(judged[1_400]?.probability).toBeLessThan(0.001);
    expect(judged.filter((judgement) => (judgement?.probability ?? 1) <= 0.001).length).toBeLessThan(6);
  });

  test('an isolation forest sets apart what is far off, whatever the units', () => {
    const all = rows(1_000);
    all[500] = Float64Array.of(4, 700, -6);
    const data = Float64Array.from(all.flatMap((row) => [...row]));
    const forest = fitIsolationForest(data, 3, createRandom(1));
    const scores = Array.from({ length: 1_000 }, (_, row) => forest.score(data, 3 * row));
    expect(scores.indexOf(Math.max(...scores))).toBe(500);
    expect(scores[500]).toBeGreaterThan(0.7);
    expect(scores.toSorted((a, b) => a - b)[500]).toBeLessThan(0.5);
  });
});
