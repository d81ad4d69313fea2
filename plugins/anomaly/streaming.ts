import { ForecastDetector } from '../../models/anomaly/forecast-detector.ts';
import { NoveltyAlarms } from '../../models/anomaly/novelty-alarms.ts';
import { RowAlarms } from '../../models/anomaly/row-alarms.ts';
import type { Alarm, Judged } from './alarms.ts';
import { type AnomalyInput, rateOf } from './input.ts';
import { withPlainRange } from './plain-range.ts';
import { alarmOfRow, type Rows, sharesByDeviation } from './rows.ts';
import { alarmOfForecast, alarmOfNovelty } from './series-batch.ts';
import type { StreamState } from './stream-state.ts';
import { intervalOf, type Timeline } from './timeline.ts';

/** Points from which the distance between points is told; it is not changed by what comes later. */
const POINTS_OF_INTERVAL = 10;
/** Name under which the rows of a stream, which are one, keep their state. */
export const ROWS = 'rows';

export interface Streamed {
  readonly judged: Judged;
  readonly state: StreamState;
  /** Points that came at or before the last one judged earlier. */
  readonly late: number;
  readonly intervalMs: number;
}

interface StreamSettings {
  readonly alarmRate: AnomalyInput['alarmRate'];
  readonly period: number | undefined;
}

const startOf = (name: string): StreamState => ({
  name,
  lastTime: Number.MIN_SAFE_INTEGER,
  origin: 0,
  intervalMs: 0,
  lastSlot: -1,
  pending: [],
});

const learning = (what: string, seen: number): Judged => ({
  status: 'learning',
  missing: [`more ${what} to learn from: alarms begin after some 200 (there have been ${seen})`],
});

/** Points after those judged before, led by those that waited for the interval to be known. */
const newPoints = ({ times, values }: Timeline, { lastTime, pending }: StreamState) => {
  const fresh = [...times].flatMap((time, k) => (time > lastTime ? [[time, values[k] ?? 0] as [number, number]] : []));
  return { points: [...pending, ...fresh], late: times.length - fresh.length };
};

const settled = (state: StreamState, points: readonly (readonly [number, number])[]): StreamState => {
  if (state.intervalMs > 0) return { ...state, pending: [] };
  const first = Float64Array.from(points.slice(0, POINTS_OF_INTERVAL), ([time]) => time);
  return { ...state, origin: first[0] ?? 0, intervalMs: intervalOf(first), pending: [] };
};

/** Gives a stream's new points to a detector, each with its slot. */
const feed = (
  before: StreamState,
  timeline: Timeline,
  judge: (state: StreamState) => {
    /** The alarm, or whether the point could be judged. */
    next: (slot: number, time: number, value: number) => Alarm | boolean;
    end: () => Partial<StreamState>;
  },
): Streamed => {
  const { points, late } = newPoints(timeline, before);
  const lastTime = points.at(-1)?.[0] ?? before.lastTime;
  if (before.intervalMs === 0 && points.length < POINTS_OF_INTERVAL)
    return {
      judged: learning('points', points.length),
      state: { ...before, lastTime, pending: points },
      late,
      intervalMs: 0,
    };
  const state = settled(before, points);
  const detector = judge(state);
  const alarms: Alarm[] = [];
  let judged = 0;
  let { lastSlot } = state;
  for (const [time, value] of points) {
    lastSlot = Math.max(lastSlot + 1, Math.round((time - state.origin) / state.intervalMs));
    const verdict = detector.next(lastSlot, time, value);
    if (verdict !== false) judged += 1;
    if (typeof verdict === 'object') alarms.push(verdict);
  }
  const plain = withPlainRange(
    alarms,
    Float64Array.from(points, ([, value]) => value),
  );
  return {
    judged:
      judged > 0 || points.length === 0 ? { status: 'ok', judged, alarms: plain } : learning('points', lastSlot + 1),
    state: { ...state, lastTime, lastSlot, ...detector.end() },
    late,
    intervalMs: state.intervalMs,
  };
};

/** What is absent from the state is undefined in the detector's. */
const resumable = ({ learned, smoother, ...rest }: NonNullable<StreamState['forecast']>) => ({
  ...rest,
  learned,
  smoother,
});

/** Goes on with a series by forecasts. */
export const streamForecast = (
  name: string,
  timeline: Timeline,
  { alarmRate, period }: StreamSettings,
  before: StreamState = startOf(name),
): Streamed =>
  feed(before, timeline, ({ intervalMs, forecast }) => {
    const rate = rateOf(alarmRate, intervalMs);
    const detector = new ForecastDetector(rate, period, forecast && resumable(forecast));
    return {
      next: (slot, time, value) => {
        const judgement = detector.next(slot, value);
        if (judgement === undefined) return false;
        return judgement.probability > rate || alarmOfForecast(name, time, value, judgement);
      },
      end: () => ({ forecast: detector.state() }),
    };
  });

/** Goes on with a series by novelty. */
export const streamNovelty = (
  name: string,
  timeline: Timeline,
  { alarmRate }: StreamSettings,
  before: StreamState = startOf(name),
): Streamed =>
  feed(before, timeline, ({ intervalMs, novelty }) => {
    const rate = rateOf(alarmRate, intervalMs);
    const detector = new NoveltyAlarms(rate, novelty);
    return {
      next: (_, time, value) => {
        const judgement = detector.next(value);
        if (judgement === undefined) return false;
        return judgement.probability > rate || alarmOfNovelty(name, time, value, judgement);
      },
      end: () => ({ novelty: detector.state() }),
    };
  });

/** Goes on with rows by their nearest neighbours; the metrics are those the stream began with. */
export const streamRows = (
  rows: Rows,
  alarmRate: AnomalyInput['alarmRate'],
  before: StreamState = startOf(ROWS),
): Streamed => {
  const fresh = [...rows.times.keys()].filter((row) => (rows.times[row] ?? 0) > before.lastTime);
  const intervalMs = before.intervalMs || intervalOf(rows.times);
  const rate = rateOf(alarmRate, intervalMs);
  const detector = new RowAlarms(rate, rows.metrics.length, before.rows);
  const alarms: Alarm[] = [];
  let judged = 0;
  for (const at of fresh) {
    const row = rows.data.subarray(at * rows.metrics.length, (at + 1) * rows.metrics.length);
    const judgement = detector.next(row);
    if (judgement === undefined) continue;
    judged += 1;
    if (judgement.probability > rate) continue;
    const shares = sharesByDeviation(rows.metrics, row, judgement.expected, judgement.scales);
    alarms.push(alarmOfRow(rows.times[at] ?? 0, judgement.probability, shares));
  }
  const state = detector.state();
  const lastTime = Math.max(before.lastTime, rows.times.at(-1) ?? before.lastTime);
  return {
    judged: judged > 0 || fresh.length === 0 ? { status: 'ok', judged, alarms } : learning('rows', state.seen),
    state: { ...before, lastTime, intervalMs, metrics: [...rows.metrics], rows: state },
    late: rows.times.length - fresh.length,
    intervalMs,
  };
};
