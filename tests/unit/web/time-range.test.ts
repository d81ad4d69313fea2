import { describe, expect, test } from 'vitest';
import { parseRoute } from '../../../web/src/route-of-address.ts';
import { describeRange, fromQuery, problemOfPeriod, toQuery } from '../../../web/src/time/time-range.ts';

const fixed = { start: '2026-03-01T00:00:00.000Z', end: '2026-03-02T00:00:00.000Z' };

describe('a range in the address', () => {
  test.each([[{ last: '24h' }], [{ last: '4w' }], [fixed]])('%o is found again', (range) => {
    expect(fromQuery(toQuery(range))).toEqual(range);
  });

  test.each([
    'last=0h',
    'last=24',
    'last=1y',
    'start=x&end=y',
    `start=${fixed.end}&end=${fixed.start}`,
    'start=2026-01-01',
  ])('that makes no sense is none: %s', (query) => {
    expect(fromQuery(new URLSearchParams(query))).toBeUndefined();
  });
});

test('a range has words', () => {
  expect(describeRange({ last: '24h' })).toBe('Last 24 hours');
  expect(describeRange({ last: '1d' })).toBe('Last day');
  expect(describeRange(fixed, 'en')).toMatch(/^\w+ \d+, 2026, .* – /);
});

test('two times that make no range are told apart', () => {
  expect(problemOfPeriod('', '2026-03-02T00:00')).toMatch('starts');
  expect(problemOfPeriod('2026-03-02T00:00', '')).toMatch('ends');
  expect(problemOfPeriod('2026-03-02T00:00', '2026-03-01T00:00')).toMatch('later');
  expect(problemOfPeriod('2026-03-01T00:00', '2026-03-02T00:00')).toBeUndefined();
});

describe('an address of the page', () => {
  test('names a dashboard, whatever its id holds', () => {
    expect(parseRoute('/dashboards/plugin%3Aperformance', '?last=7d', '')).toEqual({
      page: 'dashboard',
      id: 'plugin:performance',
      range: { last: '7d' },
    });
  });

  test('keeps the token of a shared dashboard behind the hash, where no server sees it', () => {
    expect(parseRoute('/shared', '', '#abc-_123')).toEqual({ page: 'shared', token: 'abc-_123', range: undefined });
  });

  test('that is none is told', () => {
    expect(parseRoute('/dashboards/a/b', '', '')).toEqual({ page: 'unknown' });
  });
});
