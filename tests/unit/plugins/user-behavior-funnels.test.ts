import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../models/statistics/random.ts';
import { analyzeFunnels } from '../../../plugins/user-behavior/funnels.ts';
import plugin from '../../../plugins/user-behavior/index.ts';
import { sessionize } from '../../../plugins/user-behavior/sessions.ts';
import { analyzeVisits, MINUTE, pages, problemsOf, START, times, visit } from '../../support/visits.ts';

const STEPS = [{ page: '/cart' }, { page: '/pay' }, { event: 'click', target: '#buy' }];
const SALE = { name: 'sale', steps: STEPS, windowMinutes: 30 };

const funnelOf = (sessions: object[], funnel: object = SALE) => {
  const input = plugin.input.parse({ sessions, funnels: [funnel] });
  const [report] = analyzeFunnels(input.funnels, sessionize(input));
  if (report?.status !== 'ok') throw new Error('no funnel');
  return report;
};

describe('a funnel', () => {
  test('counts who took its steps in order, whatever lay between', () => {
    const report = funnelOf([
      visit('a', [...pages('/cart', '/help', '/pay'), { click: '#buy' }]),
      visit('b', pages('/cart', '/pay')),
      visit('c', pages('/pay', '/cart')),
      visit('d', pages('/home')),
    ]);

    expect(report).toMatchObject({ entered: 3, converted: 1, conversion: 0.3333, conclusive: false });
    expect(report.steps.map(({ reached }) => reached)).toEqual([3, 2, 1]);
    expect(report.steps[1]).toMatchObject({
      name: '/pay',
      conversion: 0.6667,
      interval: [0.2077, 0.9385],
      droppedBefore: 1,
      instead: [{ action: null, count: 1, share: 1 }],
    });
    expect(report.steps[2]).toMatchObject({ name: 'click #buy', conversion: 0.5, overall: 0.3333 });
  });

  test('says how long each step took', () => {
    const sessions = times(11, (index) =>
      visit(`s${index}`, [{ page: '/cart' }, { page: '/pay', after: index * 6_000 }]),
    );

    const { steps } = funnelOf(sessions);

    expect(steps[1]?.secondsSincePrevious).toEqual({ median: 30, p90: 54 });
    expect(steps[0]?.secondsSincePrevious).toBeNull();
  });

  test('closes its window, and lets a visitor enter anew', () => {
    const late = [{ page: '/cart' }, { page: '/pay', after: 31 * MINUTE }];
    const again = [{ page: '/cart' }, { page: '/cart', after: 20 * MINUTE }, { page: '/pay', after: 20 * MINUTE }];

    expect(funnelOf([visit('a', late)]).steps[1]?.reached).toBe(0);
    const { steps } = funnelOf([visit('b', again)]);
    expect(steps[1]).toMatchObject({ reached: 1, secondsSincePrevious: { median: 1200 } });
  });

  test('follows a user from one session to the next, and nobody else', () => {
    const first = (userId?: string) => visit('a', pages('/cart'), { userId });
    const second = (userId?: string) => visit('b', pages('/pay'), { userId, at: START + 5 * MINUTE });

    expect(funnelOf([first('ann'), second('ann')]).steps[1]?.reached).toBe(1);
    expect(funnelOf([first('ann'), second('bob')]).steps[1]?.reached).toBe(0);
    expect(funnelOf([first(), second()]).steps[1]?.reached).toBe(0);
  });

  test('takes * for any text, and one event for one step', () => {
    const steps = [{ page: '/product/*' }, { page: '/product/*' }, { page: '/*/pay' }];

    const report = funnelOf([visit('a', pages('/product/1', '/product/2', '/de/pay'))], { name: 'f', steps });
    const short = funnelOf([visit('a', pages('/product/1', '/de/pay'))], { name: 'f', steps });

    expect(report.converted).toBe(1);
    expect(short.steps.map(({ reached }) => reached)).toEqual([1, 0, 0]);
  });

  test('that nobody entered says what is missing', async () => {
    const { funnels } = await analyzeVisits({ sessions: [visit('a', pages('/home'))], funnels: [SALE] });

    expect(funnels).toEqual([
      { name: 'sale', status: 'insufficient_data', missing: ['visitors who took the first step, "/cart"'] },
    ]);
  });
});

describe('drop-off causes', () => {
  const shop = (count: number, dropOff: (device: string) => number, seed = 5) => {
    const random = createRandom(seed);
    return times(count, (index) => {
      const device = index % 3 === 0 ? 'phone' : 'desktop';
      const country = ['de', 'fr', 'it', 'es'][Math.floor(random() * 4)];
      const steps = random() < dropOff(device) ? ['/cart', '/help'] : ['/cart', '/pay'];
      return visit(`s${index}`, pages(...steps), { attributes: { device, country } });
    });
  };

  test('are the segments that drop off more than the others', () => {
    const report = funnelOf(shop(600, (device) => (device === 'phone' ? 0.6 : 0.3)));

    expect(report.dropOffCauses.items).toHaveLength(1);
    const [cause] = report.dropOffCauses.items;
    expect(cause).toMatchObject({ step: 2, name: '/pay', attribute: 'device', value: 'phone', entered: 200 });
    expect(cause?.interval[0]).toBeGreaterThan(0.1);
    expect(cause?.interval[1]).toBeLessThan(0.5);
    expect(Math.abs((cause?.lost ?? 0) - (cause?.difference ?? 0) * 200)).toBeLessThanOrEqual(0.5);
    expect(report.steps[1]?.instead[0]).toMatchObject({ action: '/help', share: 1 });
    expect(report.segments.map(({ attribute }) => attribute)).toEqual(['country', 'device']);
  });

  test('are not found where there are none, one time in twenty at most', () => {
    let found = 0;
    for (let seed = 1; seed <= 60; seed += 1) {
      const { dropOffCauses } = funnelOf(shop(200, () => 0.5, seed));
      if (dropOffCauses.items.length > 0) found += 1;
    }
    // Binomial(60, 0.05) exceeds 7 once in a hundred times.
    expect(found).toBeLessThanOrEqual(7);
  });

  test('are found by what events of a flat list and a session’s data say of the visitor', async () => {
    const sessions = shop(600, (device) => (device === 'phone' ? 0.6 : 0.3));
    const events = sessions.flatMap(({ sessionId, events, attributes }) =>
      events.map((event) => ({ ...event, userId: sessionId, attributes })),
    );
    const older = sessions.map(({ sessionId, events, attributes }) => ({ sessionId, events, data: attributes }));

    for (const data of [{ events }, { sessions: older }]) {
      const [report] = (await analyzeVisits({ ...data, funnels: [SALE] })).funnels;
      expect(report).toMatchObject({ dropOffCauses: { items: [{ attribute: 'device', value: 'phone' }] } });
    }
  });

  test('are looked for among the attributes asked for', () => {
    const sessions = shop(600, (device) => (device === 'phone' ? 0.6 : 0.3));

    const report = funnelOf(sessions, { ...SALE, compareBy: ['country'] });

    expect(report.dropOffCauses.items).toEqual([]);
    expect(report.segments.map(({ attribute }) => attribute)).toEqual(['country']);
  });

  test('reach somebody as an insight', async () => {
    const sessions = shop(600, (device) => (device === 'phone' ? 0.8 : 0.3));
    const { insights } = await analyzeVisits({ sessions, funnels: [SALE] });

    expect(insights).toContainEqual(
      expect.objectContaining({ kind: 'funnel-segment', message: expect.stringContaining('device phone') }),
    );
  });
});

describe('mistakes in a funnel are named', () => {
  const sessions = [visit('a', pages('/a'))];

  test.each([
    ['one step', { name: 'f', steps: [{ page: '/a' }] }, 'at least two steps'],
    [
      'a page and an event',
      { name: 'f', steps: [{ page: '/a', event: 'click' }, { page: '/b' }] },
      'either page or event',
    ],
    ['a step of another name', { name: 'f', steps: [{ url: '/a' }, { page: '/b' }] }, 'a step has the keys page'],
    ['a target of a page', { name: 'f', steps: [{ page: '/a', target: '#x' }, { page: '/b' }] }, 'goes with event'],
    ['steps as text', { name: 'f', steps: '/a,/b' }, 'list of steps'],
    ['milliseconds', { ...SALE, windowMinutes: 1_800_000 }, 'longer than 90 days'],
  ])('%s', (_, funnel, message) => {
    expect(problemsOf({ sessions, funnels: [funnel] })).toContain(message);
  });

  test('two of one name', () => {
    expect(problemsOf({ sessions, funnels: [SALE, SALE] })).toContain('name of its own');
  });
});

test('the shop of the documentation loses phones before payment', async () => {
  const path = join(import.meta.dirname, '../../../docs/examples/user-behavior-shop.json');
  const { data } = JSON.parse(readFileSync(path, 'utf8'));

  const { funnels, bots, rageClicks, nextAction } = await analyzeVisits(data);
  const backwards = await analyzeVisits({ ...data, sessions: data.sessions.toReversed() });

  expect(funnels).toMatchObject([
    {
      entered: 75,
      converted: 19,
      dropOffCauses: { items: [{ attribute: 'device', value: 'phone', dropOff: 0.84, lost: 11 }] },
    },
  ]);
  expect(bots).toMatchObject({ sessions: 3, excluded: true });
  expect(rageClicks.items).toMatchObject([{ target: '#coupon', sessions: 4, outcomes: { left: 1 } }]);
  expect(nextAction).toMatchObject({ order: 3, gain: 0.7576 });
  expect(backwards).toEqual(await analyzeVisits(data));
});
