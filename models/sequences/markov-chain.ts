/**
 * Markov chain of a variable order with Witten–Bell backoff: what a long context has seen is mixed with what shorter
 * ones have, in proportion to how often the context was followed by something new. The last resort is an equal share
 * for every known symbol and one for all unknown. I. H. Witten & T. C. Bell, "The zero-frequency problem", IEEE
 * Transactions on Information Theory 37 (1991), method C, interpolated as in S. F. Chen & J. Goodman, "An empirical
 * study of smoothing techniques for language modeling", Computer Speech & Language 13 (1999).
 */
export interface MarkovChain {
  /**
   * Probabilities of what comes next, [alphabetSize]; together with the unknown's they sum to 1.
   *
   * @param history symbols, latest last; only the last `order` are looked at
   */
  readonly distribution: (history: ArrayLike<number>, order: number) => Float64Array;
}

interface Followers {
  total: number;
  readonly counts: Map<number, number>;
}

/** Numbers a context; symbols are shifted by one, so that leading starts do not collide with shorter contexts. */
const contextKey = (history: ArrayLike<number>, end: number, order: number, alphabetSize: number): number => {
  let key = 0;
  for (let at = end - order; at < end; at += 1) key = key * (alphabetSize + 2) + (at < 0 ? 1 : (history[at] ?? 0) + 2);
  return key;
};

const tally = (table: Map<number, Followers>, key: number, symbol: number): void => {
  let followers = table.get(key);
  if (followers === undefined) {
    followers = { total: 0, counts: new Map() };
    table.set(key, followers);
  }
  followers.total += 1;
  followers.counts.set(symbol, (followers.counts.get(symbol) ?? 0) + 1);
};

/** Mixes what a context has seen into what shorter ones have, in place. */
const mixIn = (probabilities: Float64Array, { total, counts }: Followers): void => {
  const scale = 1 / (total + counts.size);
  const kept = counts.size * scale;
  for (let symbol = 0; symbol < probabilities.length; symbol += 1) {
    probabilities[symbol] = (probabilities[symbol] ?? 0) * kept;
  }
  for (const [symbol, count] of counts) probabilities[symbol] = (probabilities[symbol] ?? 0) + count * scale;
};

/**
 * Counts what followed each context of 0 to `maxOrder` symbols. A sequence's beginning is a context of its own.
 *
 * @param sequences [n] sequences of symbols from 0 to alphabetSize − 1; (alphabetSize + 2)^maxOrder below 2^53
 */
export const trainMarkovChain = (
  sequences: readonly ArrayLike<number>[],
  alphabetSize: number,
  maxOrder: number,
): MarkovChain => {
  const tables = Array.from({ length: maxOrder + 1 }, () => new Map<number, Followers>());
  for (const sequence of sequences) {
    for (let at = 0; at < sequence.length; at += 1) {
      for (const [order, table] of tables.entries()) {
        tally(table, contextKey(sequence, at, order, alphabetSize), sequence[at] ?? 0);
      }
    }
  }
  const followersOf = (history: ArrayLike<number>, order: number): Followers | undefined =>
    tables[order]?.get(contextKey(history, history.length, order, alphabetSize));
  // What no context is needed for is the same everywhere, and has the most followers.
  const shortest = new Float64Array(alphabetSize).fill(1 / (alphabetSize + 1));
  const anywhere = followersOf([], 0);
  if (anywhere !== undefined) mixIn(shortest, anywhere);
  return {
    distribution: (history, order) => {
      const probabilities = shortest.slice();
      for (let length = 1; length <= order; length += 1) {
        const followers = followersOf(history, length);
        if (followers === undefined) break;
        mixIn(probabilities, followers);
      }
      return probabilities;
    },
  };
};
