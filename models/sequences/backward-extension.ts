import type { SequenceDatabase } from './sequence-database.ts';

/**
 * BIDE's checks whether an item can be put in front of or inside a pattern without losing a sequence: within the
 * maximum periods it makes the pattern not closed, within the semi-maximum periods it makes the whole branch hold no
 * closed pattern. J. Wang & J. Han, "BIDE: Efficient Mining of Frequent Closed Sequences", ICDE 2004.
 */
export const createBackwardCheck = ({ items, offsets, alphabetSize }: SequenceDatabase) => {
  const markedIn = new Int32Array(alphabetSize).fill(-1);
  let mark = 0;

  const markPeriod = (from: number, to: number): void => {
    mark += 1;
    for (let at = from; at < to; at += 1) markedIn[items[at] ?? 0] = mark;
  };

  /** Item codes between `from` and `to` that are candidates still; all of the period's when there are none yet. */
  const narrow = (candidates: readonly number[] | undefined, from: number, to: number): readonly number[] => {
    markPeriod(from, to);
    if (candidates !== undefined) return candidates.filter((item) => markedIn[item] === mark);
    return [...new Set(items.subarray(from, Math.max(from, to)))];
  };

  const hasExtension = (
    pattern: readonly number[],
    projection: Int32Array,
    lastEnd: (sequence: number, firstInstanceEnd: number) => number,
  ): boolean => {
    const candidates = new Array<readonly number[] | undefined>(pattern.length).fill(undefined);
    const lastPlaces = new Int32Array(pattern.length);
    for (let entry = 0; entry < projection.length; entry += 2) {
      const sequence = projection[entry] ?? 0;
      let at = lastEnd(sequence, projection[entry + 1] ?? 0);
      for (let place = pattern.length - 1; place >= 0; place -= 1) {
        do at -= 1;
        while (items[at] !== pattern[place]);
        lastPlaces[place] = at;
      }
      let from = offsets[sequence] ?? 0;
      let alive = false;
      for (let place = 0; place < pattern.length; place += 1) {
        if (candidates[place]?.length !== 0) {
          const left = narrow(candidates[place], from, lastPlaces[place] ?? 0);
          candidates[place] = left;
          alive ||= left.length > 0;
        }
        while (items[from] !== pattern[place]) from += 1;
        from += 1;
      }
      if (!alive) return false;
    }
    return projection.length > 0;
  };

  return {
    closesBackward: (pattern: readonly number[], projection: Int32Array): boolean =>
      !hasExtension(pattern, projection, (sequence) => offsets[sequence + 1] ?? 0),
    canBePruned: (pattern: readonly number[], projection: Int32Array): boolean =>
      hasExtension(pattern, projection, (_, firstInstanceEnd) => firstInstanceEnd),
  };
};
