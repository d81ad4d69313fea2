import { wilsonInterval } from '../../models/statistics/proportion.ts';
import { type InsufficientData, insufficient } from '../figures.ts';
import { round, toInterval } from './figures.ts';
import type { BehaviorInput } from './input.ts';
import type { Session } from './sessions.ts';

const DAY_MS = 86_400_000;
/** A submission of up to so many days is looked at by day, a longer one by week. */
const LONGEST_BY_DAY = 21;
const FEWEST_USERS = 30;
const FEWEST_IN_COHORT = 10;
const MOST_COHORTS = 20;
const MOST_PERIODS = 20;
/** 1 January 1970 was a Thursday; weeks begin on Monday. */
const DAYS_TO_MONDAY = 3;

type Period = 'day' | 'week';

interface Cohort {
  /** Date on which the period of these users' first session began. */
  readonly cohort: string;
  readonly users: number;
  /** Users seen again, by periods since the first; null for periods that the submission does not cover to their end. */
  readonly returned: readonly (number | null)[];
  /** The same as shares; null for a cohort of fewer than 10 users. */
  readonly rates: readonly (number | null)[] | null;
}

export interface Retention {
  readonly status: 'ok';
  readonly period: Period;
  readonly users: number;
  readonly cohorts: readonly Cohort[];
  readonly omittedCohorts: number;
  /** All cohorts together, each as far as it is covered. */
  readonly curve: readonly {
    readonly period: number;
    readonly users: number;
    readonly returned: number;
    readonly rate: number;
    readonly interval: readonly [number, number];
  }[];
}

/** Periods in which each user was seen, ascending. */
const activityOf = (sessions: readonly Session[], periodOf: (time: number) => number): number[][] =>
  [...Map.groupBy(sessions, ({ userId }) => userId)].flatMap(([userId, ofUser]) =>
    userId === undefined ? [] : [[...new Set(ofUser.map(({ start }) => periodOf(start)))].sort((a, b) => a - b)],
  );

/** `complete` is the number of periods, counted from the cohort's own, that the submission covers to their end. */
const countReturns = (users: readonly (readonly number[])[], first: number, last: number, complete: number) =>
  Array.from({ length: Math.min(MOST_PERIODS, last - first + 1) }, (_, distance) =>
    distance === 0 || distance < complete ? users.filter((active) => active.includes(first + distance)).length : null,
  );

const curveOf = (cohorts: readonly Cohort[]): Retention['curve'] =>
  Array.from({ length: MOST_PERIODS }, (_, period) => {
    const covered = cohorts.filter(({ returned }) => typeof returned[period] === 'number');
    const users = covered.reduce((sum, cohort) => sum + cohort.users, 0);
    const returned = covered.reduce((sum, cohort) => sum + (cohort.returned[period] ?? 0), 0);
    return {
      period,
      users,
      returned,
      rate: round(returned / users),
      interval: toInterval(wilsonInterval(returned, users)),
    };
  }).filter(({ users }) => users > 0);

/**
 * Which share of the users first seen in a period came back in each period after it. A user's first session is the
 * first in this submission; whoever came before it began is taken for new.
 */
export const analyzeRetention = (
  sessions: readonly Session[],
  { period: wished, utcOffsetMinutes }: BehaviorInput['retention'],
): Retention | InsufficientData => {
  const starts = sessions.map(({ start }) => start + utcOffsetMinutes * 60_000);
  const earliest = starts.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const latest = starts.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY);
  const period = wished ?? (latest - earliest <= LONGEST_BY_DAY * DAY_MS ? 'day' : 'week');
  const dayOf = (time: number): number => Math.floor((time + utcOffsetMinutes * 60_000) / DAY_MS);
  const days = period === 'day' ? 1 : 7;
  const shift = period === 'day' ? 0 : DAYS_TO_MONDAY;
  const periodOf = (time: number): number => Math.floor((dayOf(time) + shift) / days);
  const users = activityOf(sessions, periodOf);
  const [firstPeriod, lastPeriod] = [earliest, latest].map((time) => periodOf(time - utcOffsetMinutes * 60_000));
  const missing = [
    ...(users.length < FEWEST_USERS ? [`${FEWEST_USERS} users with a userId (there are ${users.length})`] : []),
    ...(firstPeriod === lastPeriod ? [`sessions of more than one ${period}`] : []),
  ];
  if (missing.length > 0 || lastPeriod === undefined) return insufficient(...missing);
  const cohorts = [...Map.groupBy(users, ([first = 0]) => first)]
    .sort(([a], [b]) => a - b)
    .map(([first, members]): Cohort => {
      const returned = countReturns(members, first, lastPeriod, lastPeriod - first);
      return {
        cohort: new Date((first * days - shift) * DAY_MS).toISOString().slice(0, 10),
        users: members.length,
        returned,
        rates:
          members.length < FEWEST_IN_COHORT
            ? null
            : returned.map((count) => (count === null ? null : round(count / members.length))),
      };
    });
  return {
    status: 'ok',
    period,
    users: users.length,
    cohorts: cohorts.slice(-MOST_COHORTS),
    omittedCohorts: Math.max(0, cohorts.length - MOST_COHORTS),
    curve: curveOf(cohorts),
  };
};
