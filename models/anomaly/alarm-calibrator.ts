import { fitParetoTail, type ParetoTail } from './pareto-tail.ts';

/** Latest scores that a calibration rests on: what is older is another regime. */
const WINDOW = 2_000;
/** Scores from which a tail is known well enough to alarm by. */
const FEWEST_SCORES = 100;
const REFIT_EVERY = 50;

/** What a calibration goes on from; the scores of a resumed stream are judged as if it had never paused. */
export interface CalibratorState {
  /** The latest, oldest first. */
  readonly scores: Float32Array;
  /** Scores there have been. */
  readonly seen: number;
}

/**
 * Turns the scores of a stream into the chance that a score as extreme comes when nothing is wrong: each is compared
 * with those before it, whatever their distribution is, by Pareto tails over a sliding window. An alarm below a
 * probability of 0.001 comes, in a stream that does not change, about once in 1,000 points.
 */
export class AlarmCalibrator {
  readonly #sides: 1 | 2;
  readonly #alarmRate: number;
  /** A ring that also holds what the current tails were fitted to, so that a state can give them again. */
  readonly #ring = new Float32Array(WINDOW + REFIT_EVERY);
  #seen = 0;
  #upper: ParetoTail | undefined;
  #lower: ParetoTail | undefined;
  #bounds: readonly [lower: number, upper: number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

  /**
   * @param alarmRate alarms a point that are accepted when nothing is wrong, up to a tenth
   * @param sides 2 when low scores are as strange as high ones
   */
  constructor(alarmRate: number, sides: 1 | 2, state?: CalibratorState) {
    this.#alarmRate = alarmRate;
    this.#sides = sides;
    if (state === undefined) return;
    const { scores, seen } = state;
    this.#seen = seen;
    for (const [index, score] of scores.entries()) {
      const arrived = seen - scores.length + index;
      this.#ring[arrived % this.#ring.length] = score;
    }
    this.#fit(seen - (seen % REFIT_EVERY), scores.length - (seen % REFIT_EVERY));
  }

  /** Scores there have been. */
  get seen(): number {
    return this.#seen;
  }

  get ready(): boolean {
    return this.#upper !== undefined;
  }

  /**
   * 1 as long as too few scores are known. Scores are compared in single precision, as they are kept.
   *
   * @param step over which each score that was added had been spread; all of its own counts as as extreme
   */
  probability(score: number, step = 0): number {
    const above = this.#upper?.probability(Math.fround(score - step / 2)) ?? 1;
    if (this.#sides === 1) return above;
    return Math.min(1, 2 * above, 2 * (this.#lower?.probability(-Math.fround(score + step / 2)) ?? 1));
  }

  /** Scores between which there is no alarm; infinite as long as too few are known, and below on one side. */
  get bounds(): readonly [lower: number, upper: number] {
    return this.#bounds;
  }

  add(score: number): void {
    this.#ring[this.#seen++ % this.#ring.length] = score;
    if (this.#seen % REFIT_EVERY === 0) this.#fit(this.#seen, Math.min(this.#seen, WINDOW));
  }

  state(): CalibratorState {
    return { scores: this.#latest(this.#seen, Math.min(this.#seen, this.#ring.length)), seen: this.#seen };
  }

  #latest(end: number, count: number): Float32Array {
    return Float32Array.from({ length: count }, (_, i) => this.#ring[(end - count + i) % this.#ring.length] ?? 0);
  }

  #fit(end: number, available: number): void {
    const count = Math.min(available, WINDOW);
    if (count < FEWEST_SCORES) return;
    const sorted = Float64Array.from(this.#latest(end, count)).sort();
    this.#upper = fitParetoTail(sorted);
    if (this.#sides === 2) this.#lower = fitParetoTail(sorted.map((score) => -score).reverse());
    const aSide = this.#alarmRate / this.#sides;
    this.#bounds = [-(this.#lower?.quantile(aSide) ?? Number.POSITIVE_INFINITY), this.#upper.quantile(aSide)];
  }
}
