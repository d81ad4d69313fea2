import { round, toProbability } from './figures.ts';
import { type Band, probabilitiesAbove, totalAbove, totalOf } from './forecast-distribution.ts';

/** How the mean of the horizon compares with the mean of the last comparable period. */
export interface Change {
  /** Values back that the horizon is compared with: the season, or the horizon itself. */
  readonly stepsBack: number;
  readonly before: number;
  readonly expected: number;
  /** 95% interval of the mean over the horizon, errors taken to go together. */
  readonly interval: readonly [number, number];
  /** Null when the value before is not above 0. */
  readonly relative: number | null;
  readonly relativeInterval: readonly [number, number] | null;
  /** Probability that the change has the sign it is expected to have. */
  readonly probability: number;
}

export interface TargetOutlook {
  readonly target: number;
  /** Which side the last value is not on. */
  readonly crossing: 'above' | 'below';
  /** The step at which the other side is likeliest. */
  readonly likeliest: { readonly step: number; readonly probability: number };
  /** The first step at which it is likelier than not; null when there is none. */
  readonly firstLikelyStep: number | null;
  readonly atEnd: number;
}

interface Outlook {
  /** Steps between the last value and the first that is forecast. */
  readonly skipped?: number;
  readonly mean: Float64Array;
  readonly bands: readonly Band[];
}

/** Values so many seasons back that the whole horizon is covered by known ones. */
const stepsBack = (horizon: number, periods: readonly number[], length: number): number => {
  const season = Math.round(periods.at(-1) ?? 1);
  const back = season * Math.ceil(horizon / season);
  return back <= length ? back : horizon;
};

/** Undefined when the series is shorter than the horizon. */
export const compareWithBefore = (
  values: Float64Array,
  { mean, bands, skipped = 0 }: Outlook,
  periods: readonly number[],
): Change | undefined => {
  const horizon = mean.length;
  const end = values.length + skipped;
  const back = stepsBack(skipped + horizon, periods, end);
  if (back > end) return undefined;
  const from = end - back;
  const before = values.subarray(from, from + horizon).reduce((sum, value) => sum + value, 0) / horizon;
  const total = totalOf(mean, bands);
  const widest = total.bands.reduce((a, b) => (b.level > a.level ? b : a));
  const interval = [widest.lower / horizon, widest.upper / horizon] as const;
  const expected = total.mean / horizon;
  const above = totalAbove(before * horizon, total);
  const relativeTo = (value: number): number => round(value / before - 1, 4);
  return {
    stepsBack: back,
    before: round(before),
    expected: round(expected),
    interval: [round(interval[0]), round(interval[1])],
    relative: before > 0 ? relativeTo(expected) : null,
    relativeInterval: before > 0 ? [relativeTo(interval[0]), relativeTo(interval[1])] : null,
    probability: toProbability(expected >= before ? above : 1 - above, 4),
  };
};

/** How likely the series is to be on the other side of a level than it is now, step by step. */
export const outlookOnTarget = (last: number, target: number, { mean, bands }: Outlook): TargetOutlook => {
  const crossing = last <= target ? 'above' : 'below';
  const above = probabilitiesAbove(target, mean, bands);
  const crossed = crossing === 'above' ? above : above.map((probability) => 1 - probability);
  const step = crossed.indexOf(Math.max(...crossed));
  const first = crossed.findIndex((probability) => probability > 0.5);
  return {
    target,
    crossing,
    likeliest: { step: step + 1, probability: toProbability(crossed[step] ?? 0) },
    firstLikelyStep: first === -1 ? null : first + 1,
    atEnd: toProbability(crossed.at(-1) ?? 0),
  };
};
