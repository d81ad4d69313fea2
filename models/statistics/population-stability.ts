import { sortedCopy } from './quantile.ts';

const BINS = 10;
/** The 99.9th percentile of chi-square with nine degrees of freedom: what chance alone goes beyond once in a thousand. */
const CHANCE = 27.88;

/** How a column was distributed: shares of values at or below each edge and above the last. */
export interface ColumnProfile {
  /** Ascending; fewer where values repeat. */
  readonly edges: readonly number[];
  /** One more than edges. */
  readonly shares: readonly number[];
  readonly count: number;
}

const binOf = (edges: readonly number[], value: number): number => {
  const bin = edges.findIndex((edge) => value <= edge);
  return bin < 0 ? edges.length : bin;
};

/** Shares of bins, none of them 0: half a value is added to each. */
const sharesOf = (values: Float32Array, edges: readonly number[]): number[] => {
  const counts = new Array<number>(edges.length + 1).fill(0.5);
  for (const value of values) {
    const bin = binOf(edges, value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const total = values.length + counts.length / 2;
  return counts.map((count) => count / total);
};

export const profileOf = (values: Float32Array): ColumnProfile => {
  const sorted = sortedCopy(values);
  // Values themselves, not what lies between two of them: of few values each is then a bin of its own.
  const deciles = Array.from(
    { length: BINS - 1 },
    (_, index) => sorted[Math.floor(((index + 1) / BINS) * (sorted.length - 1))] ?? 0,
  );
  // An edge at the largest value would have an empty bin beyond it.
  const edges = [...new Set(deciles)].filter((edge) => edge < (sorted.at(-1) ?? 0));
  return { edges, shares: sharesOf(values, edges), count: values.length };
};

export interface Stability {
  /** Below 0.1 little has changed, above 0.25 much. */
  readonly index: number;
  /** Index that chance alone goes beyond once in a thousand, for so many values. */
  readonly chance: number;
}

/**
 * Population stability index of new values against those of a profile, and what of it chance may explain: B. Yurdakul &
 * J. Naranjo, "Statistical properties of the population stability index", Journal of Risk Model Validation 14 (2020).
 */
export const stabilityOf = ({ edges, shares, count }: ColumnProfile, values: Float32Array): Stability => {
  const now = sharesOf(values, edges);
  const index = shares.reduce((sum, before, bin) => {
    const after = now[bin] ?? before;
    return sum + (after - before) * Math.log(after / before);
  }, 0);
  return { index, chance: CHANCE * (1 / count + 1 / values.length) };
};
