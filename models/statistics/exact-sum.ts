/** Significant bits that decide how a sum rounds to a double, one of them telling whether anything lies below. */
const DECISIVE_BITS = 64;

const view = new DataView(new ArrayBuffer(8));

/** A finite double as `mantissa × 2^exponent`. */
const decompose = (value: number): { mantissa: bigint; exponent: number } => {
  if (Number.isSafeInteger(value)) return { mantissa: BigInt(value), exponent: 0 };
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return { mantissa: value < 0 ? -mantissa : mantissa, exponent: Math.max(biased, 1) - 1075 };
};

const bitLength = (positive: bigint): number => positive.toString(2).length;

/**
 * A sum of doubles without rounding, as an integer times a power of two: the same whatever the order of adding and
 * however partial sums were merged. Only what is read off it is rounded, once and correctly (to nearest, ties to even).
 */
export interface ExactSum {
  /** @param value a finite number */
  readonly add: (value: number) => void;
  readonly merge: (stored: string) => void;
  readonly toNumber: () => number;
  /** `<mantissa, hexadecimal>p<exponent>`, with an odd mantissa: equal sums have equal texts. */
  readonly store: () => string;
}

export const createExactSum = (): ExactSum => {
  let mantissa = 0n;
  let exponent = 0;

  const addScaled = (other: bigint, otherExponent: number): void => {
    if (otherExponent < exponent) {
      mantissa <<= BigInt(exponent - otherExponent);
      exponent = otherExponent;
    }
    mantissa += other << BigInt(otherExponent - exponent);
  };

  return {
    add: (value) => {
      const parts = decompose(value);
      addScaled(parts.mantissa, parts.exponent);
    },
    merge: (stored) => {
      const [digits = '0', power = '0'] = stored.split('p');
      const negative = digits.startsWith('-');
      const magnitude = BigInt(`0x${negative ? digits.slice(1) : digits}`);
      addScaled(negative ? -magnitude : magnitude, Number(power));
    },
    toNumber: () => {
      const magnitude = mantissa < 0n ? -mantissa : mantissa;
      const surplus = BigInt(Math.max(0, bitLength(magnitude) - DECISIVE_BITS));
      const kept = magnitude >> surplus;
      const decisive = kept << surplus === magnitude ? kept : kept | 1n;
      const value = Number(decisive) * 2 ** (exponent + Number(surplus));
      return mantissa < 0n ? -value : value;
    },
    store: () => {
      if (mantissa === 0n) return '0p0';
      const zeros = bitLength(mantissa & -mantissa) - 1;
      return `${(mantissa >> BigInt(zeros)).toString(16)}p${exponent + zeros}`;
    },
  };
};
