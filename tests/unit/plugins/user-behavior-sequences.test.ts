import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../models/statistics/random.ts';
import plugin from '../../../plugins/user-behavior/index.ts';
import { findSequences } from '../../../plugins/user-behavior/sequences.ts';
import { sessionize } from '../../../plugins/user-behavior/sessions.ts';
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
    expect(sequences.status === 'ok' && sequences.items[0]).toMatchObject({
      actions: ['/search', '/compare', '/buy'],
      support: 20,
      share: 0.4,
      confidence: 1,
      interval: [0.8389, 1],
      // 30 of all 140 actions are purchases, 110 are others, which one may follow; one action is left in each of the 20
      // sessions: 5.45 by chance.
      lift: 3.67,
      excess: 14.5,
    });
  });

  test('are not made of chance, nor of long sessions, which hold more of everything', () => {
    let found = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = createRandom(seed);
      const lengthOf = (): number => 2 + Math.floor(-6 * Math.log(1 - random()));
      // Some pages are far more popular than others, and one seen twice in a row is seen once.
      const pageOf = (): string => `/p${Math.floor(30 * random() ** 3)}`;
      const sessions = times(300, (index) => visit(`s${index}`, pages(...times(lengthOf(), pageOf))));
      const input = plugin.input.parse({ sessions });
      const sequences = findSequences(sessionize(input), input.sequences);
      if (sequences.status === 'ok' && sequences.items.length > 0) found += 1;
    }

    // One set in twenty may show one; more than two of twelve would come about once in fifty times.
    expect(found).toBeLessThanOrEqual(2);
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
    expect(nextAction).toMatchObject({ trainedOn: 240, heldOut: { sessions: 60 }, order: 1, model: 'markov' });
    expect(nextAction.network.interval[0]).toBeLessThanOrEqual(0);
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

  test('is left to the network when what counts lies further back than a chain looks', async () => {
    const random = createRandom(3);
    const between = () => times(3 + Math.floor(random() * 4), () => `/read${Math.floor(random() * 4)}`);
    const sessions = times(400, (index) => {
      const [entry, goal] = random() < 0.5 ? ['/ad', '/trial'] : ['/docs', '/ticket'];
      return visit(`s${index}`, pages(entry, ...between(), '/contact', goal), { at: START + index * MINUTE });
    });

    const { nextAction } = await analyzeVisits({ sessions });

    if (nextAction.status !== 'ok') throw new Error('too little');
    const { model, because, network, orders, order } = nextAction;
    expect(model).toBe('network');
    expect(network.interval[0]).toBeGreaterThan(0);
    expect(network.logLoss).toBeCloseTo((orders[order]?.logLoss ?? 0) - network.advantage, 3);
    expect(because).toContain(`lower by ${network.advantage} an action`);
    // Most sessions read on; after /contact, the two goals share what comes.
    const afterContact = nextAction.contexts.items.find(({ after }) => after.at(-1) === '/contact');
    expect(
      afterContact?.next
        .slice(0, 2)
        .map(({ action }) => action)
        .sort(),
    ).toEqual(['/ticket', '/trial']);
  });
});
