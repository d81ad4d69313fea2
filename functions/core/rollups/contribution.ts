import type { Measure } from '../../../plugins/contract.ts';
import type { PluginManifest } from '../../../plugins/manifest.ts';
import type { MetricDeclaration } from '../../../plugins/metric.ts';
import { type Cells, createSeriesSummarizer, type SeriesSummarizer, seriesKey } from './series.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A time beyond is a mistake in the unit. */
const LATEST_MS = Date.UTC(2200);
/** Hours that one analysis contributes to at most, about nine months of them; the latest are kept. */
const MOST_HOURS = 6_600;

/** Names an hour (UTC), for example `2026-03-15T12`. */
export type Hour = string;

export const hourOf = (at: number): Hour => new Date(at).toISOString().slice(0, 13);
export const startOfHour = (hour: Hour): number => Date.parse(`${hour}:00:00Z`);

/** Cells by the minute of their hour, 0 to 59. */
export type MinuteCells = Readonly<Record<string, Cells>>;

/** What one analysis adds to an hour, by metric. */
export interface HourContribution {
  readonly hour: Hour;
  readonly metrics: Readonly<Record<string, MinuteCells>>;
}

export interface Contribution {
  readonly hours: readonly HourContribution[];
  /** Why measures were left out, each reason once with how many it concerns. */
  readonly leftOut: Readonly<Record<string, number>>;
}

const isAmount = (value: unknown, kind: MetricDeclaration['kind']): value is number => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (kind === 'count') return Number.isSafeInteger(value) && value >= 0;
  return kind !== 'distribution' || value >= 0;
};

const EXPECTED: Record<MetricDeclaration['kind'], string> = {
  count: 'a whole number from 0 up',
  sum: 'a finite number',
  gauge: 'a finite number',
  distribution: 'a finite number from 0 up',
  unique: 'a text',
};

/** What is wrong with a measure, if anything. */
const problemOf = (measure: Measure, declared: MetricDeclaration): string | undefined => {
  const fits = declared.kind === 'unique' ? typeof measure.value === 'string' : isAmount(measure.value, declared.kind);
  if (!fits) return `the value of "${measure.metric}" must be ${EXPECTED[declared.kind]}`;
  if (!(measure.at >= 0 && measure.at < LATEST_MS)) return `the time of "${measure.metric}" must be in epoch ms`;
  const unknown = Object.keys(measure.dimensions ?? {}).find((name) => !declared.dimensions.includes(name));
  return unknown === undefined ? undefined : `"${measure.metric}" declares no dimension "${unknown}"`;
};

/** Reads a dotted path of a result. */
const valueAt = (result: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      result,
    );

/** Measures of the metrics that are read off the result. */
function* resultMeasures(metrics: PluginManifest['metrics'], result: unknown, at: number): Generator<Measure> {
  for (const [metric, { from }] of Object.entries(metrics)) {
    const value = from === undefined ? undefined : valueAt(result, from);
    // A result that lacks it, or has null there, has nothing to say of it.
    if (typeof value === 'number') yield { metric, at, value };
  }
}

/** Hour → metric → minute → series, of observations as they come. */
const createGatherer = () => {
  const hours = new Map<number, Map<string, Map<number, SeriesSummarizer>>>();
  const child = <Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value => {
    const known = map.get(key);
    if (known !== undefined) return known;
    const created = create();
    map.set(key, created);
    return created;
  };
  return {
    hours,
    cell({ metric, at }: Measure): SeriesSummarizer {
      const metrics = child(hours, Math.floor(at / HOUR_MS), () => new Map<string, Map<number, SeriesSummarizer>>());
      const minutes = child(metrics, metric, () => new Map<number, SeriesSummarizer>());
      return child(minutes, Math.floor((at % HOUR_MS) / MINUTE_MS), createSeriesSummarizer);
    },
  };
};

type Gathered = ReturnType<typeof createGatherer>['hours'];

const toMinuteCells = (minutes: ReadonlyMap<number, SeriesSummarizer>): MinuteCells =>
  Object.fromEntries([...minutes].map(([minute, series]) => [minute, series.summarize()]));

const toHours = (gathered: Gathered): HourContribution[] =>
  [...gathered]
    .sort(([a], [b]) => a - b)
    .slice(-MOST_HOURS)
    .map(([hour, metrics]) => ({
      hour: hourOf(hour * HOUR_MS),
      metrics: Object.fromEntries([...metrics].map(([metric, minutes]) => [metric, toMinuteCells(minutes)])),
    }));

export interface Measured {
  readonly manifest: Pick<PluginManifest, 'metrics'>;
  readonly measures: Iterable<Measure>;
  readonly result: unknown;
  /** Epoch ms; the time of what the manifest reads off the result. */
  readonly submittedAt: number;
}

/**
 * Sums up what one analysis adds to the metrics of its plugin. It follows from data and result alone, so that it is
 * the same however often the analysis is delivered. A measure that does not fit is left out, and said.
 */
export const summarizeMeasures = ({ manifest, measures, result, submittedAt }: Measured): Contribution => {
  const { metrics } = manifest;
  const gatherer = createGatherer();
  const leftOut: Record<string, number> = {};
  const leave = (reason: string, count = 1): void => {
    leftOut[reason] = (leftOut[reason] ?? 0) + count;
  };
  const add = (measure: Measure): void => {
    const declared = Object.hasOwn(metrics, measure.metric) ? metrics[measure.metric] : undefined;
    if (declared === undefined) {
      leave(`"${measure.metric}" is not among the manifest's metrics`);
      return;
    }
    const problem = problemOf(measure, declared);
    if (problem !== undefined) {
      leave(problem);
      return;
    }
    const series = seriesKey(declared.dimensions, measure.dimensions ?? {});
    gatherer.cell(measure).of(series).observe(declared.kind, measure.at, measure.value);
  };
  for (const measure of measures) add(measure);
  for (const measure of resultMeasures(metrics, result, submittedAt)) add(measure);
  const surplus = gatherer.hours.size - MOST_HOURS;
  if (surplus > 0) leave(`the data spans more than ${MOST_HOURS} different hours; the earliest were left out`, surplus);
  return { hours: toHours(gatherer.hours), leftOut };
};
