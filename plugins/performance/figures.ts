import { toDecimals } from '../figures.ts';

/** A hundredth of a millisecond is below what anyone measures. */
export const round = (value: number, digits = 2): number => toDecimals(value, digits);

/** Milliseconds in words. */
export const formatMs = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`;

/** Hours in words. */
export const formatHours = (hours: number): string => {
  if (hours < 1.5) return `${Math.round(hours * 60)} min`;
  return hours < 48 ? `${hours.toFixed(hours < 10 ? 1 : 0)} h` : `${(hours / 24).toFixed(hours < 240 ? 1 : 0)} days`;
};
