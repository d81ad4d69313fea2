/** Forecasts of the mean demand a period; each is flat over the horizon. */
export type RateMethod = 'croston' | 'sba' | 'tsb' | 'mean' | 'naive';

interface SmoothingParameters {
  /** Weight of the newest size. */
  readonly size: number;
  /** Weight of the newest interval (Croston, SBA) or of the newest occurrence (TSB). */
  readonly occurrence: number;
}

export interface RateForecast {
  readonly method: RateMethod;
  readonly parameters: SmoothingParameters | undefined;
  /** Mean demand a period as forecast before each period and, last, after all of them, [n + 1]; NaN before the first demand. */
  readonly rates: Float64Array;
}

/** Low weights: an interval tells little. The range is that of Syntetos & Boylan (2005), widened at both ends. */
const WEIGHTS = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3] as const;

/** Where no better are found. */
const USUAL_WEIGHTS: SmoothingParameters = { size: 0.1, occurrence: 0.1 };

const firstDemand = (demand: Float64Array): number => demand.findIndex((value) => value > 0);

/** Size over interval, both smoothed when a demand occurs; `correction` takes away the bias of the ratio. */
const smoothIntervals = (
  demand: Float64Array,
  rates: Float64Array,
  weights: SmoothingParameters,
  correction: number,
) => {
  const first = firstDemand(demand);
  let size = demand[first] ?? 0;
  let interval = first + 1;
  let since = 0;
  for (let t = first + 1; t < rates.length; t += 1) {
    rates[t] = (correction * size) / interval;
    since += 1;
    const value = demand[t] ?? 0;
    if (value <= 0) continue;
    size += weights.size * (value - size);
    interval += weights.occurrence * (since - interval);
    since = 0;
  }
};

/** Size times probability, the latter smoothed in every period, so that the rate of a dead item falls. */
const smoothProbability = (demand: Float64Array, rates: Float64Array, weights: SmoothingParameters) => {
  const first = firstDemand(demand);
  let size = demand[first] ?? 0;
  let probability = 1 / (first + 1);
  for (let t = first + 1; t < rates.length; t += 1) {
    rates[t] = size * probability;
    const value = demand[t] ?? 0;
    probability += weights.occurrence * ((value > 0 ? 1 : 0) - probability);
    if (value > 0) size += weights.size * (value - size);
  }
};

const runningMean = (demand: Float64Array, rates: Float64Array): void => {
  let sum = 0;
  for (let t = 0; t < rates.length; t += 1) {
    if (sum > 0) rates[t] = sum / t;
    sum += demand[t] ?? 0;
  }
};

/**
 * Rates by a method with given weights.
 *
 * Croston's forecast of size over interval: J. D. Croston, "Forecasting and stock control for intermittent demands",
 * Operational Research Quarterly 23 (1972). Its bias corrected (SBA): A. A. Syntetos & J. E. Boylan, "The accuracy of
 * intermittent demand estimates", International Journal of Forecasting 21 (2005). With a probability that falls while
 * nothing is asked for (TSB): R. H. Teunter, A. A. Syntetos & M. Z. Babai, "Intermittent demand: linking forecasting
 * to inventory obsolescence", European Journal of Operational Research 214 (2011). Each starts at the first demand.
 *
 * @param demand [n], from 0 up, with at least one demand
 * @param weights ignored by `mean` and `naive`
 */
export const forecastRate = (demand: Float64Array, method: RateMethod, weights = USUAL_WEIGHTS): RateForecast => {
  const rates = new Float64Array(demand.length + 1).fill(Number.NaN);
  if (method === 'naive') rates.set(demand, 1);
  else if (method === 'mean') runningMean(demand, rates);
  else if (method === 'tsb') smoothProbability(demand, rates, weights);
  else smoothIntervals(demand, rates, weights, method === 'sba' ? 1 - weights.occurrence / 2 : 1);
  return { method, parameters: method === 'naive' || method === 'mean' ? undefined : weights, rates };
};

/** Mean squared error of the total of `length` periods, forecast at each period from `from` on. */
export const squaredErrorOfTotals = (demand: Float64Array, rates: Float64Array, length: number, from = 0): number => {
  let total = 0;
  for (let t = from; t < from + length; t += 1) total += demand[t] ?? 0;
  let sum = 0;
  let count = 0;
  for (let t = from; t + length <= demand.length; t += 1) {
    const error = total - length * (rates[t] ?? Number.NaN);
    if (!Number.isNaN(error)) {
      sum += error * error;
      count += 1;
    }
    total += (demand[t + length] ?? 0) - (demand[t] ?? 0);
  }
  return count === 0 ? Number.NaN : sum / count;
};

/**
 * A method with the weights that make its squared one-step errors smallest: the squared error is least for the mean,
 * which is what stock needs, where the absolute error of a demand that is mostly zero is least for zero. N. Kourentzes,
 * "On intermittent demand model optimisation and selection", International Journal of Production Economics 156 (2014).
 *
 * @param demand [n], from 0 up, with at least one demand
 * @param fitTo periods from the start whose errors count; all by default
 */
export const fitRate = (demand: Float64Array, method: RateMethod, fitTo = demand.length): RateForecast => {
  const seen = demand.subarray(0, fitTo);
  if (method === 'naive' || method === 'mean') return forecastRate(demand, method);
  let best = USUAL_WEIGHTS;
  let lowest = Number.POSITIVE_INFINITY;
  for (const size of WEIGHTS) {
    for (const occurrence of WEIGHTS) {
      const { rates } = forecastRate(seen, method, { size, occurrence });
      const error = squaredErrorOfTotals(seen, rates, 1);
      if (error < lowest) [best, lowest] = [{ size, occurrence }, error];
    }
  }
  return forecastRate(demand, method, best);
};
