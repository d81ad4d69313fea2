/** Sequences of items laid end to end. */
export interface SequenceDatabase {
  /** Item codes, 0 to alphabetSize − 1, [total length]. */
  readonly items: Int32Array;
  /** Where each sequence begins, and the end of the last, [sequences + 1]. */
  readonly offsets: Int32Array;
  readonly alphabetSize: number;
}

/** Lays sequences of item codes end to end. */
export const toSequenceDatabase = (sequences: readonly ArrayLike<number>[], alphabetSize: number): SequenceDatabase => {
  const offsets = new Int32Array(sequences.length + 1);
  for (const [index, sequence] of sequences.entries()) offsets[index + 1] = (offsets[index] ?? 0) + sequence.length;
  const items = new Int32Array(offsets[sequences.length] ?? 0);
  for (const [index, sequence] of sequences.entries()) items.set(sequence, offsets[index] ?? 0);
  return { items, offsets, alphabetSize };
};
