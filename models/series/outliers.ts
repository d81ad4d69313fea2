import { chiSquaredUpperTail } from '../statistics/incomplete-gamma.ts';
import { Z_95 } from '../statistics/normal.ts';
import { median, quantile } from '../statistics/quantile.ts';

/** Makes the median absolute deviation of a normal sample its standard deviation. */
export const MAD_TO_DEVIATION = 1.482602218505602;
/** The same for the mean absolute deviation, √(π/2). */
const MEAN_DEVIATION_TO_DEVIATION = 1.2533141373155001;
/** Iglewicz and Hoaglin's recommendation; the least that is called an outlier however short the series. */
const LEAST_SCORE = 3.5;
/** Chance that a normal series of any length has an outlier at all. */
const FAMILY_WISE_RATE = 0.01;

/** Share of the values by whose distance heavy tails are told. */
const TAIL = 0.05;

export interface Outlier {
  readonly index: number;
  readonly value: number;
  /** Robust standard deviations from the median. */
  readonly score: number;
}

/** Median and robust standard deviation; when over half of the values are equal, by the mean absolute deviation. */
export const robustScale = (values: ArrayLike<number>): { centre: number; deviation: number } => {
  const centre = median(values);
  const distances = Float64Array.from(values, (value) => Math.abs(value - centre)).sort();
  const deviation = quantile(distances, 0.5) * MAD_TO_DEVIATION;
  if (deviation > 0) return { centre, deviation };
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  return { centre, deviation: mean * MEAN_DEVIATION_TO_DEVIATION };
};

/** The score that one normal series of n values in a hundred exceeds anywhere (Bonferroni), 3.5 at least. */
const outlierThreshold = (n: number): number => {
  let score = LEAST_SCORE;
  while (n * chiSquaredUpperTail(score * score, 1) > FAMILY_WISE_RATE) score += 0.01;
  return score;
};

/**
 * Values too far from the median for chance, by the modified z-score of B. Iglewicz & D. Hoaglin, How to Detect and
 * Handle Outliers (1993). Of a series with trend or seasons, give what remains without them.
 *
 * @param values [n]
 * @returns the most distant first
 */
export const findOutliers = (values: ArrayLike<number>): Outlier[] => {
  const { centre, deviation: middle } = robustScale(values);
  const distances = Float64Array.from(values, (value) => Math.abs(value - centre)).sort();
  // Where the tails are heavy, what is common in them is not out of the ordinary.
  const deviation = Math.max(middle, quantile(distances, 1 - TAIL) / Z_95);
  const threshold = outlierThreshold(values.length);
  if (!(deviation > 0)) return [];
  return Array.from(values, (value, index) => ({ index, value, score: (value - centre) / deviation }))
    .filter(({ score }) => Math.abs(score) > threshold)
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
};
