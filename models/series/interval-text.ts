import { DAY_MS, type Interval } from './interval.ts';

const HOUR_MS = 3_600_000;

type Multiple = Exclude<Interval, { unit: 'business-days' }>;

const lengthOf = (every: number): Multiple => ({ unit: 'milliseconds', every });
const monthsOf = (every: number): Multiple => ({ unit: 'months', every });

const UNITS: ReadonlyMap<string, Multiple> = new Map([
  ['ms', lengthOf(1)],
  ['s', lengthOf(1_000)],
  ['m', lengthOf(60_000)],
  ['min', lengthOf(60_000)],
  ['h', lengthOf(HOUR_MS)],
  ['d', lengthOf(DAY_MS)],
  ['w', lengthOf(7 * DAY_MS)],
  ['mo', monthsOf(1)],
  ['q', monthsOf(3)],
  ['y', monthsOf(12)],
]);

const ISO_UNITS: ReadonlyMap<string, string> = new Map([
  ['D', 'd'],
  ['W', 'w'],
  ['M', 'mo'],
  ['Y', 'y'],
  ['TS', 's'],
  ['TM', 'min'],
  ['TH', 'h'],
]);

/**
 * An interval from text: `15m`, `1h`, `1d`, `1w`, `1mo`, `1q`, `1y`, `business-day`, or ISO 8601 with one unit (`PT1H`,
 * `P1M`); undefined when it is none of these.
 */
export const parseInterval = (text: string): Interval | undefined => {
  if (text === 'business-day') return { unit: 'business-days', rest: [0, 6] };
  const iso = /^P(T?)(\d{1,9})([A-Z])$/.exec(text);
  const plain = /^(\d{1,9})\s?([a-z]+)$/.exec(text);
  const count = Number(iso?.[2] ?? plain?.[1] ?? 0);
  const unit = UNITS.get(ISO_UNITS.get(`${iso?.[1] ?? ''}${iso?.[3] ?? ''}`) ?? plain?.[2] ?? '');
  return unit === undefined || count < 1 ? undefined : { ...unit, every: unit.every * count };
};

const LENGTHS = [
  ['week', 7 * DAY_MS],
  ['day', DAY_MS],
  ['hour', HOUR_MS],
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
