import { describe, expect, test } from 'vitest';
import { colorAt } from '../../../web/src/charts/color-scale.ts';
import { toCsv } from '../../../web/src/format/csv.ts';
import {
  axisFormatter,
  axisName,
  formatChange,
  formatShort,
  formatValue,
} from '../../../web/src/format/number-format.ts';

describe('a value is written as its unit asks', () => {
  test.each([
    [1_204, 'requests', '1,204 requests'],
    [1_284_300, 'requests', '1.28M requests'],
    [0.5, 'requests', '0.5 requests'],
    [350.4, 'ms', '350 ms'],
    [1_240, 'ms', '1.24 s'],
    [185_000, 'ms', '3.08 min'],
    [34, 's', '34 s'],
    [0.25, 'seconds', '250 ms'],
    [9_000, 's', '2.5 h'],
    [5_200_000, 'bytes', '5.2 MB'],
    [12.34, 'percent', '12.3%'],
    [0.0891, 'fraction', '8.91%'],
    [0.0242, 'ratio', '2.42%'],
    [0.9413, '', '0.941'],
    [5.77, 'min', '5.77 min'],
    [-42, '', '-42'],
    [0, 'ms', '0'],
  ])('%s %s is %s', (value, unit, written) => {
    expect(formatValue(value, unit, 'en')).toBe(written);
  });

  test('what is not known is a dash, and not a zero', () => {
    expect(formatValue(null, 'ms', 'en')).toBe('–');
    expect(formatShort(Number.NaN, 'requests', 'en')).toBe('–');
  });
});

test('the figures of one axis have one scale', () => {
  const write = axisFormatter('ms', 1_500, 'en');

  expect([0, 300, 900, 1_500].map(write)).toEqual(['0', '0.3 s', '0.9 s', '1.5 s']);
});

test('an axis names its unit where its figures do not', () => {
  expect([axisName('requests'), axisName('ms'), axisName('%')]).toEqual(['requests', '', '']);
});

test('a change has a sign, and none has none', () => {
  expect([0.12, -0.0534, 0].map((ratio) => formatChange(ratio, 'en'))).toEqual(['+12%', '-5.34%', '0%']);
});

describe('CSV', () => {
  test('quotes what needs it and keeps numbers as numbers', () => {
    expect(toCsv([['a,b', 'say "hi"', 'two\nlines', -1.5, null, '']])).toBe(
      '"a,b","say ""hi""","two\nlines",-1.5,,\r\n',
    );
  });

  test.each(['=HYPERLINK("http://evil.example")', '+1', '-2+3', '@SUM(A1)', '\tcmd'])(
    'is safe to open in a spreadsheet: %s is a text',
    (formula) => {
      expect(toCsv([[formula]])).toMatch(/^"?'/);
    },
  );
});

test('a scale of colours is mixed between its colours and ends at them', () => {
  const scale = ['#000000', '#808080', '#ffffff'];

  expect([-1, 0, 0.25, 0.5, 1, 2].map((share) => colorAt(scale, share))).toEqual([
    '#000000',
    '#000000',
    '#404040',
    '#808080',
    '#ffffff',
    '#ffffff',
  ]);
});
