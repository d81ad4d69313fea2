import { expect, test } from 'vitest';
import { NoveltyDetector, noveltyScores, onlyRecords } from '../../../../models/anomaly/novelty-detector.ts';
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

test('a day cut short is new as a course, though each of its values is known', () => {
  const random = createRandom(4);
  const daily = Float64Array.from(
    { length: 20 * 288 },
    (_, i) => (i % 288 > 96 && i % 288 < 192 ? 80 : 20) + nextNormal(random),
  );
  const noon = 15 * 288 + 144;
  const values = daily.map((value, i) => (i >= noon && i < noon + 48 ? value - 60 : value));
  const detector = new NoveltyDetector(2000);
  const novelty = Array.from(values, (value) => {
    const judged = detector.judge(value);
    detector.add(value);
    return judged;
  });
  const usual = novelty.slice(noon - 864, noon);
  const cut = novelty.slice(noon, noon + 72);
  expect(Math.max(...cut.map(({ shape }) => shape))).toBeGreaterThan(3 * Math.max(...usual.map(({ shape }) => shape)));
  expect(Math.max(...cut.map(({ value }) => value))).toBeLessThan(3);
});

test('a detector forgets beyond its memory, and what it remembers is all that matters', () => {
  const values = noise(3000);
  const whole = new NoveltyDetector(400);
  for (const value of values) whole.add(value);
  const restored = new NoveltyDetector(400);
  for (const value of values.slice(-NoveltyDetector.reach(400))) restored.add(value);
  expect(restored.judge(9)).toEqual(whole.judge(9));
  expect(Number.isFinite(whole.judge(9).shape)).toBe(true);
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
