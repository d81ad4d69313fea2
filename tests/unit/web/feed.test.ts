import { expect, test } from 'vitest';
import { entryOf, mergeEntries } from '../../../web/src/live/feed.ts';

const pushed = (event: string, eventId: string, data: Record<string, unknown>, timestamp = '2026-03-01T00:00:00Z') =>
  entryOf({ event, eventId, cursor: 'c', stream: 'analytics', timestamp, data });

type Entry = Exclude<ReturnType<typeof entryOf>, undefined>;

const add = (present: Entry[], entry: Entry): Entry[] => mergeEntries(present, [entry]);

const insight = {
  analysisId: 'a',
  type: 'performance',
  title: 'Slow',
  message: 'It is slow',
  severity: 'critical',
  confidence: 0.9,
  evidence: { p95: 3_000 },
};

test('an insight that is also an alert is one entry', () => {
  const entries = ['insight', 'alert'].flatMap((kind) => {
    const entry = pushed(kind === 'alert' ? 'alert:critical' : 'insight:new', `a:${kind}:0`, insight);
    return entry === undefined ? [] : [entry];
  });

  const [only, ...others] = entries.reduce<Entry[]>(add, []);
  expect(others).toEqual([]);
  expect(only).toMatchObject({
    severity: 'critical',
    title: 'Slow',
    message: 'It is slow',
    evidence: { p95: 3_000 },
    isNew: true,
  });
});

test('the newest comes first, whenever it was read', () => {
  const late = pushed('insight:new', 'b:insight:0', { ...insight, title: 'Late' }, '2026-03-02T00:00:00Z');
  const early = pushed('insight:new', 'a:insight:0', insight);
  const merged = [early, late].flatMap((entry) => entry ?? []).reduceRight<Entry[]>(add, []);

  expect(merged.map(({ title }) => title)).toEqual(['Late', 'Slow']);
});

test('a failed analysis says why, and an update is no finding', () => {
  const failed = pushed('analytics:failed', 'a:failed', {
    analysisId: 'a',
    type: 'x',
    error: { code: 'plugin.timeout', message: 'It took too long' },
  });

  expect(failed).toMatchObject({
    title: 'An analysis failed',
    message: 'It took too long',
    evidence: { code: 'plugin.timeout' },
  });
  expect(pushed('analytics:update', 'a:update', { analysisId: 'a', type: 'x' })).toBeUndefined();
});

test('a plugin that returns less than an insight still has its say', () => {
  expect(
    pushed('insight:new', 'a:insight:0', { analysisId: 'a', type: 'x', message: 'Only this', severity: 'odd' }),
  ).toMatchObject({
    title: 'Only this',
    message: '',
    severity: 'info',
    evidence: {},
  });
});
