import { createDdSketch, type StoredSketch } from '../../models/statistics/dd-sketch.ts';
import { round } from './figures.ts';
import { type PerformanceInput, SKETCH_ERROR } from './input.ts';
import type { Request } from './requests.ts';

/** Percentiles over several submissions, each within 1%. */
export interface MergedLatency {
  readonly submissions: number;
  readonly requests: number;
  readonly relativeError: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

/** A sketch of the response times (ms), to be merged with others: percentiles themselves cannot be averaged. */
export const sketchLatency = (requests: readonly Request[]): StoredSketch => {
  const sketch = createDdSketch(SKETCH_ERROR);
  for (const { responseTime } of requests) sketch.add(responseTime);
  return sketch.store();
};

/** This submission's response times together with those of earlier ones. */
export const mergeLatency = (own: StoredSketch, earlier: PerformanceInput['sketches']): MergedLatency | null => {
  if (earlier.length === 0) return null;
  const merged = createDdSketch(SKETCH_ERROR);
  for (const sketch of [own, ...earlier]) merged.merge(sketch);
  const at = (probability: number): number => round(merged.quantile(probability));
  return {
    submissions: earlier.length + 1,
    requests: merged.count(),
    relativeError: SKETCH_ERROR,
    p50: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
  };
};
