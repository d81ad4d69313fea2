import type { Interval } from '../../models/series/interval.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const MONTHS: Readonly<Record<string, number>> = { mo: 1, q: 3, y: 12 };
const ISO_TIME: Readonly<Record<string, string>> = { H: 'h', M: 'm', S: 's' };
const ISO_DATE: Readonly<Record<string, string>> = { D: 'd', W: 'w', M: 'mo', Y: 'y' };

const fromParts = (count: number, unit: string): Interval | undefined => {
  const months = MONTHS[unit];
  if (months !== undefined) return { unit: 'months', every: count * months };
  const length = UNIT_MS[unit];
  return length === undefined ? undefined : { unit: 'milliseconds', every: count * length };
};

/** `15m`, `1h`, `1d`, `1mo`, `1q`, `1y`, ISO 8601 with one unit (`PT1H`, `P1M`), or `business-day`; else undefined. */
export const parseInterval = (text: string): Interval | undefined => {
  if (text === 'business-day') return { unit: 'business-days', rest: [0, 6] };
  const iso = /^P(T?)(\d{1,9})([DWMYHS])$/.exec(text);
  const short = /^(\d{1,9})\s?(ms|s|m|min|h|d|w|mo|q|y)$/.exec(text);
  const unit = iso === null ? short?.[2] : (iso[1] === 'T' ? ISO_TIME : ISO_DATE)[iso[3] ?? ''];
  const count = Number(iso === null ? short?.[1] : iso[2]);
  return unit === undefined || count < 1 ? undefined : fromParts(count, unit);
};

const LENGTHS = [
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const;

const counted = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`;

const lengthInWords = (ms: number): string => {
  const [name, length] = LENGTHS.find(([, unit]) => ms % unit === 0) ??
    LENGTHS.find(([, unit]) => ms >= 2 * unit) ?? ['millisecond', 1];
  return counted(Math.round((100 * ms) / length) / 100, name);
};

/** So many intervals in words: 24 of an hour are `1 day`. */
export const spanInWords = (steps: number, interval: Interval): string => {
  if (interval.unit === 'milliseconds') return lengthInWords(steps * interval.every);
  if (interval.unit === 'business-days') return steps === 5 ? '1 working week' : counted(steps, 'business day');
  const months = steps * interval.every;
  if (months % 12 === 0) return counted(months / 12, 'year');
  return months % 3 === 0 ? counted(months / 3, 'quarter') : counted(months, 'month');
};
