import { detectChangepoints } from '../../models/series/changepoint.ts';
import { spanInWords } from '../../models/series/interval-text.ts';
import { findOutliers } from '../../models/series/outliers.ts';
import { distancesFromNeighbours } from '../../models/series/spikes.ts';
import { type Capped, capped, insufficient, toConfidence, toDecimals, toIsoTime } from '../figures.ts';
import { inUnit, type Section, toFigure } from './figures.ts';
import type { Stretch } from './preparation.ts';

const FEWEST_VALUES = 30;
const MOST_CHANGES = 20;
const MOST_OUTLIERS = 10;
/** A longer excursion is a change of level that came back. */
const LONGEST_SPIKE = 7;

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

/** Changes of the series without its seasons, in order of time. */
export const changesOf = (deseasonalised: Float64Array, stretch: Stretch, unit: string | undefined): Changes => {
  if (deseasonalised.length < FEWEST_VALUES)
    return insufficient(`${FEWEST_VALUES} values in a row (there are ${deseasonalised.length})`);
  const step = spanInWords(1, stretch.interval).replace(/^1 /, '');
  const items = detectChangepoints(deseasonalised).map(
    ({ index, changed, confidence, before, after, effectSize }): Change => ({
      at: toIsoTime(stretch.times[index] ?? 0),
      changed,
      confidence: toConfidence(confidence),
      before: toFigure(before),
      after: toFigure(after),
      effectSize: toFigure(effectSize),
      inWords: SAID[changed](inUnit(before, unit), inUnit(after, unit), step),
    }),
  );
  return { status: 'ok', ...capped(items, MOST_CHANGES) };
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
export const outliersOf = (deseasonalised: Float64Array, { times, values }: Stretch): Capped<ReportedOutlier> => {
  const distances = distancesFromNeighbours(deseasonalised, LONGEST_SPIKE);
  const found = findOutliers(distances).map(({ index, score }) => ({
    at: toIsoTime(times[index] ?? 0),
    value: toFigure(values[index] ?? 0),
    expected: toFigure((values[index] ?? 0) - (distances[index] ?? 0)),
    score: toDecimals(score, 1),
  }));
  return capped(found, MOST_OUTLIERS);
};
