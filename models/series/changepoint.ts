import { chiSquaredUpperTail } from '../statistics/incomplete-gamma.ts';
import { quantile } from '../statistics/quantile.ts';
import { pelt, type SegmentCost } from './pelt.ts';
import { lineCost, meanCost, varianceCost } from './segment-costs.ts';

/** A moment from which on a series behaves otherwise. */
export interface Changepoint {
  /** First value of the new regime. */
  readonly index: number;
  readonly changed: 'level' | 'slope' | 'variance';
  /** 1 - p-value, corrected for every place where the change could have been. */
  readonly confidence: number;
  /** Mean, slope a value, or standard deviation, as `changed` says. */
  readonly before: number;
  readonly after: number;
  /** Level: noise deviations; slope: noise deviations gained over the shorter side; variance: ratio of deviations. */
  readonly effectSize: number;
}

const FEWEST_VALUES = 30;
const SHORTEST_SEGMENT = 8;
const MOST_CANDIDATES = 2_500;
const MOST_PERSISTENCE = 0.99;

const medianDistance = (y: Float64Array, lag: number): number =>
  quantile(
    Float64Array.from({ length: y.length - lag }, (_, i) => Math.abs((y[i + lag] ?? 0) - (y[i] ?? 0))).sort(),
    0.5,
  );

/**
 * Deviation of the noise and how many times its long-run variance exceeds it, from differences, which changes do not
 * sway: S. Chakar, E. Lebarbier, C. Lévy-Leduc & S. Robin, "A robust approach for estimating change-points in the mean
 * of an AR(1) process", Bernoulli 23 (2017). One standard error is added to the persistence.
 */
const noiseOf = (y: Float64Array): { deviation: number; inflation: number } => {
  const once = medianDistance(y, 1) * 1.4826;
  const twice = medianDistance(y, 2) * 1.4826;
  if (!(once > 0)) return { deviation: 0, inflation: 1 };
  const estimate = Math.max(-0.5, Math.min(MOST_PERSISTENCE, (twice / once) ** 2 - 1));
  const cautious = Math.max(0, Math.min(MOST_PERSISTENCE, estimate + 1.6 / Math.sqrt(y.length)));
  const deviation = once / Math.sqrt(2 * (1 - estimate));
  return { deviation, inflation: (1 + cautious) / (1 - cautious) };
};

const total = (cost: SegmentCost, changes: readonly number[], n: number): number =>
  [...changes, n].reduce((sum, end, k) => sum + cost(changes[k - 1] ?? 0, end), 0);

interface Line {
  readonly mean: number;
  readonly slope: number;
}

const fitLine = (y: Float64Array, start: number, end: number): Line => {
  const middle = (start + end - 1) / 2;
  let sum = 0;
  let product = 0;
  let spread = 0;
  for (let i = start; i < end; i += 1) {
    sum += y[i] ?? 0;
    product += (i - middle) * (y[i] ?? 0);
    spread += (i - middle) ** 2;
  }
  return { mean: sum / (end - start), slope: spread > 0 ? product / spread : 0 };
};

interface Fit {
  readonly cost: SegmentCost;
  readonly changes: readonly number[];
  readonly straight: boolean;
  readonly score: number;
}

const segment = (cost: SegmentCost, n: number, unit: number, straight: boolean): Fit => {
  const step = Math.max(1, Math.ceil(n / MOST_CANDIDATES));
  // Three logarithms: the maximum of the statistic over all places grows slower, and noise stays below it.
  const penalty = (straight ? 4.5 : 3) * Math.log(Math.max(n, 200)) * unit;
  const changes = pelt(cost, n, penalty, { shortest: Math.max(SHORTEST_SEGMENT, step), step });
  const parameters = (changes.length + 1) * (straight ? 2 : 1);
  return {
    cost,
    changes,
    straight,
    score: total(cost, changes, n) + changes.length * penalty + parameters * Math.log(n) * unit,
  };
};

const describe = (y: Float64Array, found: Fit, noise: { deviation: number; inflation: number }): Changepoint[] =>
  found.changes.map((index, k) => {
    const start = found.changes[k - 1] ?? 0;
    const end = found.changes[k + 1] ?? y.length;
    const gain = found.cost(start, end) - found.cost(start, index) - found.cost(index, end);
    const tail = chiSquaredUpperTail(gain / noise.inflation, found.straight ? 2 : 1);
    const confidence = Math.min(0.999, Math.max(0, 1 - tail * (end - start)));
    const [first, second] = [fitLine(y, start, index), fitLine(y, index, end)];
    const shorter = Math.min(index - start, end - index);
    const turned = ((second.slope - first.slope) * shorter) / noise.deviation;
    const jump = second.mean - (second.slope * (end - index)) / 2 - first.mean - (first.slope * (index - start)) / 2;
    if (found.straight && Math.abs(turned) > Math.abs(jump) / noise.deviation)
      return { index, changed: 'slope', confidence, before: first.slope, after: second.slope, effectSize: turned };
    const moved = found.straight ? jump : second.mean - first.mean;
    return {
      index,
      changed: 'level',
      confidence,
      before: first.mean,
      after: second.mean,
      effectSize: moved / noise.deviation,
    };
  });

/** Changes of the residuals' variance; the penalty grows with their kurtosis, so that heavy tails are no change. */
const varianceChanges = (residuals: Float64Array, inflation: number): Changepoint[] => {
  const n = residuals.length;
  const second = residuals.reduce((sum, e) => sum + e * e, 0) / n;
  const fourth = residuals.reduce((sum, e) => sum + e ** 4, 0) / n;
  const unit = Math.max(1, (fourth / second ** 2 - 1) / 2) * inflation;
  const found = segment(varianceCost(residuals), n, 1.3 * unit, false);
  return found.changes.map((index, k) => {
    const start = found.changes[k - 1] ?? 0;
    const end = found.changes[k + 1] ?? n;
    const gain = found.cost(start, end) - found.cost(start, index) - found.cost(index, end);
    const deviation = (from: number, to: number): number =>
      Math.sqrt(residuals.subarray(from, to).reduce((sum, e) => sum + e * e, 0) / (to - from));
    const [before, after] = [deviation(start, index), deviation(index, end)];
    const confidence = Math.min(0.999, Math.max(0, 1 - chiSquaredUpperTail(gain / unit, 1) * (end - start)));
    return { index, changed: 'variance', confidence, before, after, effectSize: after / before };
  });
};

/**
 * Changes of level, slope or variance by PELT: the cheaper of piecewise constant and piecewise straight, then the
 * variance of what remains; penalties are scaled by the noise's long-run variance.
 *
 * @param values [n], equally spaced, seasons taken out
 * @returns ascending by index; none with fewer than 30 values or without noise
 */
export const detectChangepoints = (values: ArrayLike<number>): Changepoint[] => {
  const y = Float64Array.from(values);
  const noise = y.length < FEWEST_VALUES ? { deviation: 0, inflation: 1 } : noiseOf(y);
  if (!(noise.deviation > 0)) return [];
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const scaled = y.map((value) => (value - mean) / noise.deviation);
  const level = segment(meanCost(scaled), y.length, noise.inflation, false);
  const straight = segment(lineCost(scaled), y.length, noise.inflation, true);
  const best = straight.score < level.score ? straight : level;
  const residuals = new Float64Array(y.length);
  for (const [k, end] of [...best.changes, y.length].entries()) {
    const start = best.changes[k - 1] ?? 0;
    const line = fitLine(y, start, end);
    for (let i = start; i < end; i += 1)
      residuals[i] = (y[i] ?? 0) - line.mean - (best.straight ? line.slope * (i - (start + end - 1) / 2) : 0);
  }
  return [...describe(y, best, noise), ...varianceChanges(residuals, noise.inflation)].sort(
    (a, b) => a.index - b.index,
  );
};
