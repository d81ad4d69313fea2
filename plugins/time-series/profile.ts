import { spanInWords } from '../../models/series/interval-text.ts';
import { formatTime } from '../../models/series/time-grid.ts';
import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { type Capped, capped, toDecimals } from '../figures.ts';
import { toFigure } from './figures.ts';
import type { GriddedSeries, Stretch } from './preparation.ts';

interface ReportedGap {
  readonly after: string;
  readonly before: string;
  readonly missing: number;
}

/** What was given, and how it lies in time. */
export interface Profile {
  readonly given: number;
  /** Values that were null, not counting times that were not given at all. */
  readonly empty: number;
  readonly first: string;
  readonly last: string;
  readonly regular: boolean;
  /** In words; null when the times keep none. */
  readonly interval: string | null;
  /** Share of an interval by which times are off, the median. */
  readonly jitter: number;
  /** The values are daily by a clock that changes between summer and winter. */
  readonly clockChanges: boolean;
  readonly duplicates: number;
  readonly disordered: number;
  readonly missing: number;
  readonly gaps: Capped<ReportedGap>;
  /** What the other sections look at; null when there is no such part. */
  readonly analysed: {
    readonly from: string;
    readonly to: string;
    readonly values: number;
    readonly filled: number;
    readonly leftOut: number;
  } | null;
  /** Null when every value is empty. */
  readonly distribution: Distribution | null;
}

interface Distribution {
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly p5: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  /** Distinct values; few of them are states or counts and not measurements. */
  readonly distinct: number;
  readonly zeroShare: number;
}

const distributionOf = (values: Float64Array): Distribution => {
  const sorted = sortedCopy(values);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, sorted.length - 1);
  return {
    mean: toFigure(mean),
    deviation: toFigure(Math.sqrt(variance)),
    min: toFigure(quantile(sorted, 0)),
    p5: toFigure(quantile(sorted, 0.05)),
    median: toFigure(quantile(sorted, 0.5)),
    p95: toFigure(quantile(sorted, 0.95)),
    max: toFigure(quantile(sorted, 1)),
    distinct: new Set(sorted).size,
    zeroShare: toDecimals(sorted.filter((value) => value === 0).length / sorted.length, 4),
  };
};

export const profileOf = (series: GriddedSeries, stretch: Stretch | undefined, mostGaps: number): Profile => {
  const { clock, regularity, interval, times, values, given } = series;
  const shown = (time: number): string => formatTime(time, clock);
  const known = values.filter((value) => !Number.isNaN(value));
  const { gaps, duplicates, disordered, jitter, clockChanges } = regularity;
  const absent = gaps.reduce((sum, { missing }) => sum + missing, 0);
  return {
    given,
    empty: regularity.times.length - known.length,
    first: shown(times[0] ?? 0),
    last: shown(times.at(-1) ?? 0),
    regular: interval !== undefined,
    interval: interval === undefined ? null : spanInWords(1, interval),
    jitter: toDecimals(jitter, 4),
    clockChanges,
    duplicates,
    disordered,
    missing: absent + regularity.times.length - known.length,
    gaps: capped(
      gaps
        .toSorted((a, b) => b.missing - a.missing)
        .map(({ after, before, missing }) => ({ after: shown(after), before: shown(before), missing })),
      mostGaps,
    ),
    analysed:
      stretch === undefined || stretch.values.length === 0
        ? null
        : {
            from: shown(stretch.times[0] ?? 0),
            to: shown(stretch.times.at(-1) ?? 0),
            values: stretch.values.length,
            filled: stretch.filled,
            leftOut: stretch.leftOut,
          },
    distribution: known.length === 0 ? null : distributionOf(known),
  };
};
