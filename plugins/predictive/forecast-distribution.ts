import { normalCdf } from '../../models/statistics/normal.ts';

export interface Band {
  readonly level: number;
  /** [h] */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** A step's, or a total's, forecast as points of its distribution: ascending values at standard normal scores. */
interface Knot {
  readonly score: number;
  readonly value: number;
}

/** Standard normal score whose central interval has that probability, by bisection: three levels do not need more. */
const scoreOf = (level: number): number => {
  let [low, high] = [0, 10];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (2 * normalCdf(middle) - 1 < level) low = middle;
    else high = middle;
  }
  return low;
};

const knotsOf = (mean: number, bands: readonly { level: number; lower: number; upper: number }[]): Knot[] => {
  const sides = bands.flatMap(({ level, lower, upper }) => {
    const score = scoreOf(level);
    return [
      { score: -score, value: lower },
      { score, value: upper },
    ];
  });
  return [...sides, { score: 0, value: mean }].sort((a, b) => a.score - b.score);
};

/**
 * Probability that a forecast value is above a level, from its intervals: linear in normal scores between their ends
 * and beyond the outermost, so that normal intervals give the normal probability.
 */
const probabilityAboveLevel = (level: number, knots: readonly Knot[]): number => {
  const above = knots.findIndex(({ value }) => value > level);
  const right = above === -1 ? knots.length - 1 : Math.max(1, above);
  const [from, to] = [knots[right - 1], knots[right]];
  if (from === undefined || to === undefined) return Number.NaN;
  const spread = to.value - from.value;
  if (!(spread > 0)) return level < from.value ? 1 : 0;
  return 1 - normalCdf(from.score + ((level - from.value) / spread) * (to.score - from.score));
};

const at = (values: Float64Array, step: number): number => values[step] ?? Number.NaN;

/** Probability, at each step, that the value is above a level, [h]. */
export const probabilitiesAbove = (level: number, mean: Float64Array, bands: readonly Band[]): Float64Array =>
  mean.map((value, step) =>
    probabilityAboveLevel(
      level,
      knotsOf(
        value,
        bands.map((band) => ({ level: band.level, lower: at(band.lower, step), upper: at(band.upper, step) })),
      ),
    ),
  );

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

export interface Total {
  readonly mean: number;
  readonly bands: readonly { readonly level: number; readonly lower: number; readonly upper: number }[];
}

/**
 * The total over the horizon. Its intervals add those of the steps up, as if all steps erred together: they are as wide
 * as they can be for errors of that size, and at least as likely to hold the total when errors partly cancel.
 */
export const totalOf = (mean: Float64Array, bands: readonly Band[]): Total => ({
  mean: sum(mean),
  bands: bands.map(({ level, lower, upper }) => ({ level, lower: sum(lower), upper: sum(upper) })),
});

export const totalAbove = (level: number, total: Total): number =>
  probabilityAboveLevel(level, knotsOf(total.mean, total.bands));
