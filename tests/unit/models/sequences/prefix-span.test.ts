import { describe, expect, test } from 'vitest';
import { mineClosedSequences } from '../../../../models/sequences/prefix-span.ts';
import { toSequenceDatabase } from '../../../../models/sequences/sequence-database.ts';
import { createRandom } from '../../../../models/statistics/random.ts';

const UNBOUNDED = { minSupport: 2, maxLength: 50, budget: 1e9 };

const contains = (sequence: readonly number[], pattern: readonly number[]): boolean => {
  let matched = 0;
  for (const item of sequence) if (item === pattern[matched]) matched += 1;
  return matched === pattern.length;
};

/** By trying every subsequence that occurs. */
const closedByBruteForce = (sequences: readonly (readonly number[])[], minSupport: number) => {
  const all = new Map<string, number[]>();
  for (const sequence of sequences) {
    for (let mask = 1; mask < 1 << sequence.length; mask += 1) {
      const pattern = sequence.filter((_, index) => (mask & (1 << index)) !== 0);
      all.set(pattern.join(), pattern);
    }
  }
  const frequent = [...all.values()]
    .map((items) => ({ items, support: sequences.filter((sequence) => contains(sequence, items)).length }))
    .filter(({ support }) => support >= minSupport);
  return frequent.filter(
    ({ items, support }) =>
      !frequent.some(
        (other) => other.support === support && other.items.length > items.length && contains(other.items, items),
      ),
  );
};

const sorted = (patterns: readonly { items: readonly number[]; support: number }[]) =>
  patterns.map(({ items, support }) => `${items.join()}:${support}`).sort();

describe('closed sequential patterns', () => {
  test('of the BIDE paper’s example are its six', () => {
    // CAABC, ABCB, CABC, ABBCA with support 2: {AA:2, ABB:2, ABC:4, CA:3, CABC:2, CB:3}
    const [A, B, C] = [0, 1, 2];
    const database = toSequenceDatabase(
      [
        [C, A, A, B, C],
        [A, B, C, B],
        [C, A, B, C],
        [A, B, B, C, A],
      ],
      3,
    );

    const { patterns, completeFrom } = mineClosedSequences(database, UNBOUNDED);

    expect(sorted(patterns)).toEqual(['0,0:2', '0,1,1:2', '0,1,2:4', '2,0,1,2:2', '2,0:3', '2,1:3']);
    expect(completeFrom).toBe(2);
  });

  test('are those that trying everything finds', () => {
    const random = createRandom(7);
    for (let trial = 0; trial < 150; trial += 1) {
      const sequences = Array.from({ length: 8 }, () =>
        Array.from({ length: Math.floor(random() * 8) }, () => Math.floor(random() * 4)),
      );

      const { patterns } = mineClosedSequences(toSequenceDatabase(sequences, 4), UNBOUNDED);

      expect(sorted(patterns)).toEqual(sorted(closedByBruteForce(sequences, 2)));
    }
  });

  test('found before the budget ran out are all there are above the support it reached', () => {
    const random = createRandom(3);
    const sequences = Array.from({ length: 60 }, () => Array.from({ length: 12 }, () => Math.floor(random() * 6)));
    const database = toSequenceDatabase(sequences, 6);

    const whole = mineClosedSequences(database, UNBOUNDED);
    const cut = mineClosedSequences(database, { ...UNBOUNDED, budget: 20_000 });
    const fromReached = ({ support }: { support: number }) => support >= cut.completeFrom;

    expect(cut.completeFrom).toBeGreaterThan(2);
    expect(cut.patterns.length).toBeGreaterThan(0);
    expect(sorted(cut.patterns)).toEqual(sorted(whole.patterns.filter(fromReached)));
  });

  test('carry what chance would make of them', () => {
    const [A, B] = [0, 1];
    const database = toSequenceDatabase([[A, B], [A, B, B, A], [B]], 2);

    const { patterns } = mineClosedSequences(database, { ...UNBOUNDED, minSupport: 1 });
    const pattern = patterns.find(({ items }) => items.join() === '0,1');

    // 4 of 7 items are B; after the first A one item is left in the first sequence, three in the second.
    const [once, thrice] = [4 / 7, 1 - (3 / 7) ** 3];
    expect(pattern?.support).toBe(2);
    expect(pattern?.chance.mean).toBeCloseTo(once + thrice, 12);
    expect(pattern?.chance.variance).toBeCloseTo(once * (1 - once) + thrice * (1 - thrice), 12);
  });

  test('are of sequences without repeats when told so', () => {
    const [A, B, C] = [0, 1, 2];
    const database = toSequenceDatabase(
      [
        [A, B, A, C],
        [A, C, B, A],
        [B, A],
      ],
      3,
    );

    const { patterns } = mineClosedSequences(database, { ...UNBOUNDED, minSupport: 1, distinctNeighbours: true });
    const chanceOf = (wanted: string) => patterns.find(({ items }) => items.join() === wanted)?.chance.mean;

    // 3 of 10 are B, 5 are A. After the first A come three in two sequences and none in the last; B follows another one
    // with 3/7, and A never follows A at once, but does every other.
    expect(chanceOf('0,1,0')).toBeCloseTo(2, 12);
    expect(chanceOf('0,2')).toBeCloseTo(2 * (1 - (1 - 0.2 / 0.8) ** 3), 12);
  });

  test('of sequences that are all alike are that one sequence', () => {
    const sequence = Array.from({ length: 20 }, (_, index) => index);
    const database = toSequenceDatabase(
      Array.from({ length: 5 }, () => sequence),
      20,
    );

    expect(mineClosedSequences(database, UNBOUNDED).patterns).toMatchObject([
      { items: sequence, support: 5, prefixSupport: 5 },
    ]);
  });
});
