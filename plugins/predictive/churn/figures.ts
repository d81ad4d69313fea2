export const round = (value: number, digits = 4): number => Math.round(value * 10 ** digits) / 10 ** digits;

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;

/** No sample makes anything certain. */
export const toConfidence = (probability: number): number => Math.min(0.999, Math.max(0, round(probability, 3)));

/** An approximation says nothing about probabilities below a millionth. */
export const toPValue = (probability: number): number => Math.max(1e-6, round(probability, 6));

export const toInterval = ([lower, upper]: readonly [number, number]): [number, number] => [round(lower), round(upper)];

/** A value in words: no more digits than anyone reads. */
export const amount = (value: number): string =>
  Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

export interface Capped<Item> {
  readonly items: readonly Item[];
  readonly omitted: number;
}

export const capped = <Item>(items: readonly Item[], most: number): Capped<Item> => ({
  items: items.slice(0, most),
  omitted: Math.max(0, items.length - most),
});
