/** A run of missing values, NaN, from `start` up to, not including, `end`. */
export interface Hole {
  readonly start: number;
  readonly end: number;
}

const holesOf = (values: Float64Array): Hole[] => {
  const holes: Hole[] = [];
  for (let i = 0; i < values.length; i += 1) {
    if (!Number.isNaN(values[i] ?? 0)) continue;
    const start = i;
    while (i < values.length && Number.isNaN(values[i] ?? 0)) i += 1;
    holes.push({ start, end: i });
  }
  return holes;
};

/** Mean of each phase of the cycle about the mean of all, from the values that are there. */
const profileOf = (values: Float64Array, period: number): Float64Array => {
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  let total = 0;
  let count = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    if (Number.isNaN(value)) continue;
    sums[i % period] = (sums[i % period] ?? 0) + value;
    counts[i % period] = (counts[i % period] ?? 0) + 1;
    total += value;
    count += 1;
  }
  return sums.map((sum, phase) => ((counts[phase] ?? 0) > 0 ? sum / (counts[phase] ?? 1) - total / count : 0));
};

/**
 * Fills gaps between two values along a straight line, with the season on top when one is given; gaps longer than
 * `longest`, and those at the ends, stay NaN.
 *
 * @param values [n], NaN where missing
 * @param longest values a gap may lack
 * @param period of a season, in values
 */
export const fillShortGaps = (values: Float64Array, longest: number, period?: number): Float64Array => {
  const filled = Float64Array.from(values);
  const profile = period === undefined ? Float64Array.of(0) : profileOf(values, period);
  const season = (i: number): number => profile[i % profile.length] ?? 0;
  for (const { start, end } of holesOf(values)) {
    if (start === 0 || end === values.length || end - start > longest) continue;
    const from = (values[start - 1] ?? 0) - season(start - 1);
    const step = ((values[end] ?? 0) - season(end) - from) / (end - start + 1);
    for (let i = start; i < end; i += 1) filled[i] = from + step * (i - start + 1) + season(i);
  }
  return filled;
};

/** The longest run without a missing value, the latest among equals; empty when all are missing. */
export const longestStretch = (values: Float64Array): Hole => {
  let best: Hole = { start: 0, end: 0 };
  let start = 0;
  for (const hole of [...holesOf(values), { start: values.length, end: values.length }]) {
    if (hole.start - start >= best.end - best.start) best = { start, end: hole.start };
    start = hole.end;
  }
  return best;
};

/** The last run without a missing value; empty when all are missing. */
export const latestStretch = (values: Float64Array): Hole => {
  const end = values.findLastIndex((value) => !Number.isNaN(value)) + 1;
  return { start: values.subarray(0, end).findLastIndex((value) => Number.isNaN(value)) + 1, end };
};
