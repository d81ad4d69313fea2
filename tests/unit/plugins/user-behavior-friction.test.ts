import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../models/statistics/random.ts';
import { analyzeVisits, pages, type Step, times, visit } from '../../support/visits.ts';

const clicks = (count: number, after: number): Step[] => times(count, () => ({ click: '#pay', after }));

describe('rage clicks', () => {
  test('are three or more within a second of each other, with what came of them', async () => {
    const { rageClicks } = await analyzeVisits({
      sessions: [
        visit('left', [...pages('/cart'), ...clicks(4, 300)]),
        visit('answered', [...pages('/cart'), ...clicks(3, 300), { page: '/thanks', after: 2_000 }]),
        visit('twice', [...clicks(3, 200), { page: '/help' }, ...clicks(3, 200), { click: '#other' }]),
        visit('calm', clicks(5, 3_000)),
      ],
    });

    expect(rageClicks).toEqual({
      omitted: 0,
      items: [
        {
          target: '#pay',
          sessions: 3,
          clickingSessions: 4,
          rate: 0.75,
          interval: [0.3006, 0.9544],
          times: 4,
          medianClicks: 3,
          mostClicks: 4,
          outcomes: { answered: 0.25, left: 0.25, wentOn: 0.5 },
        },
      ],
    });
  });
});

describe('loops', () => {
  test('are cycles gone round twice or more, wherever they were entered', async () => {
    const { loops } = await analyzeVisits({
      sessions: [
        visit('a', pages('/a', '/b', '/a', '/b', '/a', '/b', '/end')),
        visit('b', pages('/start', '/b', '/a', '/b', '/a')),
        visit('c', pages('/x', '/y', '/z', '/x', '/y', '/z')),
        visit('d', pages('/a', '/b', '/a')),
      ],
    });

    expect(loops.items).toEqual([
      { cycle: ['/a', '/b'], sessions: 2, share: 0.5, medianTurns: 2.5, mostTurns: 3, endedInside: 1 },
      { cycle: ['/x', '/y', '/z'], sessions: 1, share: 0.25, medianTurns: 2, mostTurns: 2, endedInside: 1 },
    ]);
  });
});

describe('dead ends', () => {
  const sessions = (ends: number) =>
    times(60, (index) =>
      visit(`s${index}`, pages('/home', '/list', ...(index < ends ? ['/error'] : ['/error', '/buy', '/thanks']))),
    );

  test('are pages after which nothing happens, goals aside', async () => {
    const goal = [{ name: 'sale', steps: [{ page: '/buy' }, { page: '/thanks' }] }];

    const { deadEnds } = await analyzeVisits({ sessions: sessions(30), funnels: goal });

    expect(deadEnds).toMatchObject({
      status: 'ok',
      items: [{ kind: 'page', action: '/error', times: 60, ended: 30, rate: 0.5, othersRate: 0 }],
    });
    expect((await analyzeVisits({ sessions: sessions(0), funnels: goal })).deadEnds).toMatchObject({ items: [] });
  });
});

describe('bots', () => {
  const random = createRandom(9);
  const person = (index: number) =>
    visit(
      `p${index}`,
      times(14, (step) => ({
        ...(step % 4 === 3 ? { click: '#more' } : { page: `/p${Math.floor(random() * 9)}` }),
        after: Math.round(2_000 - 8_000 * Math.log(1 - random())),
      })),
      { userAgent: 'Mozilla/5.0 (Linux; Android 11; CUBOT_X18) Chrome/120' },
    );
  const people = times(40, person);
  const reasonOf = async (session: object) => (await analyzeVisits({ sessions: [...people, session] })).bots.items;

  test('are not people', async () => {
    expect((await analyzeVisits({ sessions: people })).bots).toMatchObject({ sessions: 0, share: 0, items: [] });
  });

  test.each([
    ['say so', visit('b', pages('/a'), { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' }), 'user agent'],
    [
      'run like a clock',
      visit(
        'b',
        times(15, (i) => ({ page: `/p${i % 3}`, after: 5_000 + (i % 2) })),
      ),
      'all alike',
    ],
    [
      'read faster than people',
      visit(
        'b',
        times(12, (i) => ({ page: `/p${i % 5}`, after: 200 + ((i * 97) % 400) })),
      ),
      'half of its 12 pages',
    ],
  ])('%s', async (_, session, reason) => {
    expect(await reasonOf(session)).toMatchObject([{ sessionId: 'b', reasons: [expect.stringContaining(reason)] }]);
  });

  test.each([
    ['heartbeats', 15_000],
    ['impressions', 40],
  ])('are no app’s %s', async (type, apart) => {
    const events = times(30, (index) => ({ type, timestamp: Date.UTC(2026, 0, 5) + index * apart }));

    expect(await reasonOf({ sessionId: 'b', events })).toEqual([]);
  });

  test('are left out of the figures when asked for', async () => {
    const bots = times(10, (index) => visit(`b${index}`, pages('/a'), { userAgent: 'curl/8.0' }));
    const sessions = [...people, ...bots];

    const counted = await analyzeVisits({ sessions });
    const excluded = await analyzeVisits({ sessions, excludeBots: true });

    expect(counted.metrics['sessions']).toBe(50);
    expect(counted.insights).toContainEqual(expect.objectContaining({ kind: 'bot-traffic', severity: 'warning' }));
    expect(excluded.metrics['sessions']).toBe(40);
    expect(excluded.bots).toMatchObject({ sessions: 10, share: 0.2, excluded: true });
    expect(excluded.flows).toEqual((await analyzeVisits({ sessions: people })).flows);
    expect((await analyzeVisits({ sessions: bots, excludeBots: true })).bots.excluded).toBe(false);
  });
});
