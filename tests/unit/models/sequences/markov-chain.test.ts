import { describe, expect, test } from 'vitest';
import { trainMarkovChain } from '../../../../models/sequences/markov-chain.ts';
import { createRandom } from '../../../../models/statistics/random.ts';

describe('a Markov chain with Witten–Bell backoff', () => {
  test('mixes orders as method C says', () => {
    // Symbols a = 0, b = 1, sequences "a b a": order 0 has a 2, b 1 of 3; after a comes b once.
    const chain = trainMarkovChain([[0, 1, 0]], 2, 1);
    const orderZero = (1 + 2 * (1 / 3)) / (3 + 2);

    expect(chain.distribution([], 0)[1]).toBeCloseTo(orderZero, 12);
    expect(chain.distribution([0], 1)[1]).toBeCloseTo((1 + 1 * orderZero) / (1 + 1), 12);
  });

  test('leaves the unknown a share, and gives the rest to what it knows', () => {
    const chain = trainMarkovChain(
      [
        [0, 1, 2, 0, 1],
        [2, 2, 1],
      ],
      3,
      3,
    );

    for (const history of [[], [0], [0, 1], [1, 1, 1], [2, 0, 1]]) {
      const known = chain.distribution(history, 3).reduce((sum, value) => sum + value, 0);
      expect(known).toBeLessThan(1);
      expect(known).toBeGreaterThan(0.8);
    }
  });

  test('knows how sequences begin', () => {
    const chain = trainMarkovChain(
      Array.from({ length: 50 }, () => [0, 1, 1, 1]),
      2,
      2,
    );

    expect(chain.distribution([], 2)[0]).toBeGreaterThan(0.95);
    expect(chain.distribution([], 0)[0]).toBeLessThan(0.3);
  });

  test('comes near the entropy of the chain that made the data, and needs no more than its order', () => {
    // After 0: 0 with 0.9; after 1: 0 with 0.2. Stationary 2/3 and 1/3; entropy rate 0.457 nats.
    const random = createRandom(11);
    const draw = (count: number) =>
      Array.from({ length: count }, () => {
        const sequence = [0];
        for (let step = 1; step < 30; step += 1)
          sequence.push(random() < (sequence[step - 1] === 0 ? 0.9 : 0.2) ? 0 : 1);
        return sequence;
      });
    const chain = trainMarkovChain(draw(400), 2, 3);
    const held = draw(200);
    const loss = (order: number) => {
      let sum = 0;
      for (const sequence of held) {
        for (let at = 1; at < sequence.length; at += 1) {
          sum -= Math.log(chain.distribution(sequence.slice(0, at), order)[sequence[at] ?? 0] ?? 0);
        }
      }
      return sum / (held.length * 29);
    };
    // The weight of state 0 over 29 steps from state 0 is a little above the stationary 2/3.
    const share = held.flat().filter((symbol) => symbol === 0).length / held.flat().length;
    const entropy = share * 0.3251 + (1 - share) * 0.5004;

    expect(loss(1)).toBeCloseTo(entropy, 1);
    expect(loss(0)).toBeGreaterThan(loss(1) + 0.1);
    expect(loss(3)).toBeLessThan(loss(1) + 0.01);
  });
});
