import { expect, test } from 'vitest';
import { noveltyScores, onlyRecords } from '../../../../models/anomaly/novelty-detector.ts';
import { createRandom, nextNormal } from '../../../../models/statistics/random.ts';

const noise = (points: number, seed = 1): Float64Array => {
  const random = createRandom(seed);
  return Float64Array.from({ length: points }, () => nextNormal(random));
};

test('a value far from all before it scores highest', () => {
  const values = noise(1000);
  values[700] = 12;
  const scores = noveltyScores(values);
  expect(scores.indexOf(Math.max(...scores))).toBe(700);
});

test('a gap between two known levels is as new as an extreme', () => {
  const values = noise(1000).map((value, index) => value / 10 + (index % 2 === 0 ? 10 : -10));
  values[800] = 0;
  const scores = noveltyScores(values);
  expect(scores.indexOf(Math.max(...scores))).toBe(800);
});

test('no point is judged by what comes after it', () => {
  const values = noise(1500);
  const changed = values.map((value, index) => (index < 900 ? value : 1e6));
  const detect = (series: Float64Array) => onlyRecords(noveltyScores(series)).slice(0, 900);
  expect(detect(changed)).toEqual(detect(values));
});

test('the unit of the values does not matter', () => {
  const values = noise(600);
  const scaled = noveltyScores(values.map((value) => 1000 * value));
  for (const [index, score] of noveltyScores(values).entries()) expect(scaled[index]).toBeCloseTo(score, 4);
});

test('a constant series has no anomaly', () => {
  expect(Math.max(...noveltyScores(new Float64Array(500).fill(7)))).toBe(0);
});

test('a stream longer than the memory is scored to its end', () => {
  const values = noise(45_000);
  values[44_990] = 30;
  const scores = noveltyScores(values);
  expect(scores.every(Number.isFinite)).toBe(true);
  expect(scores.indexOf(Math.max(...scores.slice(44_000)))).toBe(44_990);
});

test('after an alarm only a stranger point is news, until the alarm has aged', () => {
  const scores = new Float64Array(400);
  scores[200] = 5;
  scores[210] = 4;
  scores[215] = 6;
  scores[300] = 3;
  const records = onlyRecords(scores);
  expect([200, 210, 215, 300].map((index) => records[index])).toEqual([5, 0, 6, 3]);
});
