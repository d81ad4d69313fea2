import { expect, test } from 'vitest';
import { createHyperLogLog } from '../../../../models/statistics/hyper-log-log.ts';

const countOf = (from: number, to: number) => {
  const uniques = createHyperLogLog();
  for (let user = from; user < to; user += 1) uniques.add(`user-${user}`);
  return uniques;
};

test('up to 256 different values are counted exactly, however often each comes', () => {
  const uniques = countOf(0, 256);
  uniques.merge(countOf(100, 256).store());
  uniques.add('user-7');

  expect(uniques.estimate()).toBe(256);
  expect(createHyperLogLog().estimate()).toBe(0);
});

test.each([300, 1_000, 4_096, 20_000, 100_000])('estimates %i different values within 4 standard errors', (count) => {
  expect(Math.abs(countOf(0, count).estimate() / count - 1)).toBeLessThan(4 * (1.04 / Math.sqrt(4096)));
});

test('the error over many sets is the stated one: 1.6%, without a bias', () => {
  const errors = Array.from({ length: 60 }, (_, set) => countOf(set * 3_000, (set + 1) * 3_000).estimate() / 3_000 - 1);
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);

  expect(deviation).toBeGreaterThan(0.008);
  expect(deviation).toBeLessThan(0.021);
  expect(Math.abs(mean)).toBeLessThan(0.0065);
});

test('merged parts are the whole, whatever their order and overlap', () => {
  const whole = countOf(0, 5_000).store();
  const parts = [countOf(0, 200), countOf(4_000, 5_000), countOf(150, 4_100)].map((part) => part.store());
  const merged = [parts, parts.toReversed(), [...parts, ...parts]].map((order) => {
    const uniques = createHyperLogLog();
    for (const part of order) uniques.merge(part);
    return uniques.store();
  });

  expect(merged).toEqual([whole, whole, whole]);
});

test('sets that together pass the exact size become the same as if they had been one', () => {
  const uniques = countOf(0, 200);
  uniques.merge(countOf(100, 300).store());

  expect(uniques.store()).toEqual(countOf(0, 300).store());
});
