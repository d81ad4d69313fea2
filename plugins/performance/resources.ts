import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { theilSenTrend } from '../../models/statistics/trend.ts';
import type { ResourceSample } from './input.ts';
import { round } from './requests.ts';

export const RESOURCES = ['cpu', 'memory', 'disk'] as const;
export type ResourceName = (typeof RESOURCES)[number];

const HOUR_MS = 3_600_000;
/** Samples below which no trend is named. */
const FEWEST_FOR_TREND = 10;
const MOST_REPORTS = 60;
/** A normal approximation says nothing about probabilities below this. */
const SMALLEST_P = 0.0001;

export interface ResourceReport {
  readonly host: string;
  readonly resource: ResourceName;
  readonly samples: number;
  /** Percent. */
  readonly mean: number;
  readonly p95: number;
  readonly peak: number;
  /** Theil–Sen slope in points of percent an hour, with the Mann–Kendall p-value; null with too few samples. */
  readonly trend: { readonly perHour: number; readonly pValue: number } | null;
}

const reportOf = (
  host: string,
  resource: ResourceReport['resource'],
  samples: readonly ResourceSample[],
): ResourceReport[] => {
  const points = samples.flatMap((sample) => {
    const value = sample[resource];
    return value === undefined ? [] : [{ hours: sample.timestamp / HOUR_MS, value }];
  });
  const [first] = points;
  if (first === undefined) return [];
  const values = points.map(({ value }) => value);
  const sorted = sortedCopy(values);
  const trend =
    points.length < FEWEST_FOR_TREND
      ? undefined
      : // Hours since the first sample: epoch hours would leave the intercept without digits.
        theilSenTrend(
          points.map(({ hours }) => hours - first.hours),
          values,
        );
  return [
    {
      host,
      resource,
      samples: points.length,
      mean: round(values.reduce((sum, value) => sum + value, 0) / values.length),
      p95: round(quantile(sorted, 0.95)),
      peak: round(quantile(sorted, 1)),
      trend:
        trend === undefined
          ? null
          : { perHour: round(trend.slope, 3), pValue: Math.max(SMALLEST_P, round(trend.pValue, 4)) },
    },
  ];
};

/** Usage of each resource of each host, the fullest first. */
export const analyzeResources = (samples: readonly ResourceSample[]): { items: ResourceReport[]; omitted: number } => {
  const ordered = [...samples].sort((a, b) => a.timestamp - b.timestamp);
  const reports = [...Map.groupBy(ordered, ({ host }) => host)]
    .flatMap(([host, ofHost]) => RESOURCES.flatMap((resource) => reportOf(host, resource, ofHost)))
    .sort((a, b) => b.p95 - a.p95 || a.host.localeCompare(b.host) || a.resource.localeCompare(b.resource));
  return { items: reports.slice(0, MOST_REPORTS), omitted: Math.max(0, reports.length - MOST_REPORTS) };
};
