import { describe, expect, test } from 'vitest';
import { analyzeRequests, HOUR, problemsOf, request, spread } from '../../support/requests.ts';

const SLO = { availability: 0.999 };

/** Every `one in n`-th request of the hours fails. */
const failing = (hours: number, oneIn: number, count = 7_200) =>
  spread(count, hours * HOUR, (index) => ({ status: index % oneIn === 0 ? 500 : 200 }));

const objectiveOf = async (requests: object[], slo: object = SLO) =>
  (await analyzeRequests({ requests, slo })).slo.objectives[0];
const statusesOf = async (requests: object[], slo: object = SLO) =>
  (await objectiveOf(requests, slo)).alerts.map(({ status }: { status: string }) => status);

describe('burn-rate alerts', () => {
  test('have the thresholds and windows of the SRE workbook', async () => {
    const { alerts } = await objectiveOf(failing(1, 50));
    const shape = alerts.map(({ action, threshold, long, short }: Record<string, { hours: number }>) => [
      action,
      threshold,
      long?.hours,
      short?.hours,
    ]);

    expect(shape).toEqual([
      ['page', 14.4, 1, 0.0833],
      ['page', 6, 6, 0.5],
      ['ticket', 3, 24, 2],
      ['ticket', 1, 72, 6],
    ]);
  });

  test('page at twenty times the budget, ticket at four times, and let one in a thousand pass', async () => {
    // 80 hours, so that every window is covered.
    expect(await statusesOf(failing(80, 50, 50_000))).toEqual(['firing', 'firing', 'firing', 'firing']);
    expect(await statusesOf(failing(80, 250, 50_000))).toEqual(['ok', 'ok', 'firing', 'firing']);
    expect(await statusesOf(failing(80, 1_100, 50_000))).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('stop when the failures have stopped, whatever the hour before was like', async () => {
    const over = spread(7_200, HOUR, (index) => ({ status: index < 6_000 && index % 20 === 0 ? 500 : 200 }));

    const { alerts, budgetSpent } = await objectiveOf(over);

    expect(alerts[0]).toMatchObject({ status: 'ok', short: { bad: 0, burnRate: 0 } });
    expect(budgetSpent).toBeGreaterThan(14.4);
  });

  test('know what a part of a window can and cannot tell', async () => {
    // A quarter of an hour with a tenth failing: even a faultless rest leaves the hour above 14.4.
    const severe = await objectiveOf(failing(0.25, 10));
    // With one in fifty failing the rest decides.
    const mild = await objectiveOf(failing(0.25, 50));

    expect(severe.alerts[0]).toMatchObject({ status: 'firing', long: { covered: 0.25 } });
    expect(mild.alerts[0].status).toBe('insufficient_data');
  });

  test('do not call anybody for one failure in a quiet hour', async () => {
    const requests = [...spread(20, HOUR), request({ status: 500, timestamp: Date.UTC(2026, 0, 1, 11) })];
    const { insights } = await analyzeRequests({ requests, slo: SLO });

    expect((await statusesOf(requests))[0]).not.toBe('firing');
    expect(insights.filter(({ kind }: { kind: string }) => kind === 'burn-rate')).toEqual([]);
  });

  test('count slow answers when the objective is one of latency', async () => {
    const slow = spread(7_200, HOUR, (index) => ({ responseTime: index % 4 === 0 ? 900 : 100 }));

    const objective = await objectiveOf(slow, { latencyMs: 300, latencyTarget: 0.99 });

    expect(objective).toMatchObject({ kind: 'latency', achieved: 0.75, budgetSpent: 25 });
    expect(objective.alerts[0].status).toBe('firing');
  });

  test('reach somebody as one critical insight', async () => {
    const { insights } = await analyzeRequests({ requests: failing(2, 50), slo: SLO });

    expect(insights.filter(({ kind }: { kind: string }) => kind === 'burn-rate')).toMatchObject([
      { severity: 'critical', evidence: { longBurnRate: 20, shortBurnRate: 20, threshold: 14.4 } },
    ]);
  });

  test('scale with the window of the objective', async () => {
    const { alerts } = await objectiveOf(failing(1, 50), { ...SLO, windowDays: 7 });

    expect(alerts.map(({ threshold }: { threshold: number }) => threshold)).toEqual([3.36, 1.4, 1, 1]);
  });
});

test.each([
  ['percent for a ratio', { availability: 99.9 }, 'write 0.999'],
  ['a target without a time', { latencyTarget: 0.99 }, 'goes with latencyMs'],
  ['an objective of nothing', { windowDays: 30 }, 'must give availability'],
])('mistakes are named: %s', (_, slo, message) => {
  expect(problemsOf({ requests: [request()], slo })).toContain(message);
});
