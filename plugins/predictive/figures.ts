import { toSignificant } from '../figures.ts';

/** A forecast's seventh digit says nothing. */
export const round = (value: number, digits = 6): number => toSignificant(value, digits);

export const roundAll = (values: ArrayLike<number>): number[] => Array.from(values, (value) => round(value));

/** A share in words; what rounds to all or nothing is said to be near it. */
export const percent = (share: number): string => {
  const magnitude = Math.abs(share);
  if (magnitude > 0 && magnitude < 0.001) return 'less than 0.1%';
  if (magnitude > 0.999 && magnitude < 1) return 'more than 99.9%';
  return `${(share * 100).toFixed(magnitude < 0.1 || (magnitude > 0.95 && magnitude < 1) ? 1 : 0)}%`;
};

/** So sure, or so unsure, as to be told no further: no sample makes anything certain. */
const [LEAST_CHANCE, MOST_CHANCE] = [0.001, 0.999];

/** A probability at the precision that it has. */
export const toProbability = (probability: number, digits = 3): number =>
  Math.min(MOST_CHANCE, Math.max(LEAST_CHANCE, round(probability, digits)));

/** A probability in words. */
export const chance = (probability: number): string => {
  if (probability >= MOST_CHANCE) return `${percent(MOST_CHANCE)} or more`;
  return probability <= LEAST_CHANCE ? `${percent(LEAST_CHANCE)} or less` : percent(probability);
};

/** A number in words: three significant digits, thousands apart. */
export const amount = (value: number, unit: string | null = null): string => {
  const text = Math.abs(value) >= 1e9 ? value.toExponential(2) : toSignificant(value, 3).toLocaleString('en-US');
  return unit === null ? text : `${text} ${unit}`;
};

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
