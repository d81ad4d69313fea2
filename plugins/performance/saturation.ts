import { holmAdjusted } from '../../models/statistics/holm.ts';
import { forecastCrossing, type TrendCrossing } from '../../models/statistics/trend-crossing.ts';
import type { PerformanceInput, ResourceSample } from './input.ts';
import { type Capped, capped, round, toPValue } from './requests.ts';
import { RESOURCES, type ResourceName } from './resources.ts';

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

interface Series extends Named {
  readonly hours: readonly number[];
  readonly values: readonly number[];
  /** Epoch ms. */
  readonly end: number;
}

const seriesOf = (samples: readonly ResourceSample[]): Series[] => {
  const ordered = samples.toSorted((a, b) => a.timestamp - b.timestamp);
  return [...Map.groupBy(ordered, ({ host }) => host)].flatMap(([host, ofHost]) =>
    RESOURCES.flatMap((resource) => {
      const points = ofHost.flatMap(({ timestamp, [resource]: value }) =>
        value === undefined ? [] : [{ timestamp, value }],
      );
      const [first] = points;
      if (first === undefined) return [];
      return [
        {
          host,
          resource,
          samples: points.length,
          hours: points.map(({ timestamp }) => (timestamp - first.timestamp) / HOUR_MS),
          values: points.map(({ value }) => value),
          end: points.at(-1)?.timestamp ?? first.timestamp,
        },
      ];
    }),
  );
};

const describe = (series: Series, limit: number, found: TrendCrossing, pValue: number): Saturation => {
  const { host, resource, samples, hours, end } = series;
  const named = { host, resource, samples };
  const last = hours.at(-1) ?? 0;
  if (found.level >= limit) return { ...named, status: 'at-limit', pValue: toPValue(pValue) };
  if (pValue >= SIGNIFICANCE || found.crossing === undefined || found.crossingInterval === undefined) {
    return { ...named, status: 'no-rise', pValue: toPValue(pValue) };
  }
  const inHours = found.crossing - last;
  if (inHours > FARTHEST * last) return { ...named, status: 'beyond-horizon', pValue: toPValue(pValue) };
  const [earliest, latest] = found.crossingInterval;
  return {
    ...named,
    status: 'running-out',
    level: round(found.level),
    limit,
    perHour: round(found.slope, 3),
    perHourInterval: [round(found.slopeInterval[0], 3), round(found.slopeInterval[1], 3)],
    pValue: toPValue(pValue),
    inHours: round(inHours),
    inHoursInterval: [round(earliest - last), latest === undefined ? null : round(latest - last)],
    at: new Date(end + inHours * HOUR_MS).toISOString(),
  };
};

const ORDER = { 'at-limit': 0, 'running-out': 0, 'beyond-horizon': 1, 'no-rise': 2, insufficient_data: 3 } as const;

/** When each resource of each host runs out, the soonest first. */
export const forecastSaturation = (
  samples: readonly ResourceSample[],
  limits: PerformanceInput['resourceLimits'],
): Capped<Saturation> => {
  const forecasts = seriesOf(samples).map((series) => ({
    series,
    found: forecastCrossing(series.hours, series.values, limits[series.resource]),
  }));
  const adjusted = holmAdjusted(forecasts.map(({ found }) => found?.pValue ?? 1));
  const items = forecasts.map(({ series, found }, index): Saturation => {
    if (found !== undefined) return describe(series, limits[series.resource], found, adjusted[index] ?? 1);
    const { host, resource, samples: count } = series;
    const missing = [`${FEWEST_SAMPLES} samples at different times (there are ${count})`];
    return { host, resource, samples: count, status: 'insufficient_data', missing };
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
