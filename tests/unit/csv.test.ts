import { expect, test } from 'vitest';
import { parseCsv } from '../../models/tabular/csv.ts';

test.each([
  [
    'plain',
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'CRLF and no line end at the end',
    'a,b\r\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a byte-order mark',
    '\ufeffa,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'quotes, commas and line breaks within quotes',
    '"a ""x""","b,\r\nc"\n1,\n',
    [
      ['a "x"', 'b,\r\nc'],
      ['1', ''],
    ],
  ],
  [
    'empty fields',
    ',\n,x,\n',
    [
      ['', ''],
      ['', 'x', ''],
    ],
  ],
  [
    'an empty field at the very end',
    'a,b\n1,',
    [
      ['a', 'b'],
      ['1', ''],
    ],
  ],
  ['blank lines', 'a\n\n1\n\n', [['a'], ['1']]],
])('reads %s', (_, text, rows) => {
  expect(parseCsv(text)).toEqual(rows);
});

test('says where a field is malformed', () => {
  expect(() => parseCsv('a,b\n1,"2" x\n')).toThrow('character 6');
});
