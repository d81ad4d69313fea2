import { AlarmCalibrator, type CalibratorState } from './alarm-calibrator.ts';
import { SHAPE_LENGTH } from './nearest-shapes.ts';
import { NoveltyDetector } from './novelty-detector.ts';
import { distanceScore } from './row-alarms.ts';

/** Values that are remembered. */
const MEMORY = 2_000;
/** Parts of the accepted alarms that values and courses may use up. */
const SHARE_OF_VALUES = 2 / 3;
const SHARE_OF_COURSES = 1 / 3;
/** A multiple of 4, as the detector wants it. */
const REACH = NoveltyDetector.reach(MEMORY);

export interface NoveltyJudgement {
  /** What is usual: the middle of the values remembered, and the span of 98 in 100. */
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  readonly probability: number;
  /** Whether the value itself is new, or the course of the last 72 values that it ends. */
  readonly novel: 'value' | 'course';
}

export interface NoveltyAlarmsState {
  /** The values that are remembered, oldest first; their number differs from `seen` by a multiple of 4. */
  readonly values: Float64Array;
  readonly seen: number;
  /** Scores of the last 71 courses. */
  readonly courses: Float64Array;
  readonly ofValue: CalibratorState;
  readonly ofCourse: CalibratorState;
}

/**
 * Alarms by novelty. One strange value stays in the courses of the next 72, which would make one anomaly many: only a
 * course stranger than each of the last 72 counts.
 */
export class NoveltyAlarms {
  readonly #detector = new NoveltyDetector(MEMORY, true);
  readonly #ofValue: AlarmCalibrator;
  readonly #ofCourse: AlarmCalibrator;
  #values: number[] = [];
  #courses: number[] = [];
  #seen = 0;

  constructor(alarmRate: number, state?: NoveltyAlarmsState) {
    this.#ofValue = new AlarmCalibrator(alarmRate, 1, state?.ofValue);
    this.#ofCourse = new AlarmCalibrator(alarmRate, 1, state?.ofCourse);
    if (state === undefined) return;
    this.#values = [...state.values];
    this.#courses = [...state.courses];
    this.#seen = state.seen;
    for (const value of state.values) this.#detector.add(value);
  }

  /** Judges a value by those before it and learns it; undefined as long as too little is known. */
  next(value: number): NoveltyJudgement | undefined {
    const judgement = this.#judge(value);
    this.#detector.add(value);
    this.#values.push(value);
    this.#seen += 1;
    if (this.#values.length >= 2 * REACH) this.#values = this.#values.slice(REACH);
    return judgement;
  }

  state(): NoveltyAlarmsState {
    const surplus = Math.max(0, this.#values.length - REACH);
    return {
      values: Float64Array.from(this.#values.slice(surplus - (surplus % 4))),
      seen: this.#seen,
      courses: Float64Array.from(this.#courses),
      ofValue: this.#ofValue.state(),
      ofCourse: this.#ofCourse.state(),
    };
  }

  #judge(value: number): NoveltyJudgement | undefined {
    const spread = this.#detector.quantile(0.75) - this.#detector.quantile(0.25);
    const unit = Math.max(spread, 1e-9 * Math.abs(value), Number.MIN_VALUE * 1e10);
    const novelty = this.#detector.judge(value);
    const ready = this.#ofValue.ready;
    const known = Number.isFinite(novelty.shape);
    const ofValue = this.#probabilityOf(this.#ofValue, distanceScore(novelty.value / unit));
    const score = distanceScore(novelty.shape / unit);
    const record = known && this.#courses.every((before) => score > before);
    // The chance that a course is a record at all, and then one as strange.
    const recordShare = Math.min(1, (1 + this.#ofCourse.seen) / Math.max(1, this.#seen - 2 * SHAPE_LENGTH));
    const ofCourse = record ? this.#ofRecord(score, recordShare) : 1;
    if (known) this.#courses = [...this.#courses.slice(1 - SHAPE_LENGTH), score];
    if (!ready) return undefined;
    return {
      expected: this.#detector.quantile(0.5),
      lower: this.#detector.quantile(0.01),
      upper: this.#detector.quantile(0.99),
      // Two chances to be wrong.
      probability: Math.min(1, ofValue / SHARE_OF_VALUES, ofCourse / SHARE_OF_COURSES),
      novel: ofCourse / SHARE_OF_COURSES < ofValue / SHARE_OF_VALUES ? 'course' : 'value',
    };
  }

  #ofRecord(score: number, share: number): number {
    return this.#ofCourse.ready
      ? share * this.#probabilityOf(this.#ofCourse, score)
      : this.#probabilityOf(this.#ofCourse, score);
  }

  #probabilityOf(calibrator: AlarmCalibrator, score: number): number {
    if (!Number.isFinite(score)) return 1;
    const probability = calibrator.probability(score);
    calibrator.add(score);
    return probability;
  }
}
