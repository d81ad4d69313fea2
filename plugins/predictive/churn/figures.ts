import { toDecimals } from '../../figures.ts';

export const round = (value: number, digits = 4): number => toDecimals(value, digits);

export const toInterval = ([lower, upper]: readonly [number, number]): [number, number] => [round(lower), round(upper)];

/** A value in words: no more digits than anyone reads. */
export const amount = (value: number): string =>
  Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
