import { toDecimals } from '../figures.ts';

export const round = (value: number, digits = 4): number => toDecimals(value, digits);

export const toInterval = ({ lower, upper }: { lower: number; upper: number }): [number, number] => [
  round(lower),
  round(upper),
];

/** Milliseconds in words. */
export const formatDuration = (ms: number): string => {
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 2 * 86_400_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`;
};
