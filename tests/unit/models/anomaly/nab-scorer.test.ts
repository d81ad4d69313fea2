import { expect, test } from 'vitest';
import { scoreNab } from '../../../../bench/accuracy/nab-scorer.ts';

const COSTS = { tpWeight: 1, fpWeight: 0.11, fnWeight: 1 };
const times = Float64Array.from({ length: 1000 }, (_, index) => index * 60_000);
const detect = (...points: number[]) => ({
  times,
  scores: times.map((_, index) => (points.includes(index) ? 1 : 0)),
  windows: [[500 * 60_000, 599 * 60_000]] as const,
});

test('the first point of the window is worth everything, no detection nothing', () => {
  expect(scoreNab([detect(500)], COSTS).score).toBeCloseTo(100, 10);
  expect(scoreNab([{ ...detect(), scores: new Float64Array(1000) }], COSTS).score).toBe(0);
});

test('the middle of the window is worth 0.848 of 0.987, as the paper has it', () => {
  // Position -0.5 gives 0.84828 and position -1 gives 0.98661; missing counts -1 and the span is 2.
  expect(scoreNab([detect(550)], COSTS).score).toBeCloseTo((100 * (0.84828 / 0.98661 + 1)) / 2, 3);
});

test('a false alarm costs its weight, and nothing within the probation', () => {
  expect(scoreNab([detect(400, 500)], COSTS).score).toBeCloseTo(100 - (100 * 0.11) / 2, 6);
  expect(scoreNab([detect(100, 500)], COSTS).score).toBeCloseTo(100, 10);
});

test('only the best detection of a window counts', () => {
  expect(scoreNab([detect(500, 520, 540)], COSTS).score).toBeCloseTo(100, 10);
});
