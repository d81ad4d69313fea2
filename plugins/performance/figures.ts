/** Rounds for the result: a hundredth of a millisecond is below what anyone measures. */
export const round = (value: number, digits = 2): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** No sample makes anything certain. */
export const toConfidence = (probability: number): number => Math.min(0.999, Math.max(0, round(probability, 3)));

/** An approximation says nothing about probabilities below a millionth. */
export const toPValue = (probability: number): number => Math.max(1e-6, round(probability, 6));

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;

export interface Capped<Item> {
  readonly items: readonly Item[];
  readonly omitted: number;
}

export const capped = <Item>(items: readonly Item[], most = 20): Capped<Item> => ({
  items: items.slice(0, most),
  omitted: Math.max(0, items.length - most),
});

/** A section about which the data says too little, with what it would need. */
export interface InsufficientData {
  readonly status: 'insufficient_data';
  readonly missing: readonly string[];
}

/** Milliseconds in words. */
export const formatMs = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`;

/** Hours in words. */
export const formatHours = (hours: number): string => {
  if (hours < 1.5) return `${Math.round(hours * 60)} min`;
  return hours < 48 ? `${hours.toFixed(hours < 10 ? 1 : 0)} h` : `${(hours / 24).toFixed(hours < 240 ? 1 : 0)} days`;
};
