import { describe, expect, test } from 'vitest';
import { trainNextSymbolNetwork } from '../../../../models/networks/next-symbol-network.ts';
import { createRandom } from '../../../../models/statistics/random.ts';

const END = 6;
/** 0 or 1, then two to five of 2 and 3 without a meaning, then 4 after 0 and 5 after 1. */
const remembering = (count: number, seed: number): Int32Array[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const first = random() < 0.5 ? 0 : 1;
    const between = Array.from({ length: 2 + Math.floor(random() * 4) }, () => (random() < 0.5 ? 2 : 3));
    return Int32Array.of(first, ...between, first + 4, END);
  });
};

const distributions = (network: ReturnType<typeof trainNextSymbolNetwork>, sequence: ArrayLike<number>) =>
  Array.from(network.follow(sequence), (probabilities) => Array.from(probabilities));

describe('a network that predicts the next symbol', () => {
  const network = trainNextSymbolNetwork(remembering(400, 1), 7, { end: END, work: 10_000_000, seed: 1 });

  test('remembers how a sequence began, further back than any chain of order 3', () => {
    for (const first of [0, 1]) {
      const last = distributions(network, [first, 2, 3, 3, 2, 2, first + 4, END]);
      const [right = 0, wrong = 0] = [last[6]?.[first + 4], last[6]?.[5 - first]];

      expect(right / (right + wrong)).toBeGreaterThan(0.9);
      // Nothing but the end comes after 4 and 5.
      expect(last[7]?.[END]).toBeGreaterThan(0.9);
    }
  });

  test('gives probabilities: they sum to one, and what is rare or unseen has some', () => {
    const rare = Array.from({ length: 50 }, (_, index) => Int32Array.of(index % 40, (index + 1) % 40, 60));
    const wide = trainNextSymbolNetwork(rare, 61, { end: 60, work: 500_000, seed: 1 });

    for (const probabilities of [...distributions(network, [0, 2, 4, END]), ...distributions(wide, [3, 59, 60])]) {
      expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 9);
      expect(Math.min(...probabilities)).toBeGreaterThan(0);
    }
  });

  test('begins with the frequencies, so that little training does no harm', () => {
    const barely = trainNextSymbolNetwork(remembering(400, 1), 7, { end: END, work: 1, seed: 1 });
    const [first] = distributions(barely, [0]);

    expect(barely.trainedOn).toBe(1);
    // Half of a sequence's five and a half symbols on average are 2 or 3, a fifth is the end.
    expect(first?.[2]).toBeGreaterThan(0.15);
    expect(first?.[4]).toBeLessThan(0.15);
  });

  test('is the same for the same seed, and leaves the random numbers of others alone', () => {
    const train = (seed: number) =>
      distributions(trainNextSymbolNetwork(remembering(60, 2), 7, { end: END, work: 200_000, seed }), [0, 2, 4, END]);
    const random = Math.random;

    expect(train(5)).toEqual(train(5));
    expect(train(5)).not.toEqual(train(6));
    expect(Math.random).toBe(random);
  });
});
