import { DAY_MS, type Interval, naturalPeriods } from '../../models/series/interval.ts';
import { spanInWords } from '../../models/series/interval-text.ts';
import { seasonalStrengths } from '../../models/series/seasonal-strength.ts';
import { detectPeriods } from '../../models/series/seasonality.ts';
import { toDecimals, toPValue } from '../figures.ts';
import { toFigure } from './figures.ts';
import type { Stretch } from './preparation.ts';

const WEEK_MS = 7 * DAY_MS;
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** A period that the series has, or that was given. */
export interface FoundPeriod {
  readonly period: number;
  readonly strength: number;
  /** Null when the period was given and not searched for. */
  readonly pValue: number | null;
}

export interface Season extends FoundPeriod {
  /** `1 day`. */
  readonly length: string;
  /** What the season adds, on average, at each place of its cycle (or group of places), in the series' unit. */
  readonly profile: readonly { readonly at: string; readonly adds: number }[];
  readonly peak: string;
  readonly trough: string;
  /** Highest less lowest of the profile. */
  readonly swing: number;
}

export const periodsOf = ({ values, interval }: Stretch, given: readonly number[] | undefined): FoundPeriod[] => {
  if (given === undefined) return detectPeriods(values, { expected: naturalPeriods(interval) });
  const periods = [...new Set(given)].filter((period) => 2 * period <= values.length).sort((a, b) => a - b);
  const strengths = seasonalStrengths(values, periods);
  return periods.map((period, k) => ({ period, strength: strengths[k] ?? 0, pValue: null }));
};

const two = (part: number): string => String(part).padStart(2, '0');

/** Name of a place in a cycle, from a moment, by the clock on the wall, at which the series is there. */
const placeName = (wall: number, place: number, period: number, interval: Interval): string => {
  const date = new Date(wall);
  if (interval.unit === 'business-days' && period === 5) return DAYS[date.getUTCDay()] ?? '';
  if (interval.unit === 'months') {
    if (period * interval.every !== 12) return `place ${place + 1} of ${period}`;
    return interval.every === 3 ? `Q${Math.floor(date.getUTCMonth() / 3) + 1}` : (MONTHS[date.getUTCMonth()] ?? '');
  }
  const cycle = interval.unit === 'milliseconds' ? period * interval.every : 0;
  if (cycle === DAY_MS) return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  if (cycle === WEEK_MS) return DAYS[date.getUTCDay()] ?? '';
  if (cycle > 0 && cycle === 3_600_000) return `minute ${date.getUTCMinutes()}`;
  return `place ${place + 1} of ${period}`;
};

/**
 * Mean of the season at each place of the cycle, by the place's name, in the order of the cycle. Hours of the day and days
 * of the week are those of each value, so that a change of clocks does not move them.
 */
const profileOf = (seasonal: Float64Array, period: number, { times, interval, clock }: Stretch, most: number) => {
  const groups = new Map<string, { sum: number; count: number; time: number }>();
  const width = Math.ceil(period / most);
  const cycle = interval.unit === 'milliseconds' ? period * interval.every : 0;
  const offsetAt = (time: number): number => clock.toWall(time) - time;
  for (let i = 0; i < seasonal.length; i += 1) {
    const time = times[i] ?? 0;
    const place = Math.floor((i % period) / width) * width;
    const first = times[place] ?? 0;
    const wall = cycle === WEEK_MS ? clock.toWall(time) : first + offsetAt(cycle === DAY_MS ? time : first);
    const name = placeName(wall, place, period, interval);
    const group = groups.get(name) ?? { sum: 0, count: 0, time: order(wall, interval, period) };
    group.sum += seasonal[i] ?? 0;
    group.count += 1;
    groups.set(name, group);
  }
  return [...groups].sort((a, b) => a[1].time - b[1].time).map(([at, { sum, count }]) => ({ at, adds: sum / count }));
};

/** Place in the day, week or year, so that a profile begins at midnight, on Monday, in January. */
const order = (wall: number, interval: Interval, period: number): number => {
  if (interval.unit === 'months') return new Date(wall).getUTCMonth();
  if (interval.unit === 'business-days') return (new Date(wall).getUTCDay() + 6) % 7;
  const cycle = period * interval.every;
  if (cycle === WEEK_MS) return (new Date(wall).getUTCDay() + 6) % 7;
  return DAY_MS % cycle === 0 ? wall % cycle : wall;
};

/** @param mostPhases places of the cycle that are reported; those of a longer one are averaged in even groups */
export const describeSeason = (
  found: FoundPeriod,
  seasonal: Float64Array,
  stretch: Stretch,
  mostPhases: number,
): Season => {
  const profile = profileOf(seasonal, found.period, stretch, mostPhases);
  const [peak, trough] = profile.reduce(
    ([high, low], place) => [place.adds > high.adds ? place : high, place.adds < low.adds ? place : low],
    [
      { at: '', adds: Number.NEGATIVE_INFINITY },
      { at: '', adds: Number.POSITIVE_INFINITY },
    ],
  );
  return {
    period: found.period,
    length: spanInWords(found.period, stretch.interval),
    strength: toDecimals(found.strength, 3),
    pValue: found.pValue === null ? null : toPValue(found.pValue),
    peak: peak.at,
    trough: trough.at,
    swing: toFigure(peak.adds - trough.adds),
    profile: profile.map(({ at, adds }) => ({ at, adds: toFigure(adds) })),
  };
};
