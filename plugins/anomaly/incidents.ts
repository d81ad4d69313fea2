import type { Severity } from '../contract.ts';
import type { Alarm } from './alarms.ts';

/** An alarm so many times rarer than the accepted rate is critical, if chance gives none like it in all that was judged. */
const DOUBTLESS = 100;
const SURE = 0.95;
/** Alarms of one series, and series at once, that make a rare alarm critical. */
const LASTING = 5;
const JOINT = 3;
const RARE = 10;

interface AffectedSeries {
  readonly series: string;
  readonly alarms: number;
  readonly direction: 'above' | 'below' | 'both';
}

/** Alarms near each other, of one series or of several. */
export interface Incident {
  /** Epoch ms of the first and the last alarm. */
  readonly start: number;
  readonly end: number;
  readonly alarms: number;
  readonly severity: Severity;
  /** Why it is critical. */
  readonly criticalBecause: 'rarity' | 'duration' | 'breadth' | null;
  /** The alarm that chance explains least. */
  readonly peak: Alarm;
  readonly affected: readonly AffectedSeries[];
}

/** What alarms are merged and judged by. */
export interface IncidentRule {
  /** Points judged in all: chances to be wrong. */
  readonly judged: number;
  /** Alarms a point that are accepted, by series. */
  readonly rates: ReadonlyMap<string, number>;
  readonly mergeWithinMs: number;
}

const affectedBy = (alarms: readonly Alarm[]): AffectedSeries[] =>
  [...Map.groupBy(alarms, ({ series }) => series)]
    .map(([series, own]) => {
      const above = own.some(({ deviations }) => deviations >= 0);
      const below = own.some(({ deviations }) => deviations < 0);
      const direction = above && below ? ('both' as const) : above ? ('above' as const) : ('below' as const);
      return { series, alarms: own.length, direction };
    })
    .sort((a, b) => b.alarms - a.alarms || a.series.localeCompare(b.series));

/** Chance that none of so many points is as rare. */
export const chanceOfNone = (probability: number, points: number): number => (1 - probability) ** points;

/** The metrics of a row go up and down together: many of them are one. */
const isRow = ({ metrics }: Alarm): boolean => metrics !== undefined;

const criticalReason = (
  alarms: readonly Alarm[],
  peak: Alarm,
  { rates, judged }: IncidentRule,
): Incident['criticalBecause'] => {
  const rate = rates.get(peak.series) ?? 0;
  if (peak.probability <= rate / DOUBTLESS && chanceOfNone(peak.probability, judged) >= SURE) return 'rarity';
  if (peak.probability > rate / RARE) return null;
  const counts = [...Map.groupBy(alarms, ({ series }) => series).values()].map(({ length }) => length);
  if (Math.max(...counts) >= LASTING) return 'duration';
  return !isRow(peak) && counts.length >= JOINT ? 'breadth' : null;
};

const toIncident = (alarms: readonly Alarm[], rule: IncidentRule): Incident[] => {
  const [first] = alarms;
  if (first === undefined) return [];
  const peak = alarms.reduce((worst, alarm) =>
    alarm.probability < worst.probability ||
    (alarm.probability === worst.probability && Math.abs(alarm.deviations) > Math.abs(worst.deviations))
      ? alarm
      : worst,
  );
  const criticalBecause = criticalReason(alarms, peak, rule);
  return [
    {
      start: first.time,
      end: alarms.at(-1)?.time ?? first.time,
      alarms: alarms.length,
      severity: criticalBecause === null ? 'warning' : 'critical',
      criticalBecause,
      peak,
      affected: affectedBy(alarms),
    },
  ];
};

/** Merges alarms that are no further apart than `mergeWithinMs`, the gravest and least likely incidents first. */
export const toIncidents = (alarms: readonly Alarm[], rule: IncidentRule): Incident[] => {
  const ordered = alarms.toSorted((a, b) => a.time - b.time || a.series.localeCompare(b.series));
  const groups: Alarm[][] = [];
  for (const alarm of ordered) {
    const group = groups.at(-1);
    if (group !== undefined && alarm.time - (group.at(-1)?.time ?? 0) <= rule.mergeWithinMs) group.push(alarm);
    else groups.push([alarm]);
  }
  return groups
    .flatMap((group) => toIncident(group, rule))
    .sort(
      (a, b) =>
        Number(b.severity === 'critical') - Number(a.severity === 'critical') ||
        a.peak.probability - b.peak.probability ||
        b.alarms - a.alarms ||
        a.start - b.start,
    );
};
