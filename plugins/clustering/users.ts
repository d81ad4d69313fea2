import { round } from './figures.ts';
import type { Row, Session } from './input.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NIGHT_ENDS = 6;
/** Events that the share of all users counts for in that of one. */
const PRIOR_EVENTS = 5;

interface Visit {
  readonly start: number;
  readonly end: number;
  readonly times: readonly number[];
  readonly pages: readonly string[];
  readonly spent: number;
}

const toVisit = ({ startTime, endTime, events }: Session): Visit => {
  const times = events.map(({ timestamp }) => timestamp);
  const bounds = [
    ...times,
    ...(startTime === undefined ? [] : [startTime]),
    ...(endTime === undefined ? [] : [endTime]),
  ];
  return {
    start: bounds.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY),
    end: bounds.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY),
    times,
    pages: events.flatMap(({ data }) => data?.page ?? []),
    spent: events.reduce((sum, { data }) => sum + (data?.amount ?? 0), 0),
  };
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const isNight = (time: number): boolean => new Date(time).getUTCHours() < NIGHT_ENDS;
const isWeekend = (time: number): boolean => new Date(time).getUTCDay() % 6 === 0;

const countOf = (times: readonly number[], holds: (time: number) => boolean): number => times.filter(holds).length;

/** A share drawn towards that of all users, so that one event at night makes nobody a night owl. */
const shrunkShare = (times: readonly number[], holds: (time: number) => boolean, ofAll: number): number =>
  (countOf(times, holds) + PRIOR_EVENTS * ofAll) / (times.length + PRIOR_EVENTS);

interface Whole {
  /** Epoch ms of the last thing anybody did. */
  readonly now: number;
  readonly withSpending: boolean;
  readonly nightShare: number;
  readonly weekendShare: number;
}

const timesOf = (visits: readonly Visit[]): number[] =>
  visits.flatMap((visit) => (visit.times.length > 0 ? visit.times : [visit.start]));

const describeUser = (id: string, visits: readonly Visit[], whole: Whole): Row => {
  const times = timesOf(visits);
  const last = visits.reduce((latest, { end }) => Math.max(latest, end), 0);
  return {
    id,
    recencyDays: round((whole.now - last) / DAY_MS),
    sessions: visits.length,
    ...(whole.withSpending ? { spent: round(visits.reduce((sum, { spent }) => sum + spent, 0)) } : {}),
    activeDays: new Set(times.map((time) => Math.floor(time / DAY_MS))).size,
    eventsPerSession: round(mean(visits.map((visit) => visit.times.length))),
    pages: new Set(visits.flatMap((visit) => visit.pages)).size,
    minutesPerSession: round(mean(visits.map(({ start, end }) => (end - start) / 60_000))),
    nightShare: round(shrunkShare(times, isNight, whole.nightShare)),
    weekendShare: round(shrunkShare(times, isWeekend, whole.weekendShare)),
  };
};

/**
 * One row a user: recency (days from the last thing he did to the latest of the submission), frequency and, where amounts
 * are given, money spent (A. M. Hughes, Strategic Database Marketing, 1994); and how he behaves. Hours and weekdays are
 * those of `utcOffsetMinutes`.
 */
export const toUsers = (sessions: readonly Session[], utcOffsetMinutes: number): Row[] => {
  const known = sessions.filter(({ userId }) => userId !== undefined);
  const shift = utcOffsetMinutes * (HOUR_MS / 60);
  const visits = known.map((session) => {
    const { start, end, times, ...rest } = toVisit(session);
    return {
      ...rest,
      userId: session.userId,
      start: start + shift,
      end: end + shift,
      times: times.map((time) => time + shift),
    };
  });
  const times = timesOf(visits);
  const whole = {
    now: visits.reduce((latest, { end }) => Math.max(latest, end), 0),
    withSpending: visits.some(({ spent }) => spent > 0),
    nightShare: countOf(times, isNight) / times.length,
    weekendShare: countOf(times, isWeekend) / times.length,
  };
  return [...Map.groupBy(visits, ({ userId }) => userId ?? '')].map(([id, ofUser]) => describeUser(id, ofUser, whole));
};
