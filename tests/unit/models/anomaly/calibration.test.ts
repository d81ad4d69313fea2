import { describe, expect, test } from 'vitest';
import { AlarmCalibrator } from '../../../../models/anomaly/alarm-calibrator.ts';
import { ForecastDetector } from '../../../../models/anomaly/forecast-detector.ts';
import { fitParetoTail } from '../../../../models/anomaly/pareto-tail.ts';
import { stepOf } from '../../../../models/anomaly/value-steps.ts';
import { createRandom, nextNormal, type Random } from '../../../../models/statistics/random.ts';

const exponential = (random: Random): number => -Math.log(1 - random());

const SOURCES: Readonly<Record<string, (random: Random) => number>> = {
  normal: nextNormal,
  exponential,
  lognormal: (random) => Math.exp(nextNormal(random)),
  // A ratio of a normal and the root of a gamma variable: Student's t of 4 degrees of freedom.
  'heavy-tailed': (random) => nextNormal(random) / Math.sqrt((exponential(random) + exponential(random)) / 2),
};

/** Mean share of the source that exceeds the point a sample's tail gives for a probability, as a multiple of it. */
const realised = (source: (random: Random) => number, n: number, probability: number): number => {
  const random = createRandom(11);
  const whole = Float64Array.from({ length: 100_000 }, () => source(random)).sort();
  let exceeding = 0;
  const samples = 40;
  for (let k = 0; k < samples; k += 1) {
    const point = fitParetoTail(Float64Array.from({ length: n }, () => source(random)).sort()).quantile(probability);
    exceeding += whole.reduce((count, value) => count + (value > point ? 1 : 0), 0);
  }
  return exceeding / samples / whole.length / probability;
};

describe.each(Object.entries(SOURCES))('a %s source', (_, source) => {
  test('exceeds the point of 1 in 1,000 about that often, told from 1,000 values', () => {
    const ratio = realised(source, 1_000, 0.001);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});

test('the highest of a short sample of noise is nothing strange', () => {
  const random = createRandom(4);
  let strange = 0;
  for (let k = 0; k < 200; k += 1) {
    const sample = Float64Array.from({ length: 50 }, () => nextNormal(random)).sort();
    if (fitParetoTail(sample).probability(sample.at(-1) ?? 0) < 0.001) strange += 1;
  }
  // The highest of 50 is above the point of 1 in 1,000 in one sample of twenty.
  expect(strange).toBeLessThan(20);
});

test('the probability of a quantile is the probability it was asked for', () => {
  const random = createRandom(3);
  const tail = fitParetoTail(Float64Array.from({ length: 1_000 }, () => exponential(random)).sort());
  for (const probability of [0.05, 0.01, 0.001, 1e-5])
    expect(tail.probability(tail.quantile(probability)) / probability).toBeCloseTo(1, 3);
});

test('the highest values of a sample, were they anomalies, hardly move its tail', () => {
  const random = createRandom(5);
  const sample = Float64Array.from({ length: 1_000 }, () => exponential(random)).sort();
  const spoiled = sample.map((value, i) => (i >= 992 ? 1e6 : value));
  const ratio = fitParetoTail(spoiled).quantile(0.001) / fitParetoTail(sample).quantile(0.001);
  expect(ratio).toBeGreaterThan(0.8);
  expect(ratio).toBeLessThan(1.25);
});

test('what differs from a constant has the smallest probability that so many values bear out', () => {
  const tail = fitParetoTail(new Float64Array(200).fill(3));
  expect(tail.probability(3)).toBe(1);
  expect(tail.probability(3.001)).toBeCloseTo(1 / (20 * 201), 12);
});

const poisson = (random: Random, mean: number): number => {
  let count = -1;
  for (let sum = 0; sum < mean; count += 1) sum += exponential(random);
  return count;
};

const SMALL_NUMBERS: Readonly<Record<string, (random: Random) => number>> = {
  'a count every thirty points': (random) => poisson(random, 0.03),
  'a count every ten points': (random) => poisson(random, 0.1),
  'counts around five': (random) => poisson(random, 5),
  'rounded values': (random) => Math.round(10 + 2 * nextNormal(random)),
};

describe.each(Object.entries(SMALL_NUMBERS))('a stream of %s', (_, source) => {
  const random = createRandom(6);
  const samples = Array.from({ length: 10 }, () => Float64Array.from({ length: 1_000 }, () => source(random)));

  test('alarms no more often than stated, point by point, and calls nothing impossible', () => {
    const probabilities = samples.flatMap((values) => {
      const detector = new ForecastDetector(0.001, 1);
      return [...values].map((value, slot) => detector.next(slot, value)?.probability ?? 1);
    });
    // 9,000 are judged: more than 20 alarms come once in a thousand times.
    expect(probabilities.filter((probability) => probability <= 0.001).length).toBeLessThanOrEqual(20);
    expect(Math.min(...probabilities)).toBeGreaterThan(1e-6);
  });

  test('alarms no more often than stated, as a whole, and calls nothing impossible', () => {
    const probabilities = samples.flatMap((values) => {
      const tail = fitParetoTail(values.toSorted(), stepOf(values));
      return Array.from(values, (value) => tail.probability(value));
    });
    expect(probabilities.filter((probability) => probability <= 0.001).length).toBeLessThanOrEqual(22);
    expect(Math.min(...probabilities)).toBeGreaterThan(1e-6);
  });
});

test('a count far beyond all others still alarms', () => {
  const random = createRandom(9);
  const detector = new ForecastDetector(0.001, 1);
  for (let slot = 0; slot < 1_000; slot += 1) detector.next(slot, poisson(random, 0.1));
  expect(detector.next(1_000, 8)?.probability).toBeLessThan(0.001);
});

test('counts that come after long silence are soon nothing strange', () => {
  const random = createRandom(10);
  const detector = new ForecastDetector(0.001, 1);
  for (let slot = 0; slot < 2_000; slot += 1) detector.next(slot, 0);
  let alarms = 0;
  for (let slot = 2_000; slot < 4_000; slot += 1)
    if ((detector.next(slot, poisson(random, 0.1))?.probability ?? 1) <= 0.001) alarms += 1;
  expect(alarms).toBeGreaterThan(0);
  expect(alarms).toBeLessThan(20);
});

test('the step of counts is 1 also with a value between; a constant has none; rounding by the machine is none', () => {
  expect(stepOf([3, 1, 2, 5, 4, 7, 9, 6, 6.5, 8, 10, 11, 12])).toBe(1);
  expect(stepOf([2, 2, 2])).toBe(0);
  expect(stepOf([0.3, 0.1 + 0.2])).toBe(0);
});

test('a calibrator that is resumed says what it would have said without a pause', () => {
  const random = createRandom(8);
  const whole = new AlarmCalibrator(0.001, 2);
  let resumed = new AlarmCalibrator(0.001, 2);
  for (let i = 0; i < 3_000; i += 1) {
    const score = nextNormal(random);
    expect(resumed.probability(score)).toBe(whole.probability(score));
    whole.add(score);
    resumed.add(score);
    if (i % 333 === 0) resumed = new AlarmCalibrator(0.001, 2, resumed.state());
  }
  expect(resumed.bounds).toEqual(whole.bounds);
});

test('until 100 scores are known nothing is an alarm', () => {
  const calibrator = new AlarmCalibrator(0.001, 1);
  for (let i = 0; i < 99; i += 1) calibrator.add(i);
  expect(calibrator.probability(1e9)).toBe(1);
  calibrator.add(99);
  expect(calibrator.probability(1e9)).toBeLessThan(0.001);
});
