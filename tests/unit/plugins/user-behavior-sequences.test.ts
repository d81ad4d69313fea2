import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../models/statistics/random.ts';
import { analyzeVisits, MINUTE, pages, START, times, visit } from '../../support/visits.ts';

describe('sequences', () => {
  test('are what many sessions do in order, with what it adds', async () => {
    const { sequences } = await analyzeVisits({
      sessions: [
        ...times(20, (index) => visit(`a${index}`, pages('/search', `/p${index}`, '/compare', '/buy'))),
        ...times(20, (index) => visit(`b${index}`, pages('/home', `/q${index}`))),
        ...times(10, (index) => visit(`c${index}`, pages('/home', '/buy'))),
      ],
    });

    expect(sequences).toMatchObject({ status: 'ok', complete: true });
    // 30 of 50 sessions buy; all 20 of those who searched and compared do.
    expect(sequences.status === 'ok' && sequences.items[0]).toEqual({
      actions: ['/search', '/compare', '/buy'],
      support: 20,
      share: 0.4,
      confidence: 1,
      interval: [0.8389, 1],
      lift: 1.67,
      excess: 8,
    });
  });

  test('are not made of chance', async () => {
    const random = createRandom(2);
    const sessions = times(400, (index) =>
      visit(`s${index}`, pages(...times(6, () => `/p${Math.floor(random() * 12)}`))),
    );

    const { sequences } = await analyzeVisits({ sessions });

    // Every pair of pages is frequent here, 132 of them and more triples; hardly one says anything.
    expect(sequences.status === 'ok' && sequences.items.length + sequences.omitted).toBeLessThan(15);
  });

  test('are not looked for in a handful of sessions', async () => {
    const { sequences, nextAction, deadEnds } = await analyzeVisits({ sessions: [visit('a', pages('/a', '/b'))] });

    for (const section of [sequences, nextAction, deadEnds]) expect(section.status).toBe('insufficient_data');
  });
});

describe('the next action', () => {
  const visits = (count: number, next: (last: string | undefined, random: () => number) => string, seed = 4) => {
    const random = createRandom(seed);
    return times(count, (index) => {
      const seen: string[] = [];
      while (seen.length < 3 || random() < 0.8) seen.push(next(seen.at(-1), random));
      return visit(`s${index}`, pages(...seen), { at: START + index * MINUTE });
    });
  };

  test('is predicted by as much history as helps on sessions that were held out', async () => {
    const order = ['/a', '/b', '/c', '/d'];
    const sessions = visits(300, (last, random) =>
      random() < 0.85 ? (order[(order.indexOf(last ?? '/d') + 1) % 4] ?? '/a') : `/other${Math.floor(random() * 5)}`,
    );

    const { nextAction } = await analyzeVisits({ sessions });

    if (nextAction.status !== 'ok') throw new Error('too little');
    expect(nextAction).toMatchObject({ trainedOn: 240, heldOut: { sessions: 60 }, order: 1 });
    expect(nextAction.gain).toBeGreaterThan(0.3);
    const afterA = nextAction.contexts.items.find(({ after }) => after.join() === '/a');
    expect(afterA?.next[0]).toMatchObject({ action: '/b', probability: expect.closeTo(0.72, 1) });
  });

  test('is not said to depend on the last when it does not', async () => {
    // A page seen twice in a row is one action, which is a dependence; a rare one makes it small.
    const sessions = visits(300, (_, random) => `/p${Math.floor(random() * 60)}`);

    const { nextAction } = await analyzeVisits({ sessions });

    expect(nextAction).toMatchObject({ status: 'ok', order: 0, gain: 0 });
  });
});
