import type { Severity } from '../contract.ts';
import type { Capped } from '../figures.ts';
import { MOST_VIEW_SERIES, type ViewOf } from '../view.ts';
import { outlineName, outlinePoints } from '../view-series.ts';
import { type AnomalyInput, metricsOf } from './input.ts';
import { columnOf, toRows } from './rows.ts';
import { toTimeline } from './timeline.ts';

interface ReportedAlarm {
  readonly series: string;
  readonly timestamp: string;
  readonly value: number;
  readonly deviations: number;
}

interface ReportedIncident {
  readonly start: string;
  readonly end: string;
  readonly severity: Severity;
  readonly alarms: number;
  readonly affected: readonly { readonly series: string }[];
}

/** What the result reports, as far as a timeline shows it. */
interface Reported {
  readonly alarms: Capped<ReportedAlarm>;
  readonly incidents: Capped<ReportedIncident>;
}

interface Line {
  readonly name: string;
  readonly unit: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

const linesOf = ({ series, rows }: AnomalyInput): Line[] => {
  if (rows.length === 0) {
    return series.map((one) => ({ name: one.name, unit: one.unit ?? '', ...toTimeline(one) }));
  }
  const table = toRows(rows, metricsOf(rows));
  return table.metrics.map((name, column) => ({ name, unit: '', times: table.times, values: columnOf(table, column) }));
};

const severityOf = (alarm: ReportedAlarm, incidents: readonly ReportedIncident[]): Severity =>
  incidents.find(
    ({ start, end, affected }) =>
      alarm.timestamp >= start && alarm.timestamp <= end && affected.some(({ series }) => series === alarm.series),
  )?.severity ?? 'warning';

const toSeries = (
  { name, unit, times, values }: Line,
  { alarms, incidents }: Reported,
): ViewOf<'anomaly'>['series'][number] => {
  const { shortened, ...outline } = outlinePoints(times, values);
  return {
    name: outlineName(name, shortened),
    unit,
    ...outline,
    alarms: alarms.items
      .filter(({ series }) => series === name)
      .map((alarm) => ({
        timestamp: alarm.timestamp,
        value: alarm.value,
        score: alarm.deviations,
        severity: severityOf(alarm, incidents.items),
      })),
  };
};

const describeIncident = ({ alarms, affected }: ReportedIncident): string => {
  const [first, ...others] = affected.map(({ series }) => series);
  const count = alarms === 1 ? 'an alarm' : `${alarms} alarms`;
  return `${count} of ${first ?? 'the rows'}${others.length === 0 ? '' : ` and ${others.length} more`}`;
};

/** What a dashboard shows: the series with the most alarms, and when something was wrong. */
export const toViews = (reported: Reported, input: AnomalyInput) => {
  const alarmsOf = (line: Line): number => reported.alarms.items.filter(({ series }) => series === line.name).length;
  const shown = linesOf(input)
    .map((line) => ({ line, alarms: alarmsOf(line) }))
    .sort((a, b) => b.alarms - a.alarms)
    .slice(0, MOST_VIEW_SERIES);
  const timeline: ViewOf<'anomaly'> = {
    type: 'anomaly',
    series: shown.map(({ line }) => toSeries(line, reported)),
    incidents: reported.incidents.items.map((incident) => ({
      start: incident.start,
      end: incident.end,
      severity: incident.severity,
      message: describeIncident(incident),
      affected: incident.affected.map(({ series }) => series),
    })),
  };
  return { timeline };
};
