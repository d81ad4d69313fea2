import { DAY_MS } from '../../models/series/interval.ts';
import { sortedCopy } from '../../models/statistics/quantile.ts';
import { driftingTrend } from '../../models/statistics/trend-crossing.ts';
import { insufficient, percent, toPValue } from '../figures.ts';
import { type Section, toFigure } from './figures.ts';

const FEWEST_VALUES = 10;
const SIGNIFICANCE = 0.05;
/** Spans for which a slope is given, ms: the longest of which the series holds ten. */
const SPANS = [
  ['year', 365.25 * DAY_MS],
  ['month', 30.4375 * DAY_MS],
  ['week', 7 * DAY_MS],
  ['day', DAY_MS],
  ['hour', DAY_MS / 24],
  ['minute', DAY_MS / 1_440],
  ['second', 1_000],
] as const;
const FEWEST_SPANS = 10;

export type Trend = Section<{
  readonly direction: 'rising' | 'falling' | 'none';
  /** Change a `per`, and its 95% interval, whatever the noise may be. */
  readonly slope: number;
  readonly interval: readonly [number, number];
  readonly per: string;
  readonly pValue: number;
  /** What the slope comes to over the whole series, and as a share of the median where all values have one sign. */
  readonly change: number;
  readonly changeShare: number | null;
  readonly inWords: string;
}>;

const spanOf = (duration: number): readonly [string, number] =>
  SPANS.find(([, length]) => duration >= FEWEST_SPANS * length) ?? ['millisecond', 1];

/** A change as a share of the median; null where values have both signs, for then the median is no size. */
const shareOfMedian = (change: number, values: Float64Array): number | null => {
  const sorted = sortedCopy(values);
  const [least = 0, most = 0, middle = 0] = [sorted[0], sorted.at(-1), sorted[Math.floor(values.length / 2)]];
  return least * most > 0 ? change / Math.abs(middle) : null;
};

/**
 * How fast the series without its seasons rises or falls.
 *
 * @param times epoch ms, [n], ascending
 */
export const trendOf = (times: Float64Array, values: Float64Array, unit: string | undefined): Trend => {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  const [per, length] = spanOf(last - first);
  const x = Array.from(times, (time) => (time - first) / length);
  const line = driftingTrend(x, Array.from(values));
  if (line === undefined) return insufficient(`${FEWEST_VALUES} values at different times (there are ${x.length})`);
  const { slope, slopeInterval, pValue } = line;
  const change = slope * (x.at(-1) ?? 0);
  const isClear = pValue < SIGNIFICANCE;
  const direction = !isClear ? 'none' : slope > 0 ? 'rising' : 'falling';
  const share = shareOfMedian(change, values);
  const counted = unit === undefined ? '' : ` ${unit}`;
  const words =
    direction === 'none'
      ? 'no trend that stands out of how the series varies'
      : `${direction} by ${toFigure(Math.abs(slope))}${counted} a ${per} (95% interval ${toFigure(slopeInterval[0])} to ${toFigure(slopeInterval[1])}), ${toFigure(Math.abs(change))}${counted} over the whole series${share === null ? '' : `, ${percent(Math.abs(share))} of its median`}`;
  return {
    status: 'ok',
    direction,
    slope: toFigure(slope),
    interval: [toFigure(slopeInterval[0]), toFigure(slopeInterval[1])],
    per,
    pValue: toPValue(pValue),
    change: toFigure(change),
    changeShare: share === null ? null : toFigure(share),
    inWords: words,
  };
};
