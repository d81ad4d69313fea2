import type { Decomposition } from '../../models/series/decomposition.ts';
import { formatTime } from '../../models/series/time-grid.ts';
import { toDecimals } from '../figures.ts';
import { toFigure } from './figures.ts';
import type { Stretch } from './preparation.ts';
import type { FoundPeriod } from './seasons.ts';

const variance = (values: Float64Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
};

/** Share of what is not season that the trend makes up (X. Wang, K. Smith & R. J. Hyndman, 2006). */
const trendStrength = ({ trend, remainder }: Decomposition): number => {
  const both = variance(trend.map((value, i) => value + (remainder[i] ?? 0)));
  return both > 0 ? Math.max(0, 1 - variance(remainder) / both) : 0;
};

/** One of so many values of each part. */
const sampledParts = (
  { trend, seasonal, remainder }: Decomposition,
  periods: readonly FoundPeriod[],
  observed: Float64Array,
  every: number,
) => {
  const sampled = (part: Float64Array): number[] =>
    Array.from(
      part.filter((_, i) => i % every === 0),
      toFigure,
    );
  return {
    observed: sampled(observed),
    trend: sampled(trend),
    seasonal: seasonal.map((part, k) => ({ period: periods[k]?.period ?? 0, values: sampled(part) })),
    remainder: sampled(remainder),
  };
};

/** The series as the sum of trend, seasons and remainder; every so many values, so that the answer stays small. */
export const reportDecomposition = (
  parts: Decomposition,
  periods: readonly FoundPeriod[],
  { times, values, clock }: Stretch,
  most: number,
) => {
  const every = most > 0 ? Math.ceil(values.length / most) : null;
  return {
    method: periods.length > 1 ? 'MSTL, robust' : periods.length === 1 ? 'STL, robust' : 'loess, robust',
    /** One of so many values is given; null, and no values, when so many series share the answer that none is. */
    every,
    from: formatTime(times[0] ?? 0, clock),
    trendStrength: toDecimals(trendStrength(parts), 3),
    remainderDeviation: toFigure(Math.sqrt(variance(parts.remainder))),
    ...(every === null ? {} : sampledParts(parts, periods, values, every)),
  };
};
