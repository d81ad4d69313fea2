import { OUTLIER } from '../../models/clustering/points.ts';
import { round } from './figures.ts';
import type { Partition } from './partition.ts';

/** Below it a partition is not the same from one subsample to the next: C. Hennig (2007). */
export const NOT_STABLE = 0.75;
/** A group of fewer rows may be a fragment of another. */
const SMALLEST_GROUP = 5;
/** Above both, structure is clear; of 100 samples of noise without clusters 2 came out so. */
const CLEARLY_STABLE = 0.9;
const CLEARLY_DIVIDED = 0.85;
/** Share of the clustered rows that lie in groups of which each is stable by itself. */
const CLEARLY_SOLID = 0.9;

export interface Structure {
  readonly verdict: 'clear' | 'weak' | 'none';
  /** Mean adjusted Rand index between the partition and those of subsamples. */
  readonly stability: number;
  /** Probability that a row on a border lies in sparser surroundings than one within. */
  readonly valley: number;
  /** Share of the rows that lie on a border between segments. */
  readonly border: number;
  /** Columns that the segments only repeat. */
  readonly repeats: readonly string[];
}

const sizesOf = ({ labels, stability }: Partition): Int32Array => {
  const sizes = new Int32Array(stability.jaccards.length);
  for (const label of labels) if (label !== OUTLIER) sizes[label] = (sizes[label] ?? 0) + 1;
  return sizes;
};

const sum = (sizes: Int32Array): number => sizes.reduce((total, size) => total + size, 0);

/**
 * Whether the partition shows groups that are there, or cuts up what is one.
 *
 * @param repeats columns unrelated to any other that the segments only repeat: two or more make a cross product
 */
export const judgeStructure = (partition: Partition, repeats: readonly string[]): Structure => {
  const { stability, separation } = partition;
  const sizes = sizesOf(partition);
  const solid = sizes.filter((size, label) => size >= SMALLEST_GROUP && (stability.jaccards[label] ?? 0) >= NOT_STABLE);
  const found = solid.length > 1 && stability.agreement >= NOT_STABLE;
  const clear =
    repeats.length === 0 &&
    sum(solid) >= CLEARLY_SOLID * sum(sizes) &&
    stability.agreement >= CLEARLY_STABLE &&
    separation.valley >= CLEARLY_DIVIDED;
  return {
    verdict: !found ? 'none' : clear ? 'clear' : 'weak',
    stability: round(stability.agreement),
    valley: round(separation.valley),
    border: round(separation.border),
    repeats,
  };
};
