import { ForecastDetector } from '../../models/anomaly/forecast-detector.ts';
import { generalizedEsd, seasonalLevel } from '../../models/anomaly/generalized-esd.ts';
import { NoveltyAlarms } from '../../models/anomaly/novelty-alarms.ts';
import { fitParetoTail } from '../../models/anomaly/pareto-tail.ts';
import { stepOf } from '../../models/anomaly/value-steps.ts';
import { robustScale } from '../../models/series/outliers.ts';
import { detectPeriods } from '../../models/series/seasonality.ts';
import type { Alarm, Judged } from './alarms.ts';
import { intervalOf, type Timeline, toSlots } from './timeline.ts';

/** Values below which a whole series says too little about its own tail. */
const FEWEST_VALUES = 50;
/** Part of a series that seasonal ESD looks for, as its authors advise. */
const MOST_OUTLYING = 0.02;
/** Share of the variance that a season must explain: a weaker one is not worth what its estimate adds to the noise. */
const LEAST_STRENGTH = 0.1;
/** A test of a series at a rate of 1 in n would otherwise expect an outlier in each. */
const LARGEST_SIGNIFICANCE = 0.5;

export interface SeriesSettings {
  readonly method: 'robust-z' | 'seasonal-esd' | 'forecast' | 'novelty';
  readonly alarmRate: number;
  /** In points a cycle. */
  readonly period: number | undefined;
}

const sizes = (count: number): string => `${count} point${count === 1 ? '' : 's'}`;

export const alarmOfForecast = (
  series: string,
  time: number,
  value: number,
  { expected, lower, upper, deviations, probability }: NonNullable<ReturnType<ForecastDetector['next']>>,
): Alarm => ({ series, time, value, expected, lower, upper, deviations, probability });

export const alarmOfNovelty = (
  series: string,
  time: number,
  value: number,
  { expected, lower, upper, probability, novel }: NonNullable<ReturnType<NoveltyAlarms['next']>>,
): Alarm => {
  // Of a normal distribution 98 in 100 lie within 2.326 deviations to either side.
  const deviation = Math.max((upper - lower) / 4.652, 1e-9 * Math.abs(expected), Number.MIN_VALUE);
  return {
    series,
    time,
    value,
    expected,
    lower,
    upper,
    deviations: (value - expected) / deviation,
    probability,
    novel,
  };
};

/** A period so near to an hour, a day or a week is one: over many cycles an error of one point smears the season. */
const CALENDAR_MS = [3_600_000, 86_400_000, 604_800_000];
const CALENDAR_TOLERANCE = 0.02;

const toCalendar = (period: number, intervalMs: number): number => {
  const points = CALENDAR_MS.map((span) => span / intervalMs);
  const near = points.find((count) => Math.abs(period - count) <= CALENDAR_TOLERANCE * count);
  return near !== undefined && Number.isInteger(near) ? near : period;
};

const findPeriods = (grid: Float64Array, intervalMs: number): number[] => [
  ...new Set(
    detectPeriods(grid).flatMap(({ period, strength }) =>
      strength >= LEAST_STRENGTH ? [toCalendar(period, intervalMs)] : [],
    ),
  ),
];

/** What a series is around, as a value for each point, and the season that was taken. */
const expectedOf = ({ times, values }: Timeline, given: number | undefined) => {
  const { slots, regular } = toSlots(times);
  if (!regular) return { expected: seasonalLevel(values, []), period: null };
  const grid = new Float64Array((slots.at(-1) ?? 0) + 1).fill(Number.NaN);
  for (const [k, slot] of slots.entries()) grid[slot] = values[k] ?? 0;
  // The line between neighbours stands in for a gap; what it would alarm by is not a point.
  let last = 0;
  for (let slot = 1; slot < grid.length; slot += 1) {
    if (Number.isNaN(grid[slot] ?? 0)) continue;
    const [from, to] = [grid[last] ?? 0, grid[slot] ?? 0];
    for (let gap = last + 1; gap < slot; gap += 1) grid[gap] = from + ((to - from) * (gap - last)) / (slot - last);
    last = slot;
  }
  const periods = given === undefined ? findPeriods(grid, intervalOf(times)) : [given];
  const level = seasonalLevel(grid, periods);
  const usable = periods.filter((period) => period > 1 && 2 * period <= grid.length);
  return { expected: Float64Array.from(slots, (slot) => level[slot] ?? 0), period: usable.at(-1) ?? null };
};

/** A period of 1 is no season. */
export const seasonOf = (period: number | undefined): number | null =>
  period === undefined || period === 1 ? null : period;

const judgeRemainder = (name: string, timeline: Timeline, settings: SeriesSettings): Judged => {
  const { times, values } = timeline;
  const { expected, period } = expectedOf(timeline, settings.period);
  const remainder = values.map((value, k) => value - (expected[k] ?? 0));
  const { centre, deviation } = robustScale(remainder);
  const scale = Math.max(deviation, 1e-9 * Math.abs(centre + (expected[0] ?? 0)), Number.MIN_VALUE * 1e10);
  const scores = remainder.map((rest) => (rest - centre) / scale);
  const judge = settings.method === 'seasonal-esd' ? byEsd : byTails;
  const { probabilities, lower, upper } = judge(scores, stepOf(values) / scale, settings.alarmRate);
  const alarms: Alarm[] = [];
  for (const [k, probability] of probabilities.entries()) {
    if (probability > settings.alarmRate) continue;
    const around = (expected[k] ?? 0) + centre;
    const alarm = { series: name, time: times[k] ?? 0, value: values[k] ?? 0, deviations: scores[k] ?? 0, probability };
    alarms.push({ ...alarm, expected: around, lower: around + lower * scale, upper: around + upper * scale });
  }
  return { status: 'ok', judged: values.length, alarms, period };
};

interface JudgedScores {
  readonly probabilities: Float64Array;
  /** Scores beyond which there is an alarm. */
  readonly lower: number;
  readonly upper: number;
}

/** @param step of the values, in the unit of the scores */
const byTails = (scores: Float64Array, step: number, alarmRate: number): JudgedScores => {
  const sorted = scores.toSorted();
  const above = fitParetoTail(sorted, step);
  const below = fitParetoTail(sorted.map((score) => -score).reverse(), step);
  return {
    probabilities: scores.map((score) => Math.min(1, 2 * above.probability(score), 2 * below.probability(-score))),
    lower: -below.quantile(alarmRate / 2),
    upper: above.quantile(alarmRate / 2),
  };
};

/** The test, which takes the remainder to be normal, tells what is an outlier; how rare it is, the tails tell. */
const byEsd = (scores: Float64Array, step: number, alarmRate: number): JudgedScores => {
  const { outliers, steps } = generalizedEsd(scores, {
    most: Math.max(1, Math.floor(MOST_OUTLYING * scores.length)),
    significance: Math.min(LARGEST_SIGNIFICANCE, alarmRate * scores.length),
    robust: true,
  });
  const byTail = byTails(scores, step, alarmRate).probabilities;
  const probabilities = new Float64Array(scores.length).fill(1);
  for (const { index } of steps.slice(0, outliers)) probabilities[index] = Math.min(alarmRate, byTail[index] ?? 1);
  const critical = steps[outliers]?.critical ?? steps.at(-1)?.critical ?? Number.POSITIVE_INFINITY;
  return { probabilities, lower: -critical, upper: critical };
};

/** Judges point after point by those before it, as a stream would. */
const judgeInTurn = (name: string, { times, values }: Timeline, settings: SeriesSettings): Judged => {
  const { slots } = toSlots(times);
  const forecast = new ForecastDetector(settings.alarmRate, settings.period);
  const novelty = new NoveltyAlarms(settings.alarmRate);
  const alarms: Alarm[] = [];
  let judged = 0;
  let lastSlot = -1;
  for (const [k, value] of values.entries()) {
    const time = times[k] ?? 0;
    if (settings.method === 'novelty') {
      const judgement = novelty.next(value);
      if (judgement !== undefined) judged += 1;
      if (judgement !== undefined && judgement.probability <= settings.alarmRate)
        alarms.push(alarmOfNovelty(name, time, value, judgement));
      continue;
    }
    const slot = Math.max(lastSlot + 1, slots[k] ?? 0);
    lastSlot = slot;
    const judgement = forecast.next(slot, value);
    if (judgement !== undefined) judged += 1;
    if (judgement !== undefined && judgement.probability <= settings.alarmRate)
      alarms.push(alarmOfForecast(name, time, value, judgement));
  }
  if (judged === 0)
    return {
      status: 'insufficient_data',
      missing: [
        `points enough to learn from: over 150, and three cycles of a season (there are ${sizes(values.length)})`,
      ],
    };
  return { status: 'ok', judged, alarms, period: settings.method === 'novelty' ? null : seasonOf(forecast.period) };
};

/** Judges a series by all of it (robust-z, seasonal-esd), or each point by those before it (forecast, novelty). */
export const judgeSeries = (name: string, timeline: Timeline, settings: SeriesSettings): Judged => {
  const { length } = timeline.values;
  if (length < FEWEST_VALUES)
    return { status: 'insufficient_data', missing: [`${FEWEST_VALUES} points with a value (there are ${length})`] };
  return settings.method === 'robust-z' || settings.method === 'seasonal-esd'
    ? judgeRemainder(name, timeline, settings)
    : judgeInTurn(name, timeline, settings);
};
