import type { Row, Session } from './input.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NIGHT_ENDS = 6;

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

const shareOf = (times: readonly number[], holds: (time: Date) => boolean): number =>
  times.length === 0 ? 0 : times.filter((time) => holds(new Date(time))).length / times.length;

const describeUser = (id: string, visits: readonly Visit[], now: number, withSpending: boolean): Row => {
  const times = visits.flatMap((visit) => (visit.times.length > 0 ? visit.times : [visit.start]));
  const last = visits.reduce((latest, { end }) => Math.max(latest, end), 0);
  return {
    id,
    recencyDays: (now - last) / DAY_MS,
    sessions: visits.length,
    ...(withSpending ? { spent: visits.reduce((sum, { spent }) => sum + spent, 0) } : {}),
    activeDays: new Set(times.map((time) => Math.floor(time / DAY_MS))).size,
    eventsPerSession: mean(visits.map((visit) => visit.times.length)),
    pages: new Set(visits.flatMap((visit) => visit.pages)).size,
    minutesPerSession: mean(visits.map(({ start, end }) => (end - start) / 60_000)),
    nightShare: shareOf(times, (time) => time.getUTCHours() < NIGHT_ENDS),
    weekendShare: shareOf(times, (time) => time.getUTCDay() % 6 === 0),
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
  const now = visits.reduce((latest, { end }) => Math.max(latest, end), 0);
  const withSpending = visits.some(({ spent }) => spent > 0);
  return [...Map.groupBy(visits, ({ userId }) => userId ?? '')].map(([id, ofUser]) =>
    describeUser(id, ofUser, now, withSpending),
  );
};
