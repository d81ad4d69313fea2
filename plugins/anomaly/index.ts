import { definePlugin, type ProcessContext } from '../contract.ts';
import { significant } from './figures.ts';
import { type IncidentRule, toIncidents } from './incidents.ts';
import { type AnomalyInput, inputSchema, metricsOf } from './input.ts';
import { deriveInsights, derivePatterns, tellRestart } from './insights.ts';
import { measures } from './measures.ts';
import { reportAlarms, reportIncidents } from './report.ts';
import { packState } from './stream-state.ts';
import { findState, rememberState } from './stream-store.ts';
import { judgeBatch, judgeStream, type Subject } from './subjects.ts';
import { toViews } from './views.ts';

/** Intervals between alarms that still belong together. */
const MERGED_INTERVALS = 3;

const namesOf = ({ series, rows }: AnomalyInput): string[] => [...series.map(({ name }) => name), ...metricsOf(rows)];

const endOf = ({ series, rows }: AnomalyInput): number => {
  const ends = series.map(({ points, values = [], start = 0, intervalSeconds = 0 }) =>
    points === undefined
      ? start + (values.length - 1) * intervalSeconds * 1000
      : points.reduce((latest, { timestamp }) => Math.max(latest, timestamp), 0),
  );
  return [...ends, ...rows.map(({ timestamp }) => timestamp)].reduce((latest, time) => Math.max(latest, time), 0);
};

/** Of rows, each metric goes by the rate of all. */
const ruleOf = (subjects: readonly Subject[], input: AnomalyInput, judged: number): IncidentRule => {
  const slowest = subjects.reduce((most, { intervalMs }) => Math.max(most, intervalMs), 0);
  const ofRows = metricsOf(input.rows).map((metric) => [metric, subjects[0]?.alarmRate ?? 0] as const);
  return {
    judged,
    rates: new Map([...subjects.map(({ name, alarmRate }) => [name, alarmRate] as const), ...ofRows]),
    mergeWithinMs:
      input.mergeWithinSeconds === undefined ? MERGED_INTERVALS * slowest : input.mergeWithinSeconds * 1000,
  };
};

const reportSubject = ({ name, unit, method, points, intervalMs, alarmRate, judged, repairs, training }: Subject) => ({
  name,
  ...(unit !== undefined && { unit }),
  method,
  points,
  intervalSeconds: significant(intervalMs / 1000),
  alarmRate: significant(alarmRate, 3),
  repairs,
  ...(judged.status === 'ok'
    ? { status: judged.status, judged: judged.judged, alarms: judged.alarms.length, period: judged.period ?? null }
    : { status: judged.status, missing: judged.missing }),
  ...(training && { training }),
});

const describe = (subjects: readonly Subject[], input: AnomalyInput) => {
  const alarms = subjects.flatMap(({ judged }) => (judged.status === 'ok' ? judged.alarms : []));
  const judgedPoints = subjects.reduce((sum, { judged }) => sum + (judged.status === 'ok' ? judged.judged : 0), 0);
  const incidents = toIncidents(alarms, ruleOf(subjects, input, judgedPoints));
  const series = subjects.map(reportSubject);
  return {
    insights: deriveInsights(incidents, judgedPoints, series),
    patterns: derivePatterns(incidents),
    metrics: {
      series: subjects.length,
      points: subjects.reduce((sum, { points }) => sum + points, 0),
      judged: judgedPoints,
      alarms: alarms.length,
      expectedFalseAlarms: significant(
        subjects.reduce(
          (sum, { judged, alarmRate }) => sum + (judged.status === 'ok' ? judged.judged * alarmRate : 0),
          0,
        ),
        3,
      ),
      incidents: incidents.length,
      critical: incidents.filter(({ severity }) => severity === 'critical').length,
    },
    mode: input.mode,
    series,
    incidents: reportIncidents(incidents),
    alarms: reportAlarms(alarms),
  };
};

const processStream = async (input: AnomalyInput, context: ProcessContext) => {
  const { stream } = input;
  const found = input.state ?? (stream === undefined ? undefined : await findState(context, stream, endOf(input)));
  const { subjects, state, resumed, restartedFrom } = judgeStream(input, found);
  const packed = packState(state);
  if (stream !== undefined) await rememberState(context, stream, packed);
  const output = describe(subjects, input);
  const restarted = restartedFrom === undefined ? [] : [tellRestart(stream ?? '', restartedFrom, state.method)];
  return {
    ...output,
    insights: [...(output.insights ?? []), ...restarted],
    ...(stream !== undefined && { stream }),
    resumed,
    state: packed,
  };
};

/** Anomalies of series or rows, whole or as they come; docs/plugins/anomaly.md defines each figure. */
export default definePlugin({
  input: inputSchema,
  dimensions: (input) => ({ series: namesOf(input), stream: input.stream === undefined ? [] : [input.stream] }),
  process: async (input, context) =>
    input.mode === 'streaming' ? processStream(input, context) : describe(await judgeBatch(input), input),
  measures: (input, output) => measures(input, output),
  views: (output, input) => toViews(output, input),
});
