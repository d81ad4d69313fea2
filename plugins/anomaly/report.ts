import type { Alarm } from './alarms.ts';
import { capped, iso, significant } from './figures.ts';
import type { Incident } from './incidents.ts';

const MOST_ALARMS = 200;
const MOST_INCIDENTS = 50;

const orNull = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : significant(value);

const reportAlarm = ({ series, time, metrics, novel, ...alarm }: Alarm) => ({
  series,
  timestamp: iso(time),
  value: significant(alarm.value),
  expected: significant(alarm.expected),
  lower: orNull(alarm.lower),
  upper: orNull(alarm.upper),
  deviations: significant(alarm.deviations, 3),
  direction: alarm.deviations >= 0 ? 'above' : 'below',
  probability: significant(alarm.probability, 2),
  ...(novel && { novel }),
  ...(metrics && {
    metrics: metrics.map(({ metric, value, expected, deviations, share }) => ({
      metric,
      value: significant(value),
      expected: significant(expected),
      deviations: significant(deviations, 3),
      share: significant(share, 3),
    })),
  }),
});

/** The rarest alarms, in order of time. */
export const reportAlarms = (alarms: readonly Alarm[]) => {
  const { items, omitted } = capped(
    alarms.toSorted((a, b) => a.probability - b.probability || a.time - b.time),
    MOST_ALARMS,
  );
  return {
    items: items.toSorted((a, b) => a.time - b.time || a.series.localeCompare(b.series)).map(reportAlarm),
    omitted,
  };
};

/** The gravest incidents. */
export const reportIncidents = (incidents: readonly Incident[]) => {
  const { items, omitted } = capped(incidents, MOST_INCIDENTS);
  return {
    items: items.map(({ start, end, peak, ...incident }) => ({
      start: iso(start),
      end: iso(end),
      durationSeconds: (end - start) / 1000,
      ...incident,
      affected: incident.affected.slice(0, 20),
      peak: reportAlarm(peak),
    })),
    omitted,
  };
};
