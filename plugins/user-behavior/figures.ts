/** Entries of a list in the result; what is left out is counted. */
const TOP = 20;

export const round = (value: number, digits = 4): number => Math.round(value * 10 ** digits) / 10 ** digits;

export const percent = (share: number): string => `${(share * 100).toFixed(Math.abs(share) < 0.1 ? 1 : 0)}%`;

/** No sample makes anything certain. */
export const toConfidence = (probability: number): number => Math.min(0.999, Math.max(0, round(probability, 3)));

/** An approximation says nothing about probabilities below a millionth. */
export const toPValue = (probability: number): number => Math.max(1e-6, round(probability, 6));

export const toInterval = ({ lower, upper }: { lower: number; upper: number }): [number, number] => [
  round(lower),
  round(upper),
];

export interface Capped<Item> {
  readonly items: readonly Item[];
  readonly omitted: number;
}

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

/** Milliseconds in words. */
export const formatDuration = (ms: number): string => {
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 2 * 86_400_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`;
};
