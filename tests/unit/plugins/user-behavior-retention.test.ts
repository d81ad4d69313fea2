import { describe, expect, test } from 'vitest';
import { analyzeVisits, DAY, pages, START, times, visit } from '../../support/visits.ts';

/** Users of a first day, each with the days on which he came. */
const comings = (users: number, name: string, days: readonly number[]) =>
  times(users, (user) =>
    days.map((day) => visit(`${name}${user}-${day}`, pages('/a'), { userId: `${name}${user}`, at: START + day * DAY })),
  ).flat();

const retentionOf = async (sessions: object[], retention: object = {}) => {
  const report = (await analyzeVisits({ sessions, retention })).retention;
  if (report.status !== 'ok') throw new Error(report.missing.join());
  return report;
};

describe('retention', () => {
  test('is the share of each day’s new users who came back, day by day', async () => {
    const sessions = [
      ...comings(20, 'stays', [0, 1, 2, 3]),
      ...comings(20, 'once', [0]),
      ...comings(10, 'late', [1, 3]),
      ...comings(5, 'few', [2]),
    ];

    const { period, cohorts, curve } = await retentionOf(sessions);

    expect(period).toBe('day');
    // The last day may not have ended: what it shows is not yet a rate.
    expect(cohorts).toEqual([
      { cohort: '2026-01-05', users: 40, returned: [40, 20, 20, null], rates: [1, 0.5, 0.5, null] },
      { cohort: '2026-01-06', users: 10, returned: [10, 0, null], rates: [1, 0, null] },
      { cohort: '2026-01-07', users: 5, returned: [5, null], rates: null },
    ]);
    expect(curve.map(({ users, returned, rate }) => [users, returned, rate])).toEqual([
      [55, 55, 1],
      [50, 20, 0.4],
      [40, 20, 0.5],
    ]);
    expect(curve[1]?.interval).toEqual([0.2761, 0.5382]);
  });

  test('counts weeks from Monday, and by itself when the submission is long', async () => {
    const sessions = [...comings(30, 'weekly', [2, 8, 15, 25]), ...comings(30, 'once', [6])];

    const { period, cohorts } = await retentionOf(sessions);

    expect(period).toBe('week');
    expect(cohorts).toEqual([
      { cohort: '2026-01-05', users: 60, returned: [60, 30, 30, null], rates: [1, 0.5, 0.5, null] },
    ]);
  });

  test('lets a day begin where the visitors are', async () => {
    // 10:00 UTC is the next day 15 hours later, and the same day 5 hours later.
    const sessions = times(30, (user) => [
      visit(`a${user}`, pages('/a'), { userId: `u${user}`, at: START }),
      visit(`b${user}`, pages('/a'), { userId: `u${user}`, at: START + DAY / 2 }),
      visit(`c${user}`, pages('/a'), { userId: `u${user}`, at: START + 2 * DAY }),
    ]).flat();

    expect((await retentionOf(sessions)).cohorts[0]?.returned).toEqual([30, 0, null]);
    expect((await retentionOf(sessions, { utcOffsetMinutes: 180 })).cohorts[0]?.returned).toEqual([30, 30, null]);
  });

  test('is not claimed of a handful of users or of one day', async () => {
    const { retention } = await analyzeVisits({ sessions: comings(29, 'u', [0]) });

    expect(retention).toEqual({
      status: 'insufficient_data',
      missing: ['30 users with a userId (there are 29)', 'sessions of more than one day'],
    });
  });
});
