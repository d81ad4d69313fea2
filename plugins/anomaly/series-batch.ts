import { ForecastDetector } from '../../models/anomaly/forecast-detector.ts';
import { generalizedEsd, seasonalLevel } from '../../models/anomaly/generalized-esd.ts';
import { spreadByLevel } from '../../models/anomaly/level-spread.ts';
import { NoveltyAlarms } from '../../models/anomaly/novelty-alarms.ts';
import { fitParetoTail } from '../../models/anomaly/pareto-tail.ts';
import { stepOf } from '../../models/anomaly/value-steps.ts';
import { robustScale } from '../../models/series/outliers.ts';
import { detectPeriods } from '../../models/series/seasonality.ts';
import type { Alarm, Judged } from './alarms.ts';
import { withPlainRange } from './plain-range.ts';
import { intervalOf, type Timeline, toSlots } from './timeline.ts';

/** Values below which a whole series says too little about its own tail. */
const FEWEST_VALUES = 50;
/** Part of a series that seasonal ESD looks for, as its authors advise. */
const MOST_OUTLYING = 0.02;
/** Share of the variance that a season must explain: a weaker one is not worth what its estimate adds to the noise. */
const LEAST_STRENGTH = 0.1;
/** Deviations beyond which neighbours are one event. */
const FAR_DEVIATIONS = 4;
/** Of a normal series as many outliers are found as alarms are accepted; of so many times more none may be left out. */
const ROOM = 2;

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
  const step = stepOf(values);
  const spread = values.some((value) => value < 0)
    ? values.map(() => 1)
    : spreadByLevel(
        expected,
        values.map((value, k) => value - (expected[k] ?? 0)),
        step,
      );
  const remainder = values.map((value, k) => (value - (expected[k] ?? 0)) / (spread[k] ?? 1));
  const { centre, deviation } = robustScale(remainder);
  const scale = Math.max(deviation, 1e-9 * Math.abs(centre + (expected[0] ?? 0)), Number.MIN_VALUE * 1e10);
  const scores = remainder.map((rest) => (rest - centre) / scale);
  const judge = settings.method === 'seasonal-esd' ? byEsd : byTails;
  const { probabilities, lower, upper } = judge(scores, step / scale, settings.alarmRate);
  const alarms: Alarm[] = [];
  for (const [k, probability] of probabilities.entries()) {
    if (probability > settings.alarmRate) continue;
    const width = spread[k] ?? 1;
    const around = (expected[k] ?? 0) + centre * width;
    const unit = scale * width;
    const alarm = { series: name, time: times[k] ?? 0, value: values[k] ?? 0, deviations: scores[k] ?? 0, probability };
    alarms.push({ ...alarm, expected: around, lower: around + lower * unit, upper: around + upper * unit });
  }
  return { status: 'ok', judged: values.length, alarms, period };
};

interface JudgedScores {
  readonly probabilities: Float64Array;
  /** Scores beyond which there is an alarm. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * An outage is one event however many points it lasts: of neighbours that are far off to the same side only the farthest
 * counts in the tail. A. C. Davison & R. L. Smith, "Models for exceedances over high thresholds", JRSS B 52 (1990).
 */
const onePerRun = (scores: Float64Array): Float64Array => {
  const isFar = (score: number, side: number): boolean => side * score > FAR_DEVIATIONS;
  return scores.filter((score, k) => {
    const side = Math.sign(score);
    if (!isFar(score, side)) return true;
    for (let other = k - 1; other >= 0 && isFar(scores[other] ?? 0, side); other -= 1)
      if (side * (scores[other] ?? 0) >= side * score) return false;
    for (let other = k + 1; other < scores.length && isFar(scores[other] ?? 0, side); other += 1)
      if (side * (scores[other] ?? 0) > side * score) return false;
    return true;
  });
};

/** @param step of the values, in the unit of the scores */
const byTails = (scores: Float64Array, step: number, alarmRate: number): JudgedScores => {
  const sorted = onePerRun(scores).sort();
  const above = fitParetoTail(sorted, step);
  const below = fitParetoTail(sorted.map((score) => -score).reverse(), step);
  return {
    probabilities: scores.map((score) => Math.min(1, 2 * above.probability(score), 2 * below.probability(-score))),
    lower: -below.quantile(alarmRate / 2),
    upper: above.quantile(alarmRate / 2),
  };
};

/**
 * The test, which takes the remainder to be normal, tells what is an outlier; an alarm is one that the tails, whatever
 * they are, make as rare as is accepted.
 */
const byEsd = (scores: Float64Array, step: number, alarmRate: number): JudgedScores => {
  const { length } = scores;
  const { outliers, steps } = generalizedEsd(scores, {
    most: Math.max(1, Math.floor(Math.max(MOST_OUTLYING, ROOM * alarmRate) * length)),
    significance: alarmRate * length,
    robust: true,
  });
  const { probabilities: byTail, lower, upper } = byTails(scores, step, alarmRate);
  const probabilities = new Float64Array(length).fill(1);
  for (const { index } of steps.slice(0, outliers)) probabilities[index] = byTail[index] ?? 1;
  const critical = steps[outliers]?.critical ?? steps.at(-1)?.critical ?? 0;
  return { probabilities, lower: Math.min(lower, -critical), upper: Math.max(upper, critical) };
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
  const ofWhole = settings.method === 'robust-z' || settings.method === 'seasonal-esd';
  const judged = ofWhole ? judgeRemainder(name, timeline, settings) : judgeInTurn(name, timeline, settings);
  return judged.status === 'ok' ? { ...judged, alarms: withPlainRange(judged.alarms, timeline.values) } : judged;
};
