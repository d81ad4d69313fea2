/** The symbols of an alphabet as the tokens of a network: the frequent ones each, the rare ones together. */
export interface SymbolClasses {
  /** Token of each symbol, [alphabetSize]; 0 is the end. */
  readonly tokenOf: Int32Array;
  /** Share of a symbol in what its token stands for, [alphabetSize]. */
  readonly shareOf: Float64Array;
  /** How often each token occurs, each counted once more than it did, summing to 1, [tokens]. */
  readonly frequencies: Float64Array;
}

/**
 * Gives the `most` most frequent symbols a token each, and the rest one.
 *
 * @param sequences [n] sequences of symbols from 0 to alphabetSize − 1
 * @param end the symbol that becomes token 0
 */
export const classifySymbols = (
  sequences: readonly ArrayLike<number>[],
  alphabetSize: number,
  end: number,
  most: number,
): SymbolClasses => {
  // No symbol is impossible: each is counted once to begin with.
  const counts = new Float64Array(alphabetSize).fill(1);
  for (const sequence of sequences) {
    for (let at = 0; at < sequence.length; at += 1) counts[sequence[at] ?? 0] = (counts[sequence[at] ?? 0] ?? 0) + 1;
  }
  const ranked = Array.from(counts.keys())
    .filter((symbol) => symbol !== end)
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  const tokenOf = new Int32Array(alphabetSize);
  for (const [rank, symbol] of ranked.entries()) tokenOf[symbol] = Math.min(rank, most) + 1;
  const totals = new Float64Array(Math.min(ranked.length, most + 1) + 1);
  for (const [symbol, token] of tokenOf.entries()) totals[token] = (totals[token] ?? 0) + (counts[symbol] ?? 0);
  const all = totals.reduce((sum, total) => sum + total, 0);
  return {
    tokenOf,
    shareOf: counts.map((count, symbol) => count / (totals[tokenOf[symbol] ?? 0] ?? 1)),
    frequencies: totals.map((total) => total / all),
  };
};
