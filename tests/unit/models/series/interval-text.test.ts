import { expect, test } from 'vitest';
import { parseInterval, spanInWords } from '../../../../models/series/interval-text.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test.each([
  ['1h', { unit: 'milliseconds', every: HOUR }],
  ['5m', { unit: 'milliseconds', every: 300_000 }],
  ['business-day', { unit: 'business-days', rest: [0, 6] }],
  ['15 min', { unit: 'milliseconds', every: 15 * 60_000 }],
  ['P1W', { unit: 'milliseconds', every: 7 * DAY }],
  ['PT1M', { unit: 'milliseconds', every: 60_000 }],
  ['P1M', { unit: 'months', every: 1 }],
  ['1q', { unit: 'months', every: 3 }],
  ['P1Y', { unit: 'months', every: 12 }],
])('%s is an interval', (text, interval) => {
  expect(parseInterval(text)).toEqual(interval);
});

test.each(['monthly', '0d', '0h', '1', '1 fortnight', '1 constructor', 'P1D12H', 'PT1D'])(
  '%s is not an interval',
  (text) => {
    expect(parseInterval(text)).toBeUndefined();
  },
);

test('so many intervals are said in the largest unit', () => {
  expect(spanInWords(24, { unit: 'milliseconds', every: HOUR })).toBe('1 day');
  expect(spanInWords(4, { unit: 'months', every: 3 })).toBe('1 year');
});
