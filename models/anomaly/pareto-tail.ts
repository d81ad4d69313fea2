import { robustScale } from '../series/outliers.ts';
import { quantile } from '../statistics/quantile.ts';
import { lowerBound } from './sorted-window.ts';
import { placeInStep } from './value-steps.ts';

/** Share of a sample that is taken as its tail: above it, distributions of all kinds look generalised Pareto. */
const TAIL_SHARE = 0.1;
/** From so many values on the tail grows as the square root of their number, so that it begins ever higher. */
const LARGE_SAMPLE = 2_000;
/** A short sample has a longer tail: half of so many may be censored, and the other half must do to fit it. */
const FEWEST_EXCEEDANCES = 10;
/**
 * Of a share of a sample, and of what is farther from its median than so many robust deviations, nothing is believed but
 * that it is high: it may be anomalies. That leaves at least half of the tail.
 */
const CENSORED_SHARE = 0.01;
const CENSORED_DEVIATIONS = 8;
const MOST_CENSORED = 0.5;
/** Shapes that are weighed against each other, and their normal prior, which is wide. */
const SHAPES = Float64Array.from({ length: 16 }, (_, k) => -0.95 + 0.1 * k);
const PRIOR_SHAPE = 0.1;
const PRIOR_DEVIATION = 0.25;
/** Scales that are weighed for each shape, in standard errors around the moment estimate. */
const SCALE_STEPS = Float64Array.of(-2.4, -1.6, -0.8, 0, 0.8, 1.6, 2.4);
/** Nothing is said of probabilities below this. */
const SMALLEST_PROBABILITY = 1e-9;
/** What none of n did has, with 95% credibility, a probability of at least 1 in 20 n: nothing less can be counted. */
const CREDIBLE_PART = 20;

/** How likely the source of a sample is to give a value as high as another, also higher than it ever gave. */
export interface ParetoTail {
  /** At least 1e-9. */
  probability(value: number): number;
  /** The value that is reached with a probability; at most a tenth. */
  quantile(probability: number): number;
}

const tailShare = (n: number): number =>
  Math.min(1, Math.max(TAIL_SHARE * Math.min(1, Math.sqrt(LARGE_SAMPLE / n)), (FEWEST_EXCEEDANCES + 1) / n));

/** Number of values in an ascending array that are at least `value`. */
const countFrom = (sorted: Float64Array, value: number): number =>
  sorted.length - lowerBound(sorted, sorted.length, value);

/** Log-likelihood of heights above the threshold, ascending, and of `censored` more that lie beyond the highest. */
const logLikelihood = (heights: Float64Array, censored: number, shape: number, scale: number): number => {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < heights.length; i += 1) {
    const inside = 1 + (shape * (heights[i] ?? 0)) / scale;
    if (inside <= 0) return Number.NEGATIVE_INFINITY;
    last = Math.log(inside);
    sum += last;
  }
  return -heights.length * Math.log(scale) - (1 + 1 / shape) * sum - (censored * last) / shape;
};

interface Posterior {
  /** [16 × 7] each. */
  readonly scales: Float64Array;
  readonly weights: Float64Array;
}

const weigh = (heights: Float64Array, censored: number): Posterior => {
  const scales = new Float64Array(SHAPES.length * SCALE_STEPS.length);
  const logWeights = new Float64Array(scales.length);
  const highest = heights[heights.length - 1] ?? 0;
  const sum = heights.reduce((total, height) => total + height, 0) + censored * highest;
  const centre = sum / heights.length;
  for (let k = 0; k < scales.length; k += 1) {
    const shape = SHAPES[Math.floor(k / SCALE_STEPS.length)] ?? 0;
    const step = SCALE_STEPS[k % SCALE_STEPS.length] ?? 0;
    const scale = centre * Math.max(0.1, 1 - shape) * Math.exp((step * 1.5) / Math.sqrt(heights.length));
    scales[k] = scale;
    logWeights[k] = logLikelihood(heights, censored, shape, scale) - ((shape - PRIOR_SHAPE) / PRIOR_DEVIATION) ** 2 / 2;
  }
  const largest = logWeights.reduce((most, weight) => Math.max(most, weight), Number.NEGATIVE_INFINITY);
  const weights = logWeights.map((weight) => Math.exp(weight - largest));
  const total = weights.reduce((all, weight) => all + weight, 0);
  return { scales, weights: weights.map((weight) => weight / total) };
};

/** Chance, averaged over shapes and scales, that a value above the threshold is this high above it. */
const exceedance = ({ scales, weights }: Posterior, height: number): number => {
  let probability = 0;
  for (let k = 0; k < scales.length; k += 1) {
    const shape = SHAPES[Math.floor(k / SCALE_STEPS.length)] ?? 0;
    const inside = 1 + (shape * height) / (scales[k] ?? 1);
    if (inside > 0) probability += (weights[k] ?? 0) * inside ** (-1 / shape);
  }
  return probability;
};

/** The height reached with a probability, to a millionth of itself. */
const heightOf = (posterior: Posterior, probability: number, scale: number): number => {
  let high = scale;
  while (exceedance(posterior, high) > probability && high < Number.MAX_VALUE / 2) high *= 2;
  let low = 0;
  while (high - low > 1e-6 * high) {
    const middle = (low + high) / 2;
    if (exceedance(posterior, middle) > probability) low = middle;
    else high = middle;
  }
  return high;
};

/** How many of the highest values, of which those from `first` on are the tail, are only counted. */
const countCensored = (sorted: Float64Array, first: number): number => {
  const { centre, deviation } = robustScale(sorted);
  const far = deviation > 0 ? countFrom(sorted, centre + CENSORED_DEVIATIONS * deviation) : 0;
  return Math.min(
    Math.floor(MOST_CENSORED * (sorted.length - first)),
    Math.max(Math.ceil(CENSORED_SHARE * sorted.length), far),
  );
};

/** Of a sample that hardly varies: what is more than all of it but one has not been seen, the rest is counted. */
const countedTail = (sorted: Float64Array): ParetoTail => {
  const highest = sorted[Math.max(0, sorted.length - 2)] ?? 0;
  return {
    probability: (value) => (value > highest ? 1 / CREDIBLE_PART : 1 + countFrom(sorted, value)) / (1 + sorted.length),
    quantile: () => highest,
  };
};

/** The part of a sample above its 90% point, or higher for a large sample. */
const cutTail = (sorted: Float64Array) => {
  const n = sorted.length;
  const threshold = quantile(sorted, 1 - tailShare(n));
  let first = n - countFrom(sorted, threshold);
  while (first < n && (sorted[first] ?? 0) <= threshold) first += 1;
  const censored = countCensored(sorted, first);
  const heights = sorted.subarray(first, Math.max(first, n - censored)).map((value) => value - threshold);
  return { threshold, share: (n - first) / n, censored, heights };
};

const spreadOver = (sorted: Float64Array, step: number): Float64Array =>
  step > 0 ? sorted.map((value, k) => value + step * placeInStep(k)).sort() : sorted;

/**
 * The upper tail of a sample: counts up to its 90% point, or higher for a large sample, a generalised Pareto distribution beyond (J. Pickands,
 * "Statistical inference using extreme order statistics", Annals of Statistics 3, 1975; for alarms: A. Siffer et al.,
 * "Anomaly detection in streams with extreme value theory", KDD 2017). Shape and scale are not estimated but averaged
 * over by their posterior, so that a short sample promises less; of the
 * highest values only the number counts.
 *
 * @param sorted [n] ascending, n at least 1; when hardly any value differs from that point, values beyond all of the
 *   sample but one have a probability of 1 in 20 (n + 1)
 * @param step in which the values come: each is spread over its own, so that ties do not hide the distribution
 */
export const fitParetoTail = (sorted: Float64Array, step = 0): ParetoTail => {
  if (cutTail(sorted).heights.length < FEWEST_EXCEEDANCES / 2) return countedTail(sorted);
  const spread = spreadOver(sorted, step);
  const { threshold, share, censored, heights } = cutTail(spread);
  const posterior = weigh(heights, censored);
  return {
    probability: (value) => {
      const least = value - step / 2;
      return least <= threshold
        ? (1 + countFrom(spread, least)) / (1 + spread.length)
        : Math.max(SMALLEST_PROBABILITY, share * exceedance(posterior, least - threshold));
    },
    quantile: (probability) =>
      step / 2 +
      (probability >= share
        ? threshold
        : threshold + heightOf(posterior, probability / share, heights[heights.length - 1] ?? 1)),
  };
};
