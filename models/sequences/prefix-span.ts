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
   * Mean, variance and third central moment of the support if what follows the others were drawn, item by item, as items occur at large: what
   * chance makes of the pattern in sequences as long as these.
   */
  readonly chance: { readonly mean: number; readonly variance: number; readonly thirdMoment: number };
}

interface Node extends SequentialPattern {
  /** [2 × support]: a sequence, and the place just after the prefix's first instance in it. */
  readonly projection: Int32Array;
}

export interface MiningOptions {
  /** Sequences that must contain a pattern; 1 or more. */
  readonly minSupport: number;
  /** Items of a pattern at most; at this length a pattern may be part of a longer one of equal support. */
  readonly maxLength: number;
  /** Items looked at before the search stops. */
  readonly budget: number;
}

export interface MiningResult {
  /** Closed patterns, most frequent first. */
  readonly patterns: readonly SequentialPattern[];
  /** The patterns are all those of at least this support; above `minSupport` when the budget ran out. */
  readonly completeFrom: number;
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

/** Sequences in which an item of this share occurs among those left: a sum of unequal coins. */
const chanceOf = (share: number, left: ReadonlyMap<number, number>): SequentialPattern['chance'] => {
  let [mean, variance, thirdMoment] = [0, 0, 0];
  for (const [length, sequences] of left) {
    const occurs = 1 - (1 - share) ** length;
    mean += sequences * occurs;
    variance += sequences * occurs * (1 - occurs);
    thirdMoment += sequences * occurs * (1 - occurs) * (1 - 2 * occurs);
  }
  return { mean, variance, thirdMoment };
};

/** Items that follow the prefix, each with the projection it leads to; a sequence counts once an item. */
const createExtend = (database: SequenceDatabase) => {
  const { items, offsets, alphabetSize } = database;
  const frequencies = frequenciesOf(database);
  const counts = new Int32Array(alphabetSize);
  const filled = new Int32Array(alphabetSize);
  const seenIn = new Int32Array(alphabetSize).fill(-1);
  let visit = 0;

  /** Calls back for the first occurrence of each item in what is left of each sequence. */
  const scan = (projection: Int32Array, found: (item: number, sequence: number, next: number) => void): number => {
    let steps = 0;
    for (let entry = 0; entry < projection.length; entry += 2) {
      const sequence = projection[entry] ?? 0;
      const end = offsets[sequence + 1] ?? 0;
      visit += 1;
      for (let at = projection[entry + 1] ?? 0; at < end; at += 1) {
        const item = items[at] ?? 0;
        steps += 1;
        if (seenIn[item] === visit) continue;
        seenIn[item] = visit;
        found(item, sequence, at + 1);
      }
    }
    return steps;
  };

  return (node: Node, minSupport: number): { children: Node[]; steps: number; hasForwardExtension: boolean } => {
    const touched: number[] = [];
    const steps = scan(node.projection, (item) => {
      if (counts[item] === 0) touched.push(item);
      counts[item] = (counts[item] ?? 0) + 1;
    });
    const children: Node[] = [];
    const left = remainders(database, node.projection);
    const projections = new Map<number, Int32Array>();
    let hasForwardExtension = false;
    for (const item of touched.sort((a, b) => a - b)) {
      const support = counts[item] ?? 0;
      counts[item] = 0;
      filled[item] = 0;
      hasForwardExtension ||= support === node.support;
      if (support < minSupport) continue;
      const projection = new Int32Array(2 * support);
      projections.set(item, projection);
      const chance = chanceOf(frequencies[item] ?? 0, left);
      children.push({ items: [...node.items, item], support, prefixSupport: node.support, chance, projection });
    }
    if (children.length > 0) {
      scan(node.projection, (item, sequence, next) => {
        const projection = projections.get(item);
        if (projection === undefined) return;
        const at = filled[item] ?? 0;
        projection[at] = sequence;
        projection[at + 1] = next;
        filled[item] = at + 2;
      });
    }
    return { children, steps: 2 * steps, hasForwardExtension };
  };
};

/**
 * Closed frequent subsequences: those no longer sequence of equal support contains. PrefixSpan's projected databases
 * (J. Pei et al., "Mining Sequential Patterns by Pattern-Growth", IEEE TKDE 16, 2004) with BIDE's closure checks and
 * BackScan pruning (J. Wang & J. Han, ICDE 2004), explored by descending support, so that a search cut short is still
 * complete above the support it reached.
 */
export const mineClosedSequences = (database: SequenceDatabase, options: MiningOptions): MiningResult => {
  const { minSupport, maxLength, budget } = options;
  const count = database.offsets.length - 1;
  const extend = createExtend(database);
  const { closesBackward, canBePruned } = createBackwardCheck(database);
  const root = new Int32Array(2 * count);
  for (let sequence = 0; sequence < count; sequence += 1) {
    root[2 * sequence] = sequence;
    root[2 * sequence + 1] = database.offsets[sequence] ?? 0;
  }
  // No child has more support than its parent: one pass down the supports visits the best first.
  const bySupport: Node[][] = Array.from({ length: count + 1 }, () => []);
  bySupport[count]?.push({
    items: [],
    support: count,
    prefixSupport: count,
    chance: { mean: count, variance: 0, thirdMoment: 0 },
    projection: root,
  });
  const patterns: SequentialPattern[] = [];
  let steps = 0;
  for (let support = count; support >= minSupport; support -= 1) {
    const waiting = bySupport[support] ?? [];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (steps > budget) {
        const complete = patterns.filter((pattern) => pattern.support > support);
        return { patterns: complete, completeFrom: support + 1 };
      }
      const { items, prefixSupport, chance, projection } = node;
      const atLimit = items.length >= maxLength;
      if (items.length > 0 && canBePruned(items, projection)) continue;
      const extension = extend(node, atLimit ? Number.POSITIVE_INFINITY : minSupport);
      steps += extension.steps + projection.length;
      const open = extension.hasForwardExtension && !atLimit;
      if (items.length > 0 && !open && closesBackward(items, projection)) {
        patterns.push({ items, support, prefixSupport, chance });
      }
      for (const child of extension.children) bySupport[child.support]?.push(child);
    }
  }
  return { patterns, completeFrom: minSupport };
};
