import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { forecastCrossing, type TrendCrossing } from '../../models/statistics/trend-crossing.ts';
import { round } from './figures.ts';
import type { PerformanceInput, ResourceSample } from './input.ts';

const RESOURCES = ['cpu', 'memory', 'disk'] as const;
export type ResourceName = (typeof RESOURCES)[number];

const HOUR_MS = 3_600_000;
/** A normal approximation says nothing about probabilities below this. */
const SMALLEST_P = 0.0001;

/** One resource of one host, in order of time. */
export interface ResourceSeries {
  readonly host: string;
  readonly resource: ResourceName;
  /** Percent. */
  readonly values: readonly number[];
  /** Percent at which it runs out. */
  readonly limit: number;
  /** Epoch ms of the last sample, and the hours from the first to it. */
  readonly end: number;
  readonly hours: number;
  /** Over hours since the first sample; undefined with too few of them. */
  readonly trend: TrendCrossing | undefined;
}

/** Percent from which a resource is nearly full. */
export const FULL_PERCENT = 90;

export interface ResourceReport {
  readonly host: string;
  readonly resource: ResourceName;
  readonly samples: number;
  /** Percent. */
  readonly mean: number;
  readonly p95: number;
  readonly peak: number;
  /** Samples of 90% or more. */
  readonly fullSamples: number;
  /** Drift in points of percent an hour, with its p-value; null with too few samples. */
  readonly trend: { readonly perHour: number; readonly pValue: number } | null;
}

/** Each resource of each host with its trend. */
export const toResourceSeries = (
  samples: readonly ResourceSample[],
  limits: PerformanceInput['resourceLimits'],
): ResourceSeries[] => {
  const ordered = samples.toSorted((a, b) => a.timestamp - b.timestamp);
  return [...Map.groupBy(ordered, ({ host }) => host)].flatMap(([host, ofHost]) =>
    RESOURCES.flatMap((resource) => {
      const points = ofHost.flatMap(({ timestamp, [resource]: value }) =>
        value === undefined ? [] : [{ timestamp, value }],
      );
      const [first, last] = [points[0], points.at(-1)];
      if (first === undefined || last === undefined) return [];
      const limit = limits[resource];
      const values = points.map(({ value }) => value);
      // Hours since the first sample: epoch hours would leave the height of the line without digits.
      const hours = points.map(({ timestamp }) => (timestamp - first.timestamp) / HOUR_MS);
      const trend = forecastCrossing(hours, values, limit);
      return [{ host, resource, values, limit, end: last.timestamp, hours: hours.at(-1) ?? 0, trend }];
    }),
  );
};

const reportOf = ({ host, resource, values, trend }: ResourceSeries): ResourceReport => {
  const sorted = sortedCopy(values);
  return {
    host,
    resource,
    samples: values.length,
    mean: round(values.reduce((sum, value) => sum + value, 0) / values.length),
    p95: round(quantile(sorted, 0.95)),
    peak: round(quantile(sorted, 1)),
    fullSamples: values.filter((value) => value >= FULL_PERCENT).length,
    trend:
      trend === undefined
        ? null
        : { perHour: round(trend.slope, 3), pValue: Math.max(SMALLEST_P, round(trend.pValue, 4)) },
  };
};

/** Usage of each resource of each host, the fullest first. */
export const analyzeResources = (series: readonly ResourceSeries[]): ResourceReport[] =>
  series
    .map(reportOf)
    .sort((a, b) => b.p95 - a.p95 || a.host.localeCompare(b.host) || a.resource.localeCompare(b.resource));
