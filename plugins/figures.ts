/** Rounds to so many places after the point. */
export const toDecimals = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** Rounds to significant digits, for values in any unit. */
export const toSignificant = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** No sample makes anything certain. */
export const toConfidence = (probability: number): number => Math.min(0.999, Math.max(0, toDecimals(probability, 3)));

/** An approximation says nothing about probabilities below a millionth. */
export const toPValue = (probability: number): number => Math.max(1e-6, toDecimals(probability, 6));

/** A share in words. */
export const percent = (share: number): string => `${(share * 100).toFixed(Math.abs(share) < 0.1 ? 1 : 0)}%`;

/** A time, epoch ms, as ISO 8601 in UTC. */
export const toIsoTime = (ms: number): string => new Date(ms).toISOString();

/** The first entries of a list, and how many are left out. */
export interface Capped<Item> {
  readonly items: readonly Item[];
  readonly omitted: number;
}

/** Entries of a list in a result, where nothing speaks for another number. */
const TOP = 20;

export const capped = <Item>(items: readonly Item[], most = TOP): Capped<Item> => ({
  items: items.slice(0, most),
  omitted: Math.max(0, items.length - most),
});

/** A section about which the data says too little, with what it would need. */
export interface InsufficientData {
  readonly status: 'insufficient_data';
  readonly missing: readonly string[];
}

export const insufficient = (...missing: readonly string[]): InsufficientData => ({
  status: 'insufficient_data',
  missing,
});
