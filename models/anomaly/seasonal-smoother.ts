import { robustScale } from '../series/outliers.ts';
import { median } from '../statistics/quantile.ts';
import { placeInStep, stepBetween } from './value-steps.ts';

/** Deviations from which a value is pulled in, and the constant that makes the scale right for normal residuals. */
const CLIP = 2;
const SCALE_CONSTANT = 2.52;
const SCALE_GAIN = 0.02;
/** Cycles from which the first season is taken. */
const FIRST_CYCLES = 3;
const LEVEL_GAINS = [0.02, 0.1, 0.3, 0.6, 0.9] as const;
const SEASON_GAINS = [0.05, 0.25] as const;

/** All that the forecasts depend on, in the unit of the series. */
export interface SmootherState {
  /** In slots; 1 without a season. */
  readonly period: number;
  readonly levelGain: number;
  readonly seasonGain: number;
  readonly level: number;
  /** [period] */
  readonly season: readonly number[];
  readonly scale: number;
  /** Least distance seen between neighbours that differ; 0 until there is one. */
  readonly step: number;
  readonly last: number | null;
}

/** Standard deviation of what rounding to a step takes away. */
const roundingDeviation = (step: number): number => step / Math.sqrt(12);

/**
 * One-step forecasts by exponential smoothing of level and season that outliers hardly sway: S. Gelper, R. Fried &
 * C. Croux, "Robust forecasting with exponential and Holt–Winters smoothing", Journal of Forecasting 29 (2010), without
 * the trend. Time is a whole number of slots, so that a gap moves the season on.
 */
export class SeasonalSmoother {
  readonly #period: number;
  readonly #levelGain: number;
  readonly #seasonGain: number;
  readonly #season: Float64Array;
  #level: number;
  #scale: number;
  #step: number;
  #last: number | null;

  constructor({ period, levelGain, seasonGain, level, season, scale, step, last }: SmootherState) {
    this.#period = period;
    this.#levelGain = levelGain;
    this.#seasonGain = seasonGain;
    this.#season = Float64Array.from(season);
    this.#level = level;
    this.#scale = scale;
    this.#step = step;
    this.#last = last;
  }

  forecast(slot: number): number {
    return this.#level + (this.#season[slot % this.#period] ?? 0);
  }

  /** Standard deviation of the forecasts' errors: no less than rounding makes it, and not 0 for a constant series. */
  get scale(): number {
    const least = Math.max(roundingDeviation(this.#step), 1e-9 * Math.abs(this.#level), Number.MIN_VALUE * 1e10);
    return Math.max(this.#scale, least);
  }

  /** The step in which values come, tiny for continuous ones. */
  get step(): number {
    return this.#step;
  }

  /** Error of a forecast with the value spread over its step, in deviations. */
  score(slot: number, error: number): number {
    return (error + placeInStep(slot) * this.#step) / this.scale;
  }

  /** Learns a value. */
  update(slot: number, value: number): void {
    const error = value - this.forecast(slot);
    const step = stepBetween(value, this.#last ?? value);
    if (step > 0) this.#step = this.#step > 0 ? Math.min(this.#step, step) : step;
    this.#last = value;
    // Many equal values must not take the scale so far down that it needs as many to come back.
    this.#scale = this.scale;
    const ratio = error / this.#scale;
    const bounded = Math.abs(ratio) <= CLIP ? 1 - (1 - (ratio / CLIP) ** 2) ** 3 : 1;
    this.#scale *= Math.sqrt(SCALE_GAIN * SCALE_CONSTANT * bounded + 1 - SCALE_GAIN);
    const clipped = Math.max(-CLIP, Math.min(CLIP, error / this.scale)) * this.scale;
    this.#level += this.#levelGain * clipped;
    const phase = slot % this.#period;
    if (this.#period > 1) this.#season[phase] = (this.#season[phase] ?? 0) + this.#seasonGain * clipped;
  }

  state(): SmootherState {
    return {
      period: this.#period,
      levelGain: this.#levelGain,
      seasonGain: this.#seasonGain,
      level: this.#level,
      season: [...this.#season],
      scale: this.#scale,
      step: this.#step,
      last: this.#last,
    };
  }
}

const known = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value));

/** Level and season of the first cycles, phase by phase their median. */
const firstState = (values: Float64Array, period: number): SmootherState => {
  const first = values.subarray(0, Math.max(20, FIRST_CYCLES * period));
  const level = median(known(first));
  const season = Array.from({ length: period }, (_, phase) => {
    const ofPhase = known(first.filter((_value, i) => i % period === phase));
    return period === 1 || ofPhase.length === 0 ? 0 : median(ofPhase) - level;
  });
  const residuals = known(first.map((value, i) => value - level - (season[i % period] ?? 0)));
  const { deviation } = robustScale(residuals);
  return { period, levelGain: 0, seasonGain: 0, level, season, scale: deviation, step: 0, last: null };
};

export interface FittedSmoother {
  readonly smoother: SeasonalSmoother;
  /** Errors of the forecasts as scores, slot by slot, NaN in gaps: [n]. */
  readonly scores: Float64Array;
  /** Median size of the errors in the later half. */
  readonly error: number;
}

const run = (values: Float64Array, state: SmootherState): FittedSmoother => {
  const smoother = new SeasonalSmoother(state);
  const scores = new Float64Array(values.length).fill(Number.NaN);
  const sizes: number[] = [];
  for (const [slot, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const error = value - smoother.forecast(slot);
    scores[slot] = smoother.score(slot, error);
    smoother.update(slot, value);
    if (slot >= values.length / 2) sizes.push(Math.abs(error));
  }
  return { smoother, scores, error: median(sizes) };
};

/**
 * Chooses gains, and of several periods one, by the one-step errors in the later half, and has the smoother learn all.
 *
 * @param values [n], a slot each, NaN where there is none; at least two cycles of each period
 * @param periods in slots; 1 stands for no season
 */
export const fitSmoother = (values: Float64Array, periods: readonly number[]): FittedSmoother => {
  let best: FittedSmoother | undefined;
  for (const period of periods) {
    const first = firstState(values, period);
    for (const levelGain of LEVEL_GAINS) {
      for (const seasonGain of period > 1 ? SEASON_GAINS : [0]) {
        const fitted = run(values, { ...first, levelGain, seasonGain });
        if (best === undefined || fitted.error < best.error) best = fitted;
      }
    }
  }
  return best ?? run(values, firstState(values, 1));
};
