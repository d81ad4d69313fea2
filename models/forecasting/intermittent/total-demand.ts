import { normalCdf } from '../../statistics/normal.ts';
import { nextNormal, type Random } from '../../statistics/random.ts';

/** Distribution of the demand over several periods: ascending values and the probability of at most each. */
export interface TotalDemand {
  readonly values: Float64Array;
  readonly cumulative: Float64Array;
}

/** Smallest total that is not exceeded with that probability. */
export const totalQuantile = ({ values, cumulative }: TotalDemand, probability: number): number => {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    // A share of n replicates is never exact in binary.
    if ((cumulative[middle] ?? 1) >= probability - 1e-12) high = middle;
    else low = middle + 1;
  }
  return values[low] ?? 0;
};

/** Probability that the total is above a level. */
export const probabilityAbove = ({ values, cumulative }: TotalDemand, level: number): number => {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) <= level) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 1 : Math.max(0, 1 - (cumulative[low - 1] ?? 1));
};

const ofSample = (totals: Float64Array): TotalDemand => ({
  values: totals.sort(),
  cumulative: totals.map((_, index) => (index + 1) / totals.length),
});

/**
 * Every total of so many successive periods that was seen. E. Porras & R. Dekker, "An inventory control system for
 * spare parts at a refinery", European Journal of Operational Research 184 (2008).
 *
 * @param demand [n], n at least `length`
 */
export const empiricalTotal = (demand: Float64Array, length: number): TotalDemand => {
  const totals = new Float64Array(demand.length - length + 1);
  let total = 0;
  for (let t = 0; t < demand.length; t += 1) {
    total += (demand[t] ?? 0) - (demand[t - length] ?? 0);
    // Differences of a running sum leave dust below zero.
    if (t >= length - 1) totals[t - length + 1] = Math.max(0, total);
  }
  return ofSample(totals);
};

/** Chances that a demand follows on a period without and on one with a demand; one of each is assumed seen. */
const occurrenceChances = (demand: Float64Array): readonly [number, number] => {
  const counts = [1, 1, 1, 1];
  for (let t = 1; t < demand.length; t += 1) {
    const index = ((demand[t - 1] ?? 0) > 0 ? 2 : 0) + ((demand[t] ?? 0) > 0 ? 1 : 0);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  const [none = 1, begins = 1, ends = 1, goesOn = 1] = counts;
  return [begins / (none + begins), goesOn / (ends + goesOn)];
};

/**
 * Bootstrap of the total: whether there is a demand follows a two-state Markov chain from the last period on, sizes
 * are drawn from those seen and, when whole numbers, jittered. T. R. Willemain, C. N. Smart & H. F. Schwarz, "A new
 * approach to forecasting intermittent demand for service parts inventories", International Journal of Forecasting 20
 * (2004).
 *
 * @param demand [n], from 0 up, with at least one demand
 */
export const bootstrapTotal = (
  demand: Float64Array,
  { length, replicates, random }: { readonly length: number; readonly replicates: number; readonly random: Random },
): TotalDemand => {
  const sizes = demand.filter((value) => value > 0);
  const jitter = sizes.every(Number.isInteger);
  const [afterNone, afterDemand] = occurrenceChances(demand);
  const totals = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate += 1) {
    let occurs = (demand.at(-1) ?? 0) > 0;
    for (let step = 0; step < length; step += 1) {
      occurs = random() < (occurs ? afterDemand : afterNone);
      if (!occurs) continue;
      const size = sizes[Math.floor(random() * sizes.length)] ?? 0;
      const jittered = jitter ? 1 + Math.floor(size + Math.sqrt(size) * nextNormal(random)) : size;
      totals[replicate] = (totals[replicate] ?? 0) + (jittered > 0 ? jittered : size);
    }
  }
  return ofSample(totals);
};

/** Beyond this mean the values of a count are too many to list. */
const LARGEST_MEAN = 20_000;
const TAIL = 1e-6;

/**
 * Negative binomial distribution of a total of counts, by its mean and variance; Poisson when the variance is not
 * above the mean. A. A. Syntetos & J. E. Boylan, "On the stock control performance of intermittent demand estimators",
 * International Journal of Production Economics 103 (2006).
 *
 * @returns undefined when the mean is not above 0 or the values would be too many to list
 */
export const negativeBinomialTotal = (mean: number, variance: number): TotalDemand | undefined => {
  if (!(mean > 0) || !Number.isFinite(variance) || mean + 10 * Math.sqrt(variance) > LARGEST_MEAN) return undefined;
  const excess = Math.max(variance / mean - 1, 1e-6);
  const successes = mean / excess;
  const logShare = Math.log(excess / (1 + excess));
  let logMass = -successes * Math.log1p(excess);
  let sum = 0;
  const cumulative: number[] = [];
  for (let k = 0; k < LARGEST_MEAN && sum < 1 - TAIL; k += 1) {
    sum += Math.exp(logMass);
    cumulative.push(Math.min(1, sum));
    logMass += Math.log((k + successes) / (k + 1)) + logShare;
  }
  return { values: Float64Array.from(cumulative.keys()), cumulative: Float64Array.from(cumulative) };
};

const NORMAL_STEPS = 400;
/** Standard deviations on each side that are listed. */
const NORMAL_REACH = 4;

/** Normal distribution of a total by its mean and variance: nothing below 0, and counts rounded up. */
export const normalTotal = (mean: number, variance: number, counts: boolean): TotalDemand => {
  const scores = Float64Array.from({ length: NORMAL_STEPS + 1 }, (_, k) => NORMAL_REACH * ((2 * k) / NORMAL_STEPS - 1));
  const deviation = Math.sqrt(variance);
  const valueAt = (score: number): number => Math.max(0, mean + deviation * score);
  return {
    values: scores.map((score) => (counts ? Math.ceil(valueAt(score)) : valueAt(score))),
    cumulative: scores.map((score, k) => (k === NORMAL_STEPS ? 1 : normalCdf(score))),
  };
};
