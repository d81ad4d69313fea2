/** A sketch as it is stored and sent: counts of buckets side by side, from `firstIndex` on. */
export interface StoredSketch {
  /** Every quantile is within this share of a true one. */
  readonly relativeError: number;
  /** Values of 0. */
  readonly zeros: number;
  readonly firstIndex: number;
  readonly counts: readonly number[];
}

/** Values below this count as 0. */
const SMALLEST_VALUE = 1e-6;

/**
 * Quantile sketch with a stated relative error: values are counted in buckets whose bounds grow by a constant factor
 * γ = (1 + α) / (1 − α), and sketches merge by adding counts, as if all values had been in one. C. Masson, J. E. Rim &
 * H. K. Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", PVLDB 12 (2019).
 */
export interface DdSketch {
  readonly count: () => number;
  /** @param value 0 or more */
  readonly add: (value: number) => void;
  /** @throws when the other sketch has another relative error */
  readonly merge: (other: StoredSketch) => void;
  /** Within the relative error of the value of rank ⌊1 + probability·(n − 1)⌋; NaN of no values. */
  readonly quantile: (probability: number) => number;
  readonly store: () => StoredSketch;
}

/** @param relativeError α, above 0 and below 1 */
export const createDdSketch = (relativeError: number): DdSketch => {
  const gamma = (1 + relativeError) / (1 - relativeError);
  const logGamma = Math.log(gamma);
  const counts = new Map<number, number>();
  let zeros = 0;
  let total = 0;

  const addTo = (index: number, count: number): void => {
    counts.set(index, (counts.get(index) ?? 0) + count);
    total += count;
  };

  return {
    count: () => total,
    add: (value) => {
      if (value >= SMALLEST_VALUE) return addTo(Math.ceil(Math.log(value) / logGamma), 1);
      zeros += 1;
      total += 1;
    },
    merge: (other) => {
      if (other.relativeError !== relativeError)
        throw new RangeError('sketches of different relative errors do not merge');
      zeros += other.zeros;
      total += other.zeros;
      for (const [offset, count] of other.counts.entries()) if (count > 0) addTo(other.firstIndex + offset, count);
    },
    quantile: (probability) => {
      if (total === 0) return Number.NaN;
      let left = Math.floor(probability * (total - 1)) - zeros;
      if (left < 0) return 0;
      const indices = [...counts.keys()].sort((a, b) => a - b);
      const index = indices.find((bucket) => {
        left -= counts.get(bucket) ?? 0;
        return left < 0;
      });
      // The point of the bucket whose relative distance to both bounds is α.
      return (2 * gamma ** (index ?? indices.at(-1) ?? 0)) / (gamma + 1);
    },
    store: () => {
      const indices = [...counts.keys()].sort((a, b) => a - b);
      const firstIndex = indices[0] ?? 0;
      const length = indices.length === 0 ? 0 : (indices.at(-1) ?? 0) - firstIndex + 1;
      return {
        relativeError,
        zeros,
        firstIndex,
        counts: Array.from({ length }, (_, offset) => counts.get(firstIndex + offset) ?? 0),
      };
    },
  };
};
