import { detectPeriods } from '../series/seasonality.ts';
import { AlarmCalibrator, type CalibratorState } from './alarm-calibrator.ts';
import { fitSmoother, SeasonalSmoother, type SmootherState } from './seasonal-smoother.ts';

/** Slots seen at which the model is learned anew from all of them; from the last on it only goes on smoothing. */
const LESSONS: readonly number[] = [100, 200, 400, 800, 1_600];
const LAST_LESSON = 1_600;
/** Empty slots beyond which what was before says too little. */
const LONGEST_GAP = 500;

/** What a stream has been judged by: where a value was expected, and how likely it is to be so far off by chance. */
export interface ForecastJudgement {
  readonly expected: number;
  /** Values beyond which there would have been an alarm. */
  readonly lower: number;
  readonly upper: number;
  /** Standard deviations of forecast errors between the value and its forecast. */
  readonly deviations: number;
  readonly probability: number;
}

export interface ForecastDetectorState {
  /** Slot of the first value and of the next to come. */
  readonly firstSlot: number;
  readonly nextSlot: number;
  /** [slots], NaN in gaps, as long as there are lessons to come. */
  readonly learned: Float64Array | undefined;
  readonly smoother: SmootherState | undefined;
  readonly calibrator: CalibratorState;
}

/** Between neighbours a gap is a line. */
const withoutGaps = (values: Float64Array): Float64Array => {
  const filled = values.slice();
  let last = 0;
  for (let i = 1; i < filled.length; i += 1) {
    const value = filled[i] ?? 0;
    if (Number.isNaN(value)) continue;
    const from = filled[last] ?? 0;
    for (let gap = last + 1; gap < i; gap += 1) filled[gap] = from + ((value - from) * (gap - last)) / (i - last);
    last = i;
  }
  return filled;
};

/**
 * Streaming detector by forecast residuals: each value is compared with what level and season of those before let
 * expect, and its error with the errors before. Season and gains are learned at 100, 200, 400, 800 and 1,600 slots.
 */
export class ForecastDetector {
  readonly #alarmRate: number;
  readonly #period: number | undefined;
  #firstSlot: number | undefined;
  #nextSlot = 0;
  #learned: number[] | undefined = [];
  #smoother: SeasonalSmoother | undefined;
  #calibrator: AlarmCalibrator;

  /** @param period in slots; without one it is looked for, 1 says that there is no season */
  constructor(alarmRate: number, period?: number, state?: ForecastDetectorState) {
    this.#alarmRate = alarmRate;
    this.#period = period;
    this.#calibrator = new AlarmCalibrator(alarmRate, 2, state?.calibrator);
    if (state === undefined) return;
    this.#firstSlot = state.firstSlot;
    this.#nextSlot = state.nextSlot;
    this.#learned = state.learned && [...state.learned];
    this.#smoother = state.smoother && new SeasonalSmoother(state.smoother);
  }

  /** In slots; undefined until the first lesson. */
  get period(): number | undefined {
    return this.#smoother?.state().period;
  }

  /**
   * Judges a value by those before it and learns it.
   *
   * @param slot whole, later than that of the value before
   * @returns undefined as long as too little is known
   */
  next(slot: number, value: number): ForecastJudgement | undefined {
    this.#passGap(slot);
    const relative = slot - (this.#firstSlot ?? slot);
    const judgement = this.#judge(relative, value);
    if (this.#smoother !== undefined) {
      this.#calibrator.add(this.#smoother.score(relative, value - this.#smoother.forecast(relative)));
      this.#smoother.update(relative, value);
    }
    this.#nextSlot = slot + 1;
    this.#learned?.push(value);
    if (this.#learned !== undefined && LESSONS.includes(this.#learned.length)) this.#learn(this.#learned);
    return judgement;
  }

  state(): ForecastDetectorState | undefined {
    if (this.#firstSlot === undefined) return undefined;
    return {
      firstSlot: this.#firstSlot,
      nextSlot: this.#nextSlot,
      learned: this.#learned && Float64Array.from(this.#learned),
      smoother: this.#smoother?.state(),
      calibrator: this.#calibrator.state(),
    };
  }

  #passGap(slot: number): void {
    this.#firstSlot ??= slot;
    const gap = this.#learned?.length ? slot - this.#nextSlot : 0;
    if (gap > LONGEST_GAP && this.#smoother === undefined) {
      this.#firstSlot = slot;
      this.#learned = [];
      return;
    }
    for (let empty = 0; empty < gap && this.#learned !== undefined; empty += 1) {
      this.#learned.push(Number.NaN);
      if (LESSONS.includes(this.#learned.length)) this.#learn(this.#learned);
    }
  }

  #judge(slot: number, value: number): ForecastJudgement | undefined {
    if (this.#smoother === undefined || !this.#calibrator.ready) return undefined;
    const expected = this.#smoother.forecast(slot);
    const { scale, step } = this.#smoother;
    const deviations = (value - expected) / scale;
    const probability = this.#calibrator.probability(deviations, step / scale);
    const [low, high] = this.#calibrator.bounds;
    const lower = expected + scale * low - step / 2;
    const upper = expected + scale * high + step / 2;
    return { expected, lower, upper, deviations, probability };
  }

  #learn(learned: readonly number[]): void {
    const values = Float64Array.from(learned);
    const periods = this.#period === undefined ? this.#findPeriods(values) : [this.#period];
    const fitted = fitSmoother(
      values,
      periods.filter((period) => values.length >= 2 * period),
    );
    this.#smoother = fitted.smoother;
    // The first cycles are forecast from themselves: their errors are too small to calibrate with.
    const from = Math.min(Math.floor(values.length / 2), 3 * fitted.smoother.state().period);
    this.#calibrator = new AlarmCalibrator(this.#alarmRate, 2);
    for (const score of fitted.scores.subarray(from)) if (!Number.isNaN(score)) this.#calibrator.add(score);
    if (values.length >= LAST_LESSON) this.#learned = undefined;
  }

  #findPeriods(values: Float64Array): number[] {
    return [1, ...detectPeriods(withoutGaps(values)).map(({ period }) => period)];
  }
}
