import { describe, expect, test } from 'vitest';
import { AlarmCalibrator } from '../../../../models/anomaly/alarm-calibrator.ts';
import { fitParetoTail } from '../../../../models/anomaly/pareto-tail.ts';
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

test('what differs from a constant has the smallest probability there is', () => {
  const tail = fitParetoTail(new Float64Array(200).fill(3));
  expect(tail.probability(3)).toBe(1);
  expect(tail.probability(3.001)).toBe(1e-9);
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
