import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import plugin from '../../../plugins/user-behavior/index.ts';
import { processContext } from '../../support/process-context.ts';

const START = Date.UTC(2026, 0, 1, 10);

interface SessionSketch {
  readonly userId?: string;
  readonly pages: readonly string[];
  readonly stepSeconds?: number;
  readonly extra?: readonly { type: string; afterMs: number; target?: string }[];
}

const sketch = ({ userId, pages, stepSeconds = 10, extra = [] }: SessionSketch, index: number) => ({
  sessionId: `s${index}`,
  ...(userId === undefined ? {} : { userId }),
  events: [
    ...pages.map((page, step) => ({ type: 'pageview', timestamp: START + step * stepSeconds * 1000, data: { page } })),
    ...extra.map(({ type, afterMs, target }) => ({ type, timestamp: START + afterMs, data: { target } })),
  ],
});

const analyze = (data: object) =>
  plugin.process(plugin.input.parse(data), processContext({ now: () => new Date('2026-03-01T00:00:00Z') }));
const analyzeSketches = (sketches: readonly SessionSketch[]) => analyze({ sessions: sketches.map(sketch) });

describe('sessions', () => {
  test('are counted, with bounces, pages and durations', async () => {
    const { sessions, metrics } = await analyzeSketches([
      { userId: 'ann', pages: ['/a', '/b', '/c'], stepSeconds: 30 },
      { userId: 'ann', pages: ['/a'] },
      { userId: 'bob', pages: ['/a', '/a', '/b'], stepSeconds: 60 },
      { pages: ['/b'] },
    ]);

    expect(sessions).toMatchObject({
      count: 4,
      users: 2,
      anonymousSessions: 1,
      returningUsers: 1,
      sessionsPerUser: 1.5,
      bounces: 2,
      bounceRate: 0.5,
      // 3 + 1 + 2 (the reload does not count) + 1
      pagesPerSession: 1.75,
      durationSeconds: { mean: 45, median: 30, max: 120 },
    });
    expect(metrics).toMatchObject({ sessions: 4, users: 2, bounceRate: 0.5 });
  });

  test('are cut from a list of events where the user was silent for more than 30 minutes', async () => {
    const at = (minutes: number, userId = 'ann') => ({
      type: 'pageview',
      userId,
      timestamp: START + minutes * 60_000,
      data: { page: '/a' },
    });

    const { sessions } = await analyze({ events: [at(61), at(0), at(30), at(0, 'bob')] });

    expect(sessions).toMatchObject({ count: 3, users: 2, returningUsers: 1 });
  });

  test('sent in parts with the same id are one', async () => {
    const part = (minutes: number) => ({
      sessionId: 's',
      userId: 'u',
      events: [{ type: 'pageview', timestamp: START + minutes * 60_000 }],
    });

    expect((await analyze({ sessions: [part(0), part(5)] })).sessions).toMatchObject({
      count: 1,
      durationSeconds: { max: 300 },
    });
  });
});

describe('flows', () => {
  const sketches = [
    { pages: ['/home', '/cart', '/pay'] },
    { pages: ['/home', '/cart'] },
    { pages: ['/home', '/help'] },
    { pages: ['/cart', '/home', '/cart'] },
  ];

  test('are the moves between pages with their probabilities', async () => {
    const { flows } = await analyzeSketches(sketches);

    expect(flows.transitions.items).toEqual([
      { from: '/home', to: '/cart', count: 3, probability: 0.75 },
      { from: '/cart', to: '/home', count: 1, probability: 0.5 },
      { from: '/cart', to: '/pay', count: 1, probability: 0.5 },
      { from: '/home', to: '/help', count: 1, probability: 0.25 },
    ]);
    expect(flows.entries.items[0]).toEqual({ page: '/home', count: 3, share: 0.75 });
    expect(flows.exits.items[0]).toEqual({ page: '/cart', count: 2, share: 0.5 });
    expect(flows.topPaths.items[0]?.path).toEqual(['/cart', '/home', '/cart']);
  });

  test('leave from each page with probabilities that sum to one', async () => {
    const { flows } = await analyzeSketches(sketches);
    const sums = new Map<string, number>();
    for (const { from, probability } of flows.transitions.items) sums.set(from, (sums.get(from) ?? 0) + probability);

    for (const sum of sums.values()) expect(sum).toBeCloseTo(1, 3);
  });
});

test('the engagement score is what its formula says', async () => {
  const { engagement } = await analyzeSketches([{ pages: ['/a', '/b', '/c', '/d'], stepSeconds: 60 }]);

  // Three pages beyond the first, 180 seconds, no interaction: 63.2% of 40 and of 40.
  expect(engagement.mean).toBeCloseTo(80 * (1 - Math.exp(-1)), 1);
});

describe('patterns', () => {
  test('are runs of pages many sessions share, with their lift', async () => {
    const { patterns } = await analyzeSketches([
      ...Array.from({ length: 3 }, () => ({ pages: ['/a', '/b'] })),
      ...Array.from({ length: 3 }, () => ({ pages: ['/c'] })),
    ]);

    // All sessions with /a went on to /b, which half of all sessions saw.
    expect(patterns).toEqual([
      expect.objectContaining({
        kind: 'frequent-path',
        support: 3,
        evidence: { path: ['/a', '/b'], share: 0.5, lift: 2 },
      }),
    ]);
  });

  test('are going back and forth, and hammering at something', async () => {
    const clicks = [0, 300, 600].map((afterMs) => ({ type: 'click', afterMs, target: '#pay' }));

    const { patterns, insights } = await analyzeSketches([
      ...Array.from({ length: 3 }, () => ({ pages: ['/a', '/b', '/a'] })),
      { pages: ['/c'], extra: clicks },
    ]);

    expect(patterns).toContainEqual(expect.objectContaining({ kind: 'back-and-forth', support: 3 }));
    expect(patterns).toContainEqual(expect.objectContaining({ kind: 'burst', support: 1 }));
    expect(insights).toContainEqual(expect.objectContaining({ kind: 'frustration', severity: 'warning' }));
  });
});

describe('insights', () => {
  test('say that there is too little to conclude from', async () => {
    const { insights } = await analyzeSketches(Array.from({ length: 29 }, () => ({ pages: ['/a'] })));

    expect(insights).toMatchObject([{ kind: 'insufficient_data', evidence: { sessions: 29, needed: 30 } }]);
  });

  test('name a high bounce rate only when its interval leaves no doubt', async () => {
    const bounceInsight = async (bounces: number) => {
      const sketches = Array.from({ length: 40 }, (_, index) => ({ pages: index < bounces ? ['/a'] : ['/a', '/b'] }));
      return (await analyzeSketches(sketches)).insights.find(({ kind }) => kind === 'high-bounce-rate');
    };

    expect(await bounceInsight(24)).toBeUndefined();
    expect(await bounceInsight(36)).toMatchObject({ evidence: { bounces: 36, sessions: 40, rate: 0.9 } });
  });
});

test('the order of the input changes nothing', async () => {
  const { data } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../docs/examples/user-behavior.json'), 'utf8'),
  );
  const reversed = {
    sessions: data.sessions
      .map((session: { events: object[] }) => ({ ...session, events: [...session.events].reverse() }))
      .reverse(),
  };

  expect(await analyze(reversed)).toEqual(await analyze(data));
});

test('a session without events is a bounce of no length', async () => {
  const { sessions } = await analyze({ sessions: [{ sessionId: 's', startTime: '2026-01-01T00:00:00Z' }] });

  expect(sessions).toMatchObject({ count: 1, bounces: 1, durationSeconds: { max: 0 } });
});

describe('mistakes are named', () => {
  test.each([
    [
      'seconds',
      { sessions: [{ sessionId: 's', events: [{ type: 'x', timestamp: 1_700_000_000 }] }] },
      'looks like seconds',
    ],
    ['a time without zone', { sessions: [{ sessionId: 's', startTime: '2026-01-01 10:00' }] }, 'ISO 8601'],
    [
      'an end before the start',
      { sessions: [{ sessionId: 's', startTime: '2026-01-02T00:00:00Z', endTime: '2026-01-01T00:00:00Z' }] },
      'before startTime',
    ],
    ['nothing at all', {}, 'at least one session'],
    ['a session without id', { sessions: [{ events: [] }] }, 'names the session'],
  ])('%s', (_, data, message) => {
    expect(JSON.stringify(plugin.input.safeParse(data).error?.issues)).toContain(message);
  });
});
