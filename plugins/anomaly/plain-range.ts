import type { Alarm } from './alarms.ts';

/** What is so small beside the values is rounding of the machine. */
const ROUNDING = 1e-9;

/**
 * Ranges as who knows the values would state them: no remainder of rounding in place of 0, and nothing below 0 where no
 * value is.
 *
 * @param values [n] of the series that the alarms are of
 */
export const withPlainRange = (alarms: readonly Alarm[], values: Float64Array): Alarm[] => {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const least = values.some((value) => value < 0) ? Number.NEGATIVE_INFINITY : 0;
  const plain = (value: number): number => Math.max(least, Math.abs(value) <= ROUNDING * largest ? 0 : value);
  return alarms.map((alarm) => ({
    ...alarm,
    expected: plain(alarm.expected),
    lower: alarm.lower === null ? null : plain(alarm.lower),
    upper: alarm.upper === null ? null : plain(alarm.upper),
  }));
};
