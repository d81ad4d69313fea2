import { hash } from 'node:crypto';

/** Registers are 2^12: the standard error is 1.04 / √4096 = 1.6%. */
const INDEX_BITS = 12;
const REGISTERS = 2 ** INDEX_BITS;
/** Bits of a 64-bit hash that are left for the rank. */
const RANK_BITS = 64 - INDEX_BITS;
/** Different values up to which their hashes are kept, and counted exactly. */
const MOST_HASHES = 256;
const HASH_DIGITS = 16;

/** A set as it is stored: the 64-bit hashes (hexadecimal, sorted) of few values, or the registers (base64) of many. */
export type StoredUniques = { readonly hashes: readonly string[] } | { readonly registers: string };

/**
 * Counts different values in fixed space, and merges with other counts as if all values had been in one: P. Flajolet
 * et al., "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm", AofA 2007, with 64-bit hashes
 * (S. Heule, M. Nunkesser & A. Hall, EDBT 2013) and the estimator of O. Ertl, "New cardinality estimation algorithms for
 * HyperLogLog sketches", arXiv:1702.01284 (2017), which needs no corrections by size. Up to 256 values it is exact.
 */
export interface HyperLogLog {
  readonly add: (value: string) => void;
  readonly merge: (other: StoredUniques) => void;
  /** Number of different values; a whole number while it is exact. */
  readonly estimate: () => number;
  /** Equal sets have equal stored forms, however they came together. */
  readonly store: () => StoredUniques;
}

/** Ertl's σ: what registers that no value reached add to the harmonic sum. */
const sigma = (share: number): number => {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let [power, weight, sum, before] = [share, 1, share, Number.NaN];
  while (sum !== before) {
    power *= power;
    before = sum;
    sum += power * weight;
    weight *= 2;
  }
  return sum;
};

/** Ertl's τ: the same of registers at the highest rank. */
const tau = (share: number): number => {
  if (share === 0 || share === 1) return 0;
  let [root, weight, sum, before] = [share, 1, 1 - share, Number.NaN];
  while (sum !== before) {
    root = Math.sqrt(root);
    before = sum;
    weight /= 2;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
};

const estimateOf = (registers: Uint8Array): number => {
  const histogram = new Float64Array(RANK_BITS + 2);
  for (const rank of registers) histogram[rank] = (histogram[rank] ?? 0) + 1;
  let sum = REGISTERS * tau(1 - (histogram[RANK_BITS + 1] ?? 0) / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank -= 1) sum = (sum + (histogram[rank] ?? 0)) / 2;
  sum += REGISTERS * sigma((histogram[0] ?? 0) / REGISTERS);
  return (REGISTERS * REGISTERS) / (2 * Math.LN2 * sum);
};

/** The first 12 bits choose the register, the zeros that lead the other 52 the rank. */
const register = (registers: Uint8Array, digits: string): void => {
  const index = Number.parseInt(digits.slice(0, INDEX_BITS / 4), 16);
  const rest = BigInt(`0x${digits.slice(INDEX_BITS / 4)}`);
  const rank = rest === 0n ? RANK_BITS + 1 : RANK_BITS - rest.toString(2).length + 1;
  if (rank > (registers[index] ?? 0)) registers[index] = rank;
};

export const createHyperLogLog = (): HyperLogLog => {
  const hashes = new Set<string>();
  let registers: Uint8Array | undefined;

  const dense = (): Uint8Array => {
    if (registers === undefined) {
      registers = new Uint8Array(REGISTERS);
      for (const digits of hashes) register(registers, digits);
      hashes.clear();
    }
    return registers;
  };

  const addHash = (digits: string): void => {
    if (registers !== undefined) {
      register(registers, digits);
      return;
    }
    hashes.add(digits);
    if (hashes.size > MOST_HASHES) dense();
  };

  return {
    add: (value) => addHash(hash('sha256', value, 'hex').slice(0, HASH_DIGITS)),
    merge: (other) => {
      if ('hashes' in other) {
        for (const digits of other.hashes) addHash(digits);
        return;
      }
      const own = dense();
      for (const [index, rank] of Buffer.from(other.registers, 'base64').entries()) {
        if (rank > (own[index] ?? 0)) own[index] = rank;
      }
    },
    estimate: () => (registers === undefined ? hashes.size : estimateOf(registers)),
    store: () =>
      registers === undefined
        ? { hashes: [...hashes].sort() }
        : { registers: Buffer.from(registers).toString('base64') },
  };
};
