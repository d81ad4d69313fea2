import type { Judged } from './alarms.ts';
import { type AnomalyInput, metricsOf, ROW_METHODS, rateOf, SERIES_METHODS, streamingMethodOf } from './input.ts';
import { toRows } from './rows.ts';
import { judgeRows, type TrainingReport } from './rows-batch.ts';
import { judgeSeries, seasonOf } from './series-batch.ts';
import { STATE_VERSION, type State, type StreamState } from './stream-state.ts';
import { ROWS, type Streamed, streamForecast, streamNovelty, streamRows } from './streaming.ts';
import { intervalOf, type Timeline, toTimeline } from './timeline.ts';

/** One series, or the rows as one, with what was found in it. */
export interface Subject {
  readonly name: string;
  readonly unit?: string;
  readonly method: string;
  readonly points: number;
  readonly intervalMs: number;
  /** Alarms a point that are accepted. */
  readonly alarmRate: number;
  readonly judged: Judged;
  /** What was left out, filled in or put in order. */
  readonly repairs: Readonly<Record<string, number>>;
  readonly training?: TrainingReport;
}

type SeriesInput = AnomalyInput['series'][number];

const describeSeries = ({ name, unit }: SeriesInput, { times, nulls, duplicates, disordered }: Timeline) => ({
  name,
  ...(unit !== undefined && { unit }),
  points: times.length,
  repairs: { nulls, duplicates, disordered },
});

const judgeSeriesOf = (input: AnomalyInput, series: SeriesInput): Subject => {
  const timeline = toTimeline(series);
  const intervalMs = intervalOf(timeline.times);
  const alarmRate = rateOf(input.alarmRate, intervalMs);
  const method = SERIES_METHODS.find((name) => name === input.method) ?? 'robust-z';
  const judged = judgeSeries(series.name, timeline, { method, alarmRate, period: input.period });
  return { ...describeSeries(series, timeline), method, intervalMs, alarmRate, judged };
};

const judgeRowsOf = async (input: AnomalyInput): Promise<Subject> => {
  const rows = toRows(input.rows);
  const { times, missing, duplicates } = rows;
  const intervalMs = intervalOf(times);
  const alarmRate = rateOf(input.alarmRate, intervalMs);
  const method = ROW_METHODS.find((name) => name === input.method) ?? 'nearest-neighbours';
  const { training, ...judged } = await judgeRows(rows, { method, alarmRate, seed: input.seed });
  return {
    name: ROWS,
    method,
    points: times.length,
    intervalMs,
    alarmRate,
    judged,
    repairs: { missing, duplicates },
    ...(training && { training }),
  };
};

/** Judges a submission by all of itself. */
export const judgeBatch = async (input: AnomalyInput): Promise<Subject[]> =>
  input.rows.length > 0 ? [await judgeRowsOf(input)] : input.series.map((series) => judgeSeriesOf(input, series));

const toSubject = (
  described: Pick<Subject, 'name' | 'points' | 'repairs'>,
  { judged, intervalMs, late, state }: Streamed,
  { alarmRate }: AnomalyInput,
  method: string,
): Subject => ({
  ...described,
  method,
  intervalMs,
  alarmRate: rateOf(alarmRate, intervalMs),
  judged: judged.status === 'ok' ? { ...judged, period: seasonOf(state.forecast?.smoother?.period) } : judged,
  repairs: { ...described.repairs, late },
});

interface Stream {
  readonly subjects: readonly Subject[];
  readonly state: State;
  /** False when there was no state to go on from, or one that could not be used. */
  readonly resumed: boolean;
  /** The method that a state, which could not be used, had been learned by. */
  readonly restartedFrom?: State['method'];
}

const streamRowsOf = (input: AnomalyInput, before: StreamState | undefined): [Subject, StreamState] => {
  const metrics = before?.metrics ?? metricsOf(input.rows).sort();
  const rows = toRows(input.rows, metrics, { last: before?.rows?.rows.slice(-metrics.length) });
  const streamed = streamRows(rows, input.alarmRate, before);
  const described = {
    name: ROWS,
    points: rows.times.length,
    repairs: { missing: rows.missing, duplicates: rows.duplicates },
  };
  return [toSubject(described, streamed, input, 'nearest-neighbours'), streamed.state];
};

/** Goes on with streams where their state left off; series of the state that this submission lacks are kept. */
export const judgeStream = (input: AnomalyInput, found: State | undefined): Stream => {
  const method = streamingMethodOf(input, found);
  const usable = found?.method === method ? found : undefined;
  const known = new Map(usable?.streams.map((stream) => [stream.name, stream] as const));
  const subjects: Subject[] = [];
  if (input.rows.length > 0) {
    const [subject, state] = streamRowsOf(input, known.get(ROWS));
    subjects.push(subject);
    known.set(ROWS, state);
  }
  const goOn = method === 'novelty' ? streamNovelty : streamForecast;
  for (const series of input.series) {
    const timeline = toTimeline(series);
    const { alarmRate, period } = input;
    const streamed = goOn(series.name, timeline, { alarmRate, period }, known.get(series.name));
    subjects.push(toSubject(describeSeries(series, timeline), streamed, input, method));
    known.set(series.name, streamed.state);
  }
  const streams = [...known.values()];
  const end = Math.max(...streams.map(({ lastTime }) => lastTime));
  return {
    subjects,
    state: { version: STATE_VERSION, method, end, streams },
    resumed: usable !== undefined,
    ...(found !== undefined && usable === undefined && { restartedFrom: found.method }),
  };
};
