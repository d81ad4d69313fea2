import { holmAdjusted } from '../../models/statistics/holm.ts';
import type { TrendCrossing } from '../../models/statistics/trend-crossing.ts';
import { type Capped, capped, toPValue } from '../figures.ts';
import { round } from './figures.ts';
import type { ResourceName, ResourceSeries } from './resources.ts';

const HOUR_MS = 3_600_000;
const FEWEST_SAMPLES = 10;
const SIGNIFICANCE = 0.01;
/** Times the observed span beyond which nobody should believe that a line goes on. */
const FARTHEST = 10;

interface Named {
  readonly host: string;
  readonly resource: ResourceName;
  readonly samples: number;
}

/** A resource whose usage rises, and when it runs out if it goes on as it does. */
export interface RunningOut extends Named {
  readonly status: 'running-out';
  /** Percent of the trend at the last sample, and the percent at which it runs out. */
  readonly level: number;
  readonly limit: number;
  readonly perHour: number;
  readonly perHourInterval: readonly [number, number];
  /** Adjusted by Holm for all resources. */
  readonly pValue: number;
  /** Hours after the last sample, with the 95% interval; its later end is null when the trend may be flat. */
  readonly inHours: number;
  readonly inHoursInterval: readonly [number, number | null];
  readonly at: string;
}

export type Saturation =
  | RunningOut
  | (Named & { readonly status: 'no-rise' | 'beyond-horizon' | 'at-limit'; readonly pValue: number })
  | (Named & { readonly status: 'insufficient_data'; readonly missing: readonly string[] });

const describe = (series: ResourceSeries, trend: TrendCrossing, pValue: number): Saturation => {
  const { host, resource, values, limit, hours, end } = series;
  const named = { host, resource, samples: values.length };
  if (trend.level >= limit) return { ...named, status: 'at-limit', pValue: toPValue(pValue) };
  if (pValue >= SIGNIFICANCE || trend.crossing === undefined || trend.crossingInterval === undefined) {
    return { ...named, status: 'no-rise', pValue: toPValue(pValue) };
  }
  const inHours = trend.crossing - hours;
  if (inHours > FARTHEST * hours) return { ...named, status: 'beyond-horizon', pValue: toPValue(pValue) };
  const [earliest, latest] = trend.crossingInterval;
  return {
    ...named,
    status: 'running-out',
    level: round(trend.level),
    limit,
    perHour: round(trend.slope, 3),
    perHourInterval: [round(trend.slopeInterval[0], 3), round(trend.slopeInterval[1], 3)],
    pValue: toPValue(pValue),
    inHours: round(inHours),
    inHoursInterval: [round(earliest - hours), latest === undefined ? null : round(latest - hours)],
    at: new Date(end + inHours * HOUR_MS).toISOString(),
  };
};

const ORDER = { 'at-limit': 0, 'running-out': 0, 'beyond-horizon': 1, 'no-rise': 2, insufficient_data: 3 } as const;

/** When each resource of each host runs out, the soonest first. */
export const forecastSaturation = (all: readonly ResourceSeries[]): Capped<Saturation> => {
  const adjusted = holmAdjusted(all.map(({ trend }) => trend?.pValue ?? 1));
  const items = all.map((series, index): Saturation => {
    if (series.trend !== undefined) return describe(series, series.trend, adjusted[index] ?? 1);
    const { host, resource, values } = series;
    const missing = [`${FEWEST_SAMPLES} samples at different times (there are ${values.length})`];
    return { host, resource, samples: values.length, status: 'insufficient_data', missing };
  });
  const soonness = (item: Saturation): number => (item.status === 'running-out' ? item.inHours : 0);
  return capped(
    items.sort(
      (a, b) =>
        ORDER[a.status] - ORDER[b.status] ||
        soonness(a) - soonness(b) ||
        a.host.localeCompare(b.host) ||
        a.resource.localeCompare(b.resource),
    ),
  );
};
