import { robustScale } from '../series/outliers.ts';
import { AlarmCalibrator, type CalibratorState } from './alarm-calibrator.ts';
import { NearestRows } from './nearest-rows.ts';

/** Rows that are remembered. */
const MEMORY = 1_000;
export const NEIGHBOURS = 5;
/** Rows seen at which the scales of the metrics are learned anew. */
const LESSONS: readonly number[] = [100, 200, 400, 800, 1_600];

/** A difference of one robust standard deviation; of a metric that hardly changes, a billionth of its size. */
export const metricScale = (values: Float64Array): number => {
  const { centre, deviation } = robustScale(values);
  return Math.max(deviation, 1e-9 * Math.abs(centre), Number.MIN_VALUE * 1e10);
};

/** Distances to neighbours have tails as heavy as powers; those of their fourth roots can be fitted. */
export const distanceScore = (distance: number): number => distance ** 0.25;

export interface RowJudgement {
  /** [d], the mean of the nearest rows before. */
  readonly expected: Float64Array;
  /** [d], what one deviation of each metric is. */
  readonly scales: Float64Array;
  readonly probability: number;
}

export interface RowAlarmsState {
  /** Rows remembered, oldest first, [n × d] flat. */
  readonly rows: Float64Array;
  readonly seen: number;
  /** [d]; empty before the first lesson. */
  readonly scales: Float64Array;
  readonly calibrator: CalibratorState;
}

/** Streaming detector of rows that are far from the nearest five of the last thousand. */
export class RowAlarms {
  readonly #metrics: number;
  readonly #rows: NearestRows;
  readonly #calibrator: AlarmCalibrator;
  #scales = new Float64Array(0);
  #seen = 0;

  constructor(alarmRate: number, metrics: number, state?: RowAlarmsState) {
    this.#metrics = metrics;
    this.#rows = new NearestRows(MEMORY, metrics, NEIGHBOURS);
    this.#calibrator = new AlarmCalibrator(alarmRate, 1, state?.calibrator);
    if (state === undefined) return;
    for (let at = 0; at < state.rows.length; at += metrics) this.#rows.add(state.rows.subarray(at, at + metrics));
    this.#scales = Float64Array.from(state.scales);
    this.#seen = state.seen;
  }

  /** Judges a row of d values by those before it and learns it; undefined as long as too little is known. */
  next(row: Float64Array): RowJudgement | undefined {
    const judgement = this.#scales.length > 0 ? this.#judge(row) : undefined;
    this.#rows.add(row);
    this.#seen += 1;
    if (LESSONS.includes(this.#seen))
      this.#scales = Float64Array.from({ length: this.#metrics }, (_, metric) =>
        metricScale(this.#rows.column(metric)),
      );
    return judgement;
  }

  state(): RowAlarmsState {
    return {
      rows: this.#rows.toArray(),
      seen: this.#seen,
      scales: this.#scales,
      calibrator: this.#calibrator.state(),
    };
  }

  #judge(row: Float64Array): RowJudgement | undefined {
    const expected = new Float64Array(this.#metrics);
    const score = distanceScore(this.#rows.distance(row, this.#scales, expected));
    const probability = this.#calibrator.probability(score);
    const { ready } = this.#calibrator;
    this.#calibrator.add(score);
    return ready ? { expected, scales: this.#scales, probability } : undefined;
  }
}
