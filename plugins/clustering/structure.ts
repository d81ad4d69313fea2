import { round } from './figures.ts';
import type { Partition } from './partition.ts';

/** Below it a partition is not the same from one subsample to the next: C. Hennig (2007). */
const NOT_STABLE = 0.75;
/** Above both, structure is clear; of 100 samples of noise without clusters 2 came out so. */
const CLEARLY_STABLE = 0.9;
const CLEARLY_DIVIDED = 0.85;

export interface Structure {
  readonly verdict: 'clear' | 'weak' | 'none';
  /** Mean adjusted Rand index between the partition and those of subsamples. */
  readonly stability: number;
  /** Probability that a row on a border lies in sparser surroundings than one within. */
  readonly valley: number;
  /** Share of the rows that lie on a border between segments. */
  readonly border: number;
}

/** Whether the partition shows groups that are there, or cuts up what is one. */
export const judgeStructure = ({ stability, separation }: Partition): Structure => {
  const found = stability.jaccards.length > 1 && stability.agreement >= NOT_STABLE;
  const clear = stability.agreement >= CLEARLY_STABLE && separation.valley >= CLEARLY_DIVIDED;
  return {
    verdict: !found ? 'none' : clear ? 'clear' : 'weak',
    stability: round(stability.agreement),
    valley: round(separation.valley),
    border: round(separation.border),
  };
};
