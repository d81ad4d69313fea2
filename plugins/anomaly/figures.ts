/** Rounds to significant digits: a series may be in bytes or in shares. */
export const significant = (value: number, digits = 5): number => Number(value.toPrecision(digits));

/** No sample makes anything certain. */
export const toConfidence = (probability: number): number =>
  Math.min(0.999, Math.max(0, Math.round(probability * 1000) / 1000));

export interface Capped<Item> {
  readonly items: readonly Item[];
  readonly omitted: number;
}

export const capped = <Item>(items: readonly Item[], most: number): Capped<Item> => ({
  items: items.slice(0, most),
  omitted: Math.max(0, items.length - most),
});

export const iso = (time: number): string => new Date(time).toISOString();

/** A chance in words. */
export const oneIn = (probability: number): string =>
  `1 in ${Math.round(significant(1 / probability, 2)).toLocaleString('en')}`;
