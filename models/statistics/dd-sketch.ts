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

/** Buckets to spare on both sides when there must be more: values come near each other. */
const SPARE_BUCKETS = 32;

/** Counts of buckets side by side, as many as the values have needed so far. Merging them is what dashboards wait for. */
const createBuckets = () => {
  let first = 0;
  let counts = new Float64Array(0);

  /** Makes room for the buckets from `low` to `high`. */
  const reach = (low: number, high: number): void => {
    const length = counts.length;
    if (length > 0 && low >= first && high < first + length) return;
    const from = (length === 0 ? low : Math.min(low, first)) - SPARE_BUCKETS;
    const to = (length === 0 ? high : Math.max(high, first + length - 1)) + SPARE_BUCKETS;
    const grown = new Float64Array(to - from + 1);
    grown.set(counts, length === 0 ? 0 : first - from);
    first = from;
    counts = grown;
  };

  const lastPlace = (): number => {
    let place = counts.length - 1;
    while (place >= 0 && counts[place] === 0) place -= 1;
    return place;
  };

  return {
    add(bucket: number): void {
      reach(bucket, bucket);
      counts[bucket - first] = (counts[bucket - first] ?? 0) + 1;
    },
    /** Adds what a sketch has stored; returns how many values that is. */
    merge({ firstIndex, counts: added }: StoredSketch): number {
      if (added.length === 0) return 0;
      reach(firstIndex, firstIndex + added.length - 1);
      let sum = 0;
      for (let offset = 0, place = firstIndex - first; offset < added.length; offset += 1, place += 1) {
        const count = added[offset] ?? 0;
        if (count === 0) continue;
        counts[place] = (counts[place] ?? 0) + count;
        sum += count;
      }
      return sum;
    },
    /** The bucket of the value of a rank, which counts from 0; the last one that holds any for a rank beyond. */
    bucketOf(rank: number): number {
      let left = rank;
      for (let place = 0; place < counts.length; place += 1) {
        left -= counts[place] ?? 0;
        if (left < 0) return first + place;
      }
      return first + lastPlace();
    },
    store(): Pick<StoredSketch, 'firstIndex' | 'counts'> {
      let start = 0;
      while (start < counts.length && counts[start] === 0) start += 1;
      if (start === counts.length) return { firstIndex: 0, counts: [] };
      return { firstIndex: first + start, counts: Array.from(counts.subarray(start, lastPlace() + 1)) };
    },
  };
};

/** @param relativeError α, above 0 and below 1 */
export const createDdSketch = (relativeError: number): DdSketch => {
  const gamma = (1 + relativeError) / (1 - relativeError);
  const logGamma = Math.log(gamma);
  const buckets = createBuckets();
  let zeros = 0;
  let total = 0;

  return {
    count: () => total,
    add: (value) => {
      total += 1;
      if (value >= SMALLEST_VALUE) buckets.add(Math.ceil(Math.log(value) / logGamma));
      else zeros += 1;
    },
    merge: (other) => {
      if (other.relativeError !== relativeError)
        throw new RangeError('sketches of different relative errors do not merge');
      zeros += other.zeros;
      total += other.zeros + buckets.merge(other);
    },
    quantile: (probability) => {
      if (total === 0) return Number.NaN;
      const rank = Math.floor(probability * (total - 1)) - zeros;
      // The point of the bucket whose relative distance to both bounds is α.
      return rank < 0 ? 0 : (2 * gamma ** buckets.bucketOf(rank)) / (gamma + 1);
    },
    store: () => ({ relativeError, zeros, ...buckets.store() }),
  };
};
