import { expect, test } from 'vitest';
import { analyzeVisits, pages, START, times, visit } from '../../support/visits.ts';

const FUNNEL = { name: 'sale', steps: [{ page: '/cart' }, { page: '/pay' }] };

test('attributes that nobody shares are not compared, however many there are', async () => {
  const sessions = times(5_000, (index) =>
    visit(`s${index}`, pages('/cart', '/pay'), {
      attributes: {
        device: index % 2 === 0 ? 'phone' : 'desk',
        ...Object.fromEntries(times(20, (of) => [`own-${index}-${of}`, of])),
      },
    }),
  );

  const { funnels } = await analyzeVisits({ sessions, funnels: [FUNNEL] });

  expect(funnels[0]).toMatchObject({ segments: [{ attribute: 'device' }], omittedAttributes: 0 });
});

test('of many attributes those that most visitors have are compared, and the others counted', async () => {
  const sessions = times(60, (index) =>
    visit(`s${index}`, pages('/cart'), {
      attributes: Object.fromEntries(times(index < 40 ? 10 : 9, (of) => [`a${9 - of}`, index % 2])),
    }),
  );

  const { funnels } = await analyzeVisits({ sessions, funnels: [FUNNEL] });

  expect(funnels[0]).toMatchObject({ segments: { length: 8 }, omittedAttributes: 2 });
  expect(JSON.stringify(funnels[0])).not.toContain('"a0"');
});

test('long names make no long result, and stay apart', async () => {
  const long = 'x'.repeat(1_900);
  const sessions = times(300, (index) =>
    visit(`s${index}`, [
      ...times(6, (step) => ({ page: `/${long}${(index + step) % 40}` })),
      ...times(4, () => ({ click: `#${long}${index % 40}`, after: 100 })),
    ]),
  );
  const steps = [{ page: `/${long}1` }, { page: `/${long}2` }, { event: 'click', target: '#xx*' }];

  const result = await analyzeVisits({ sessions, funnels: [{ name: 'long', steps }] });

  expect(JSON.stringify(result).length).toBeLessThan(300_000);
  expect(result.nextAction).toMatchObject({ actions: 80 });
  expect(result.funnels[0]).toMatchObject({ entered: 44, converted: 37 });
});

test('kinds of events are listed up to twenty', async () => {
  const sessions = times(40, (index) => ({
    sessionId: `s${index}`,
    events: times(3, (of) => ({ type: `type-${index}-${of}`, timestamp: START + of * 1000 })),
  }));

  expect((await analyzeVisits({ sessions })).events).toMatchObject({ items: { length: 20 }, omitted: 100 });
});

test('pages named like what objects have are pages', async () => {
  const sessions = times(40, (index) => visit(`s${index}`, pages('__proto__', 'constructor', 'toString')));
  const steps = [{ page: '__proto__' }, { page: 'constructor' }];

  const { flows, funnels } = await analyzeVisits({ sessions, funnels: [{ name: '__proto__', steps }] });

  expect(flows.entries.items).toEqual([{ page: '__proto__', count: 40, share: 1 }]);
  expect(funnels[0]).toMatchObject({ name: '__proto__', entered: 40, converted: 40 });
});

test('sessions of a clock that runs ahead are named', async () => {
  const sessions = [visit('a', pages('/a', '/b')), visit('b', pages('/a'), { at: Date.UTC(2060, 0, 1) })];

  const { insights } = await analyzeVisits({ sessions });

  expect(insights).toContainEqual(
    expect.objectContaining({ kind: 'wrong-clock', evidence: expect.objectContaining({ ahead: 1, sessions: 2 }) }),
  );
});
