import type { Insight, Pattern } from '../contract.ts';
import { toConfidence, toIsoTime } from '../figures.ts';
import type { Alarm, MetricShare } from './alarms.ts';
import { oneIn, significant } from './figures.ts';
import { chanceOfNone, type Incident } from './incidents.ts';

const MOST_INSIGHTS = 10;
const MOST_NAMED = 3;
/** Incidents of the same series from which their coming together is a pattern. */
const FEWEST_TOGETHER = 2;

export interface SeriesStatus {
  readonly name: string;
  readonly unit?: string;
  readonly status: 'ok' | 'learning' | 'insufficient_data';
  readonly missing?: readonly string[];
}

const withUnit = (value: number, unit: string | undefined): string =>
  unit === undefined ? String(significant(value, 4)) : `${significant(value, 4)} ${unit}`;

const times = (deviations: number): string => {
  const size = Math.abs(deviations);
  return size >= 1000 ? 'over 1,000' : String(significant(size, 2));
};

/** Deviations below which the value by itself is nothing strange, and a number of them would only confuse. */
const TELLING = 2;

/** Where the value is, and where it was expected, in words. */
const describeAlarm = (alarm: Alarm, unit: string | undefined): string => {
  const { value, expected, lower, upper, deviations, novel } = alarm;
  const side = deviations >= 0 ? 'above' : 'below';
  const what = `${withUnit(value, unit)} at ${toIsoTime(alarm.time)}`;
  if (novel === 'course') return `${what} ends a course of 72 points unlike any before`;
  const range = lower === null || upper === null ? '' : ` (usual ${significant(lower, 4)} to ${withUnit(upper, unit)})`;
  const due = `${withUnit(expected, unit)} that was expected${range}`;
  if (Math.abs(deviations) >= TELLING) return `${what}, ${times(deviations)} deviations ${side} the ${due}`;
  if (alarm.metrics !== undefined)
    return `${what}, ${side} the ${withUnit(expected, unit)} that goes with the other metrics: usual by itself, not beside them`;
  return novel === 'value'
    ? `${what}, a value unlike those before, though near the ${due}`
    : `${what}, ${side} the ${due}`;
};

const describeShares = (metrics: readonly MetricShare[] = []): string => {
  const named = metrics
    .filter(({ share }) => share >= 0.1)
    .slice(0, MOST_NAMED)
    .map(
      ({ metric, share, deviations }) =>
        `${metric} ${Math.round(share * 100)}% (${deviations >= 0 ? 'above' : 'below'})`,
    );
  return named.length > 1 ? ` What makes the row strange: ${named.join(', ')}.` : '';
};

const titleOf = ({ affected, alarms, peak }: Incident): string => {
  const first = peak.series;
  const others = affected.length - 1;
  const together = others > 0 ? ` and ${others} more` : '';
  return alarms > 1 ? `${first}${together}: ${alarms} alarms in one incident` : `${first} is anomalous`;
};

const REASONS = {
  rarity: 'a hundred times rarer than the alarm rate that is accepted, and not to be expected in all that was judged',
  duration: 'at least five alarms of one series, the rarest a tenth of the accepted rate',
  breadth: 'at least three series at once, the rarest a tenth of the accepted rate',
} as const;

/** @param judged points judged in all: chances to be wrong */
const toInsight = (incident: Incident, judged: number, units: ReadonlyMap<string, string>): Insight => {
  const { peak, severity, criticalBecause, affected } = incident;
  const reason =
    criticalBecause === null ? '' : ` It is critical because of its ${criticalBecause}: ${REASONS[criticalBecause]}.`;
  const until =
    incident.alarms > 1 ? ` The incident lasts from ${toIsoTime(incident.start)} to ${toIsoTime(incident.end)}.` : '';
  return {
    kind: 'anomaly',
    title: titleOf(incident),
    message: `${peak.series} was ${describeAlarm(peak, units.get(peak.series))}; so strange a point comes by chance about ${oneIn(peak.probability)}.${describeShares(peak.metrics)}${until}${reason}`,
    severity,
    confidence: toConfidence(chanceOfNone(peak.probability, judged)),
    evidence: {
      series: affected.map(({ series }) => series).slice(0, 20),
      start: toIsoTime(incident.start),
      end: toIsoTime(incident.end),
      alarms: incident.alarms,
      value: significant(peak.value),
      expected: significant(peak.expected),
      deviations: significant(peak.deviations, 3),
      probability: significant(peak.probability, 2),
      criticalBecause,
    },
  };
};

const tooLittle = (series: readonly SeriesStatus[]): Insight[] => {
  const waiting = series.filter(({ status }) => status !== 'ok');
  const [first] = waiting;
  if (first === undefined) return [];
  const learning = first.status === 'learning';
  return [
    {
      kind: learning ? 'learning' : 'insufficient_data',
      title: learning ? 'The stream is still being learned' : 'Too few points to tell what is usual',
      message: `${waiting.length} of ${series.length} series could not be judged; ${first.name} wants ${(first.missing ?? []).join(' and ')}.`,
      severity: 'info',
      confidence: 1,
      evidence: { waiting: waiting.map(({ name }) => name).slice(0, 20), series: series.length },
    },
  ];
};

/** What was learned of a stream by one method is of no use to another. */
export const tellRestart = (stream: string, from: string, to: string): Insight => ({
  kind: 'stream-restarted',
  title: `Stream ${stream} was begun anew`,
  message: `What is known of stream ${stream} was learned by ${from}; this submission is judged by ${to}, which begins to learn. Keep to one method in a stream, or use another name for it.`,
  severity: 'info',
  confidence: 1,
  evidence: { stream, learnedBy: from, judgedBy: to },
});

/** The gravest incidents in words, and what could not be judged. */
export const deriveInsights = (
  incidents: readonly Incident[],
  judged: number,
  series: readonly SeriesStatus[],
): Insight[] => {
  const units = new Map(series.flatMap(({ name, unit }) => (unit === undefined ? [] : [[name, unit] as const])));
  return [
    ...incidents.slice(0, MOST_INSIGHTS).map((incident) => toInsight(incident, judged, units)),
    ...tooLittle(series),
  ];
};

/** Series that are anomalous together more than once. */
export const derivePatterns = (incidents: readonly Incident[]): Pattern[] => {
  const joint = incidents.filter(({ affected }) => affected.length > 1);
  const groups = Map.groupBy(joint, ({ affected }) =>
    affected
      .map(({ series }) => series)
      .sort()
      .join('\n'),
  );
  return [...groups.values()]
    .filter((group) => group.length >= FEWEST_TOGETHER)
    .slice(0, MOST_INSIGHTS)
    .map((group) => {
      const names = (group[0]?.affected ?? []).map(({ series }) => series).sort();
      return {
        kind: 'anomalous-together',
        description: `${names.join(', ')} were anomalous together ${group.length} times`,
        support: group.length,
        evidence: { series: names, starts: group.slice(0, 20).map(({ start }) => toIsoTime(start)) },
      };
    });
};
