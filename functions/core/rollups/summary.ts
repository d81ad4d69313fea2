import { createDdSketch, type DdSketch, type StoredSketch } from '../../../models/statistics/dd-sketch.ts';
import { createExactSum, type ExactSum } from '../../../models/statistics/exact-sum.ts';
import { createHyperLogLog, type HyperLogLog, type StoredUniques } from '../../../models/statistics/hyper-log-log.ts';
import type { MetricAggregation, MetricKind } from '../../../plugins/metric.ts';

/** Relative error of percentiles. */
export const SKETCH_ERROR = 0.01;

/**
 * What is kept of the observations of one metric within some time. Summaries merge: those of parts, in any order and
 * grouping, come to the summary of the whole, bit for bit.
 */
export interface Summary {
  /** Observations; of a count, what they add up to. */
  readonly n?: number;
  /** An exact sum as it is stored. */
  readonly sum?: string;
  readonly min?: number;
  readonly max?: number;
  /** Epoch ms and value of the latest observation; of several at once, the largest. */
  readonly last?: readonly [at: number, value: number];
  readonly sketch?: StoredSketch;
  readonly uniques?: StoredUniques;
}

/** Gathers observations and summaries of one metric. */
export interface Summarizer {
  readonly observe: (kind: MetricKind, at: number, value: number | string) => void;
  readonly merge: (summary: Summary) => void;
  readonly summarize: () => Summary;
  /** Null where there is nothing to tell; whoever counts finds 0. */
  readonly aggregate: (aggregation: MetricAggregation) => number | null;
}

const PERCENTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const;

const isLater = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);

export const createSummarizer = (): Summarizer => {
  let n = 0;
  let sum: ExactSum | undefined;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let last: readonly [number, number] | undefined;
  let sketch: DdSketch | undefined;
  let uniques: HyperLogLog | undefined;

  const noteExtremes = (low: number, high: number): void => {
    min = Math.min(min, low);
    max = Math.max(max, high);
  };
  const noteLast = (candidate: readonly [number, number]): void => {
    if (last === undefined || isLater(candidate, last)) last = candidate;
  };
  const addToSum = (value: number): void => {
    sum ??= createExactSum();
    sum.add(value);
  };

  const observeNumber = (kind: Exclude<MetricKind, 'unique'>, at: number, value: number): void => {
    n += kind === 'count' ? value : 1;
    if (kind !== 'count') addToSum(value);
    if (kind === 'gauge' || kind === 'distribution') noteExtremes(value, value);
    if (kind === 'gauge') noteLast([at, value]);
    if (kind === 'distribution') {
      sketch ??= createDdSketch(SKETCH_ERROR);
      sketch.add(value);
    }
  };

  /** A sketch knows values within 1%; the extremes are known exactly, and no percentile lies beyond them. */
  const percentile = (probability: number): number | null =>
    sketch === undefined ? null : Math.min(max, Math.max(min, sketch.quantile(probability)));

  const merge = (other: Summary): void => {
    n += other.n ?? 0;
    if (other.sum !== undefined) {
      sum ??= createExactSum();
      sum.merge(other.sum);
    }
    noteExtremes(other.min ?? Number.POSITIVE_INFINITY, other.max ?? Number.NEGATIVE_INFINITY);
    if (other.last !== undefined) noteLast(other.last);
    if (other.sketch !== undefined) {
      sketch ??= createDdSketch(SKETCH_ERROR);
      sketch.merge(other.sketch);
    }
    if (other.uniques !== undefined) {
      uniques ??= createHyperLogLog();
      uniques.merge(other.uniques);
    }
  };

  return {
    observe(kind, at, value) {
      if (kind !== 'unique') return observeNumber(kind, at, Number(value));
      uniques ??= createHyperLogLog();
      uniques.add(String(value));
    },
    merge,
    summarize: () => ({
      ...(n === 0 ? {} : { n }),
      ...(sum === undefined ? {} : { sum: sum.store() }),
      ...(min <= max ? { min, max } : {}),
      ...(last === undefined ? {} : { last }),
      ...(sketch === undefined ? {} : { sketch: sketch.store() }),
      ...(uniques === undefined ? {} : { uniques: uniques.store() }),
    }),
    aggregate(aggregation) {
      switch (aggregation) {
        case 'count':
          return n;
        case 'sum':
          return sum?.toNumber() ?? 0;
        case 'average':
          return sum === undefined ? null : sum.toNumber() / n;
        case 'min':
          return min <= max ? min : null;
        case 'max':
          return min <= max ? max : null;
        case 'last':
          return last?.[1] ?? null;
        case 'unique':
          return Math.round(uniques?.estimate() ?? 0);
        default:
          return percentile(PERCENTILES[aggregation]);
      }
    },
  };
};
