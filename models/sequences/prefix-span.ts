import { createBackwardCheck } from './backward-extension.ts';
import type { SequenceDatabase } from './sequence-database.ts';

export interface SequentialPattern {
  /** Items in order; others may lie between them. */
  readonly items: readonly number[];
  /** Sequences that contain the pattern. */
  readonly support: number;
  /** Sequences that contain all of it but its last item. */
  readonly prefixSupport: number;
  /**
   * Mean, variance and third central moment of the support if what follows the others were drawn, item by item, as
   * items occur at large: what chance makes of the pattern in sequences as long as these.
   */
  readonly chance: { readonly mean: number; readonly variance: number; readonly thirdMoment: number };
}

/** A pattern that is frequent, its projection still to be made: most are pruned or never come to it. */
interface Candidate {
  readonly items: readonly number[];
  readonly support: number;
  readonly prefixSupport: number;
  /** [2 × prefixSupport]: each sequence with the prefix, and the place just after the prefix's first instance. */
  readonly prefixProjection: Int32Array;
}

export interface MiningOptions {
  /** Sequences that must contain a pattern; 1 or more. */
  readonly minSupport: number;
  /** Items of a pattern at most; at this length a pattern may be part of a longer one of equal support. */
  readonly maxLength: number;
  /** Items looked at before the search stops. */
  readonly budget: number;
  /** Whether no item follows itself, as where repeats were counted once: chance is then of such sequences. */
  readonly distinctNeighbours?: boolean;
}

export interface MiningResult {
  /** Closed patterns, most frequent first. */
  readonly patterns: readonly SequentialPattern[];
  /** The patterns are all those of at least this support; above `minSupport` when the budget ran out. */
  readonly completeFrom: number;
  /** Patterns of two items or more that were counted, the infrequent ones included: so many chances to be mistaken. */
  readonly counted: number;
}

/** Share of all items that each makes up. */
const frequenciesOf = ({ items, alphabetSize }: SequenceDatabase): Float64Array => {
  const shares = new Float64Array(alphabetSize);
  for (const item of items) shares[item] = (shares[item] ?? 0) + 1 / items.length;
  return shares;
};

/** How many sequences have how many items left after the prefix. */
const remainders = ({ offsets }: SequenceDatabase, projection: Int32Array): Map<number, number> => {
  const counts = new Map<number, number>();
  for (let entry = 0; entry < projection.length; entry += 2) {
    const left = (offsets[(projection[entry] ?? 0) + 1] ?? 0) - (projection[entry + 1] ?? 0);
    counts.set(left, (counts.get(left) ?? 0) + 1);
  }
  return counts;
};

/**
 * Sequences in which an item of this share occurs among those left: a sum of unequal coins. At the first `barred` of them
 * it cannot occur.
 */
const chanceOf = (share: number, left: ReadonlyMap<number, number>, barred = 0): SequentialPattern['chance'] => {
  let [mean, variance, thirdMoment] = [0, 0, 0];
  for (const [length, sequences] of left) {
    const occurs = 1 - (1 - share) ** Math.max(0, length - barred);
    mean += sequences * occurs;
    variance += sequences * occurs * (1 - occurs);
    thirdMoment += sequences * occurs * (1 - occurs) * (1 - 2 * occurs);
  }
  return { mean, variance, thirdMoment };
};

/**
 * What chance makes of a pattern after its other items. Where no item follows itself, an item comes after another one
 * with probability share / (1 − share): it is drawn at every place but those that follow it.
 */
const createChance = (database: SequenceDatabase, distinctNeighbours: boolean) => {
  const frequencies = frequenciesOf(database);
  return (items: readonly number[], left: ReadonlyMap<number, number>): SequentialPattern['chance'] => {
    const item = items.at(-1) ?? 0;
    const share = frequencies[item] ?? 0;
    if (!distinctNeighbours) return chanceOf(share, left);
    return chanceOf(Math.min(1, share / Math.max(1 - share, share)), left, items.at(-2) === item ? 1 : 0);
  };
};

const createProjections = ({ items, offsets, alphabetSize }: SequenceDatabase) => {
  const counts = new Int32Array(alphabetSize);
  const seenIn = new Int32Array(alphabetSize).fill(-1);
  let [visit, steps] = [0, 0];

  /** Sequences of a projection in which each item follows; a sequence counts once an item. */
  const countFollowers = (projection: Int32Array): Map<number, number> => {
    const touched: number[] = [];
    for (let entry = 0; entry < projection.length; entry += 2) {
      const end = offsets[(projection[entry] ?? 0) + 1] ?? 0;
      visit += 1;
      for (let at = projection[entry + 1] ?? 0; at < end; at += 1) {
        const item = items[at] ?? 0;
        steps += 1;
        if (seenIn[item] === visit) continue;
        seenIn[item] = visit;
        if (counts[item] === 0) touched.push(item);
        counts[item] = (counts[item] ?? 0) + 1;
      }
    }
    const followers = new Map(touched.sort((a, b) => a - b).map((item) => [item, counts[item] ?? 0]));
    for (const item of touched) counts[item] = 0;
    return followers;
  };

  /** The sequences of a projection that go on with the item, each from just after its first occurrence. */
  const project = (projection: Int32Array, item: number, support: number): Int32Array => {
    const narrower = new Int32Array(2 * support);
    let filled = 0;
    for (let entry = 0; entry < projection.length; entry += 2) {
      const sequence = projection[entry] ?? 0;
      const end = offsets[sequence + 1] ?? 0;
      let at = projection[entry + 1] ?? 0;
      const from = at;
      while (at < end && items[at] !== item) at += 1;
      steps += at - from + 1;
      if (at === end) continue;
      narrower[filled] = sequence;
      narrower[filled + 1] = at + 1;
      filled += 2;
    }
    return narrower;
  };

  return { countFollowers, project, steps: () => steps };
};

/** All sequences, each from its beginning. */
const projectAll = ({ offsets }: SequenceDatabase): Int32Array => {
  const projection = new Int32Array(2 * (offsets.length - 1));
  for (let sequence = 0; sequence < offsets.length - 1; sequence += 1) {
    projection[2 * sequence] = sequence;
    projection[2 * sequence + 1] = offsets[sequence] ?? 0;
  }
  return projection;
};

/**
 * Closed frequent subsequences: those no longer sequence of equal support contains. PrefixSpan's projected databases
 * (J. Pei et al., "Mining Sequential Patterns by Pattern-Growth", IEEE TKDE 16, 2004) with BIDE's closure checks and
 * BackScan pruning (J. Wang & J. Han, ICDE 2004), explored by descending support, so that a search cut short is still
 * complete above the support it reached.
 */
export const mineClosedSequences = (database: SequenceDatabase, options: MiningOptions): MiningResult => {
  const { minSupport, maxLength, budget, distinctNeighbours = false } = options;
  const count = database.offsets.length - 1;
  const chanceAfter = createChance(database, distinctNeighbours);
  const { countFollowers, project, steps } = createProjections(database);
  const { closesBackward, canBePruned } = createBackwardCheck(database);
  // No pattern has more support than its prefix: one pass down the supports visits the best first.
  const bySupport: Candidate[][] = Array.from({ length: count + 1 }, () => []);
  const patterns: SequentialPattern[] = [];
  let counted = 0;

  const extend = (items: readonly number[], projection: Int32Array, followers: ReadonlyMap<number, number>): void => {
    if (items.length > 0) counted += followers.size;
    for (const [item, support] of followers) {
      if (support < minSupport) continue;
      const prefixSupport = projection.length / 2;
      bySupport[support]?.push({ items: [...items, item], support, prefixSupport, prefixProjection: projection });
    }
  };

  const visit = ({ items, support, prefixSupport, prefixProjection }: Candidate): void => {
    const item = items.at(-1) ?? 0;
    const projection = project(prefixProjection, item, support);
    if (canBePruned(items, projection)) return;
    const followers = countFollowers(projection);
    const atLimit = items.length >= maxLength;
    const open = !atLimit && [...followers.values()].includes(support);
    if (!open && closesBackward(items, projection)) {
      const chance = chanceAfter(items, remainders(database, prefixProjection));
      patterns.push({ items, support, prefixSupport, chance });
    }
    if (!atLimit) extend(items, projection, followers);
  };

  const all = projectAll(database);
  extend([], all, countFollowers(all));
  for (let support = count; support >= minSupport; support -= 1) {
    const waiting = bySupport[support] ?? [];
    for (let candidate = waiting.pop(); candidate !== undefined; candidate = waiting.pop()) {
      if (steps() > budget) {
        return {
          patterns: patterns.filter((pattern) => pattern.support > support),
          completeFrom: support + 1,
          counted,
        };
      }
      visit(candidate);
    }
  }
  return { patterns, completeFrom: minSupport, counted };
};
