import { toSignificant } from '../figures.ts';

/** A series may be in bytes or in shares. */
export const significant = (value: number, digits = 5): number => toSignificant(value, digits);

/** A chance in words. */
export const oneIn = (probability: number): string =>
  `1 in ${Math.round(significant(1 / probability, 2)).toLocaleString('en')}`;
