/** Four significant digits: a series may be in any unit. */
export const toFigure = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(4)) : 0);

export const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** No sample makes anything certain. */
export const toConfidence = (probability: number): number => Math.min(0.999, Math.max(0, round(probability, 3)));

/** An approximation says nothing about probabilities below a millionth. */
export const toPValue = (probability: number): number => Math.max(1e-6, round(probability, 6));

export const toTime = (ms: number): string => new Date(ms).toISOString();

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;

/** A value with its unit. */
export const inUnit = (value: number, unit: string | undefined): string =>
  unit === undefined ? String(toFigure(value)) : `${toFigure(value)} ${unit}`;

export interface Capped<Item> {
  readonly items: readonly Item[];
  readonly omitted: number;
}

export const capped = <Item>(items: readonly Item[], most: number): Capped<Item> => ({
  items: items.slice(0, most),
  omitted: Math.max(0, items.length - most),
});

/** A section about which the data says too little, with what it would need. */
export interface InsufficientData {
  readonly status: 'insufficient_data';
  readonly missing: readonly string[];
}

export type Section<Content> = ({ readonly status: 'ok' } & Content) | InsufficientData;
