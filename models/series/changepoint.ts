import { chiSquaredUpperTail } from '../statistics/incomplete-gamma.ts';
import { pelt, type SegmentCost } from './pelt.ts';
import { fitNoise, innovationsOf, type NoiseFit } from './persistent-noise.ts';
import { lineCost, meanCost } from './segment-costs.ts';
import { distancesFromNeighbours, pullInSpikes } from './spikes.ts';

/** A moment from which on a series behaves otherwise. */
export interface Changepoint {
  /** First value of the new regime. */
  readonly index: number;
  readonly changed: 'level' | 'slope' | 'variance';
  /** 1 - p-value, corrected for every place where the change could have been. */
  readonly confidence: number;
  /** Mean, slope a value, or standard deviation of what the past does not foretell, as `changed` says. */
  readonly before: number;
  readonly after: number;
  /** Level: deviations of what remains; slope: those gained over the shorter side; variance: ratio of deviations. */
  readonly effectSize: number;
}

const FEWEST_VALUES = 30;
/** A shorter excursion is a spike and not a regime. */
const SHORTEST_SEGMENT = 8;
/** Values in a row, far from their neighbours, that are spikes. */
export const LONGEST_SPIKE = SHORTEST_SEGMENT - 1;
/** Places at which PELT looks; in a longer series the best is then sought in between. */
const MOST_CANDIDATES = 800;
/** A segmentation into more is no description. */
const MOST_CHANGES = 40;
/** Share of a series' size below which what remains is the rounding of numbers. */
const ROUNDING = 1e-9;
/** Penalties tried, each twice the last, until nothing is left. */
const MOST_PENALTIES = 16;
/**
 * Logarithms of n that the deviance must fall for each change. The maximum over all places of a likelihood ratio of one
 * parameter stays below 2 log n (Y.-C. Yao, Statistics & Probability Letters 6, 1988); the third and fourth pay for the
 * noise's persistence, which is chosen anew with every change, and keep false findings where docs/accuracy.md has them.
 */
const PENALTY = { constant: 3, straight: 4.5 } as const;
type Shape = keyof typeof PENALTY;

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

/** What the segments' means or lines leave. */
const residualsOf = (y: Float64Array, changes: readonly number[], shape: Shape): Float64Array => {
  const residuals = new Float64Array(y.length);
  for (const [k, end] of [...changes, y.length].entries()) {
    const start = changes[k - 1] ?? 0;
    const line = fitLine(y, start, end);
    const slope = shape === 'straight' ? line.slope : 0;
    for (let i = start; i < end; i += 1) residuals[i] = (y[i] ?? 0) - line.mean - slope * (i - (start + end - 1) / 2);
  }
  return residuals;
};

interface Model {
  readonly shape: Shape;
  readonly changes: readonly number[];
  readonly noise: NoiseFit;
  /** Deviance and the price of its parameters and changes. */
  readonly score: number;
}

const modelOf = (y: Float64Array, changes: readonly number[], shape: Shape, floor: number): Model => {
  const noise = fitNoise(residualsOf(y, changes, shape), floor);
  const logarithm = Math.log(Math.max(y.length, 100));
  const slopes = shape === 'straight' ? 1 : 0;
  return { shape, changes, noise, score: noise.deviance + (PENALTY[shape] * changes.length + slopes) * logarithm };
};

/** Moves each change to the place of least cost within a step, its neighbours held. */
const refine = (cost: SegmentCost, changes: readonly number[], n: number, step: number): number[] => {
  const refined = [...changes];
  for (const [k, change] of changes.entries()) {
    const [start, end] = [refined[k - 1] ?? 0, refined[k + 1] ?? n];
    let least = Number.POSITIVE_INFINITY;
    for (let at = Math.max(start + 2, change - step); at <= Math.min(end - 2, change + step); at += 1) {
      const total = cost(start, at) + cost(at, end);
      if (total < least) [least, refined[k]] = [total, at];
    }
  }
  return refined;
};

/** PELT's segmentations at rising penalties, judged by the noise that each leaves; the first has no change. */
const candidates = (y: Float64Array, shape: Shape, noise: number): Model[] => {
  const n = y.length;
  const step = Math.max(1, Math.ceil(n / MOST_CANDIDATES));
  const cost = shape === 'straight' ? lineCost(y) : meanCost(y);
  const floor = 1e-6 * noise;
  const models = [modelOf(y, [], shape, floor)];
  let penalty = PENALTY[shape] * Math.log(n) * noise;
  for (let k = 0; k < MOST_PENALTIES; k += 1) {
    const found = pelt(cost, n, penalty, { shortest: Math.max(SHORTEST_SEGMENT, step), step });
    penalty *= 2;
    if (found.length === 0) break;
    // Between two penalties often nothing changes.
    if (found.length > MOST_CHANGES || found.length === models.at(-1)?.changes.length) continue;
    models.push(modelOf(y, step > 1 ? refine(cost, found, n, step) : found, shape, floor));
    if (found.length === 1) break;
  }
  return models;
};

const best = (models: readonly Model[]): Model | undefined =>
  models.reduce<Model | undefined>(
    (least, model) => (least === undefined || model.score < least.score ? model : least),
    undefined,
  );

interface Judged extends Model {
  /** For each change, how much the deviance rises without it. */
  readonly gains: readonly number[];
}

/** Places of the changes in `changes`, that which explains least first. */
const weakestFirst = (cost: SegmentCost, changes: readonly number[], n: number): number[] => {
  const gains = changes.map((change, k) => {
    const [start, end] = [changes[k - 1] ?? 0, changes[k + 1] ?? n];
    return cost(start, end) - cost(start, change) - cost(change, end);
  });
  return [...changes.keys()].sort((a, b) => (gains[a] ?? 0) - (gains[b] ?? 0));
};

/** Drops changes, the weakest first, until each is worth its price. */
const prune = (y: Float64Array, model: Model, floor: number): Judged => {
  const cost = model.shape === 'straight' ? lineCost(y) : meanCost(y);
  const gains = new Map<number, number>();
  let current = model;
  let order = weakestFirst(cost, current.changes, y.length);
  for (let k = 0; k < order.length; k += 1) {
    const place = order[k] ?? 0;
    const without = modelOf(y, current.changes.toSpliced(place, 1), current.shape, floor);
    gains.set(place, without.noise.deviance - current.noise.deviance);
    if (without.score > current.score) continue;
    current = without;
    order = weakestFirst(cost, current.changes, y.length);
    k = -1;
  }
  return { ...current, gains: current.changes.map((_, k) => gains.get(k) ?? 0) };
};

/** Mean squared difference of neighbours, halved: the variance of white noise, which changes of level hardly sway. */
const neighbourVariance = (y: Float64Array): number => {
  let sum = 0;
  for (let i = 1; i < y.length; i += 1) sum += ((y[i] ?? 0) - (y[i - 1] ?? 0)) ** 2;
  return sum / (2 * (y.length - 1));
};

const segmentBy = (y: Float64Array, shapes: readonly Shape[]): Judged | undefined => {
  const noise = neighbourVariance(y);
  const winner = noise > 0 ? best(shapes.flatMap((shape) => candidates(y, shape, noise))) : undefined;
  return winner && prune(y, winner, 1e-6 * noise);
};

const confidenceOf = (gain: number, degrees: number, places: number): number =>
  Math.min(0.999, Math.max(0, 1 - places * chiSquaredUpperTail(gain, degrees)));

const deviationOf = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

const describe = (y: Float64Array, { shape, changes, gains }: Judged, deviation: number): Changepoint[] =>
  changes.map((index, k) => {
    const [start, end] = [changes[k - 1] ?? 0, changes[k + 1] ?? y.length];
    const [first, second] = [fitLine(y, start, index), fitLine(y, index, end)];
    const straight = shape === 'straight';
    const confidence = confidenceOf(gains[k] ?? 0, straight ? 2 : 1, y.length);
    const turned = ((second.slope - first.slope) * Math.min(index - start, end - index)) / deviation;
    const jump = second.mean - (second.slope * (end - index)) / 2 - first.mean - (first.slope * (index - start)) / 2;
    if (straight && Math.abs(turned) > Math.abs(jump) / deviation)
      return { index, changed: 'slope', confidence, before: first.slope, after: second.slope, effectSize: turned };
    const effectSize = (straight ? jump : second.mean - first.mean) / deviation;
    return { index, changed: 'level', confidence, before: first.mean, after: second.mean, effectSize };
  });

/** Changes of level in the innovations' squares, cube-rooted, which is all but normal (Wilson & Hilferty, PNAS 17, 1931). */
const varianceChanges = (innovations: Float64Array): Changepoint[] => {
  const spread = innovations.map((value) => Math.cbrt(value * value));
  const found = segmentBy(spread, ['constant']);
  return (found?.changes ?? []).map((index, k) => {
    const [start, end] = [found?.changes[k - 1] ?? 0, found?.changes[k + 1] ?? innovations.length];
    const before = deviationOf(innovations.subarray(start, index));
    const after = deviationOf(innovations.subarray(index, end));
    const confidence = confidenceOf(found?.gains[k] ?? 0, 1, innovations.length);
    return { index, changed: 'variance', confidence, before, after, effectSize: after / before };
  });
};

/**
 * Changes of level, slope or variance. PELT proposes segmentations, constant and straight, at rising penalties; each is
 * judged by the noise that it leaves, white to a random walk, so that what persistent noise does by itself is no change;
 * of the winner each change must be worth its price. Spikes are pulled in before.
 *
 * @param values [n], equally spaced, seasons taken out
 * @param distances of the values from their neighbours in spans of `LONGEST_SPIKE`, [n], where they are known already
 * @returns ascending by index; none with fewer than 30 values or without variation
 */
export const detectChangepoints = (values: ArrayLike<number>, distances?: Float64Array): Changepoint[] => {
  if (values.length < FEWEST_VALUES) return [];
  const given = Float64Array.from(values);
  const y = pullInSpikes(given, distances ?? distancesFromNeighbours(given, LONGEST_SPIKE));
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const centred = y.map((value) => value - mean);
  const found = segmentBy(centred, ['constant', 'straight']);
  if (found === undefined) return [];
  const residuals = residualsOf(y, found.changes, found.shape);
  const deviation = deviationOf(residuals);
  const isExact = deviation <= ROUNDING * deviationOf(y);
  return [
    ...describe(y, found, deviation),
    ...(isExact ? [] : varianceChanges(innovationsOf(residuals, found.noise))),
  ].sort((a, b) => a.index - b.index);
};
