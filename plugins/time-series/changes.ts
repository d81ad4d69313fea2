import { detectChangepoints, LONGEST_SPIKE } from '../../models/series/changepoint.ts';
import { spanInWords } from '../../models/series/interval-text.ts';
import { findOutliers } from '../../models/series/outliers.ts';
import { distancesFromNeighbours } from '../../models/series/spikes.ts';
import { formatTime } from '../../models/series/time-grid.ts';
import { median } from '../../models/statistics/quantile.ts';
import { type Capped, capped, insufficient, toConfidence, toDecimals } from '../figures.ts';
import { inUnit, type Section, toFigure } from './figures.ts';
import type { Stretch } from './preparation.ts';

const FEWEST_VALUES = 30;
/** Share of a series' size below which what remains is the rounding of numbers. */
const ROUNDING = 1e-9;

export interface Change {
  /** First value of the new regime. */
  readonly at: string;
  readonly changed: 'level' | 'slope' | 'variance';
  readonly confidence: number;
  /** Mean; slope an interval; or deviation of what the past does not foretell; in the series' unit. */
  readonly before: number;
  readonly after: number;
  /** In deviations of what remains; for variance, the ratio of deviations. */
  readonly effectSize: number;
  readonly inWords: string;
}

export type Changes = Section<Capped<Change>>;

const SAID = {
  level: (before: string, after: string) => `the level went from ${before} to ${after}`,
  slope: (before: string, after: string, step: string) => `the slope turned from ${before} to ${after} a ${step}`,
  variance: (before: string, after: string) => `what the past does not foretell went from ±${before} to ±${after}`,
} as const;

/** A series without its seasons, and how far each value is from its neighbours, both [n]. */
export interface Deseasonalised {
  readonly values: Float64Array;
  readonly distances: Float64Array;
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Takes the seasons out of the values, all [n]; where nothing but the rounding of numbers is left, it is one level. */
export const deseasonalise = (values: Float64Array, seasons: readonly Float64Array[]): Deseasonalised => {
  const rest = values.slice();
  for (const season of seasons) for (let i = 0; i < rest.length; i += 1) rest[i] = (rest[i] ?? 0) - (season[i] ?? 0);
  const level = median(rest);
  const least = ROUNDING * largest(values);
  if (rest.every((value) => Math.abs(value - level) <= least)) rest.fill(Math.abs(level) <= least ? 0 : level);
  return { values: rest, distances: distancesFromNeighbours(rest, LONGEST_SPIKE) };
};

/** In which unit changes are told, and how many. */
interface Reporting {
  readonly unit: string | undefined;
  readonly most: number;
}

/** Changes of the series without its seasons, in order of time; the surest where there are too many. */
export const changesOf = (
  { values, distances }: Deseasonalised,
  stretch: Stretch,
  { unit, most }: Reporting,
): Changes => {
  if (values.length < FEWEST_VALUES)
    return insufficient(`${FEWEST_VALUES} values in a row (there are ${values.length})`);
  const step = spanInWords(1, stretch.interval).replace(/^1 /, '');
  const items = detectChangepoints(values, distances).map(
    ({ index, changed, confidence, before, after, effectSize }): Change => ({
      at: formatTime(stretch.times[index] ?? 0, stretch.clock),
      changed,
      confidence: toConfidence(confidence),
      before: toFigure(before),
      after: toFigure(after),
      effectSize: toFigure(effectSize),
      inWords: SAID[changed](inUnit(before, unit), inUnit(after, unit), step),
    }),
  );
  const surest = new Set(items.toSorted((a, b) => b.confidence - a.confidence).slice(0, most));
  return { status: 'ok', items: items.filter((item) => surest.has(item)), omitted: items.length - surest.size };
};

export interface ReportedOutlier {
  readonly at: string;
  readonly value: number;
  /** What its neighbours and the season lead one to expect. */
  readonly expected: number;
  /** Robust deviations from that. */
  readonly score: number;
}

/** Single values, or a few in a row, far from their neighbours when the seasons are taken out; the farthest first. */
export const outliersOf = (
  { distances }: Deseasonalised,
  { times, values, clock }: Stretch,
  most: number,
): Capped<ReportedOutlier> => {
  const found = findOutliers(distances).map(({ index, score }) => ({
    at: formatTime(times[index] ?? 0, clock),
    value: toFigure(values[index] ?? 0),
    expected: toFigure((values[index] ?? 0) - (distances[index] ?? 0)),
    score: toDecimals(score, 1),
  }));
  return capped(found, most);
};
