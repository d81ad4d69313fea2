import { fitConditionalResiduals } from '../../models/anomaly/conditional-residuals.ts';
import { median } from '../../models/statistics/quantile.ts';
import type { MetricShare } from './alarms.ts';
import { columnOf, type Rows, scalesOf, sharesByDeviation } from './rows.ts';

/** Rows a metric from which what the others let expect of it is not learned by heart. */
const ROWS_PER_METRIC = 10;

/** How far the metrics of each row part ways, and which ones. */
export interface Parting {
  /** [n], the farthest residual of each row in robust deviations. */
  readonly scores: Float64Array;
  readonly explain: (row: number) => MetricShare[];
}

const centresOf = (rows: Rows): Float64Array =>
  Float64Array.from(rows.metrics, (_, column) => median(columnOf(rows, column)));

/** Compares each metric with what the others of its row let expect; undefined with too few rows to tell. */
export const measureParting = (rows: Rows): Parting | undefined => {
  const n = rows.times.length;
  const d = rows.metrics.length;
  if (n < ROWS_PER_METRIC * d) return undefined;
  const centres = centresOf(rows);
  const scales = scalesOf(rows);
  const scaled = rows.data.map((value, i) => (value - (centres[i % d] ?? 0)) / (scales[i % d] ?? 1));
  const residuals = new Float64Array(scaled.length);
  const fitted = fitConditionalResiduals(scaled, d);
  if (fitted === undefined) return undefined;
  for (let at = 0; at < scaled.length; at += d)
    fitted.residuals(scaled.subarray(at, at + d), residuals.subarray(at, at + d));
  const widths = scalesOf({ ...rows, data: residuals });
  const scores = Float64Array.from({ length: n }, (_, row) => {
    let farthest = 0;
    for (let k = 0; k < d; k += 1)
      farthest = Math.max(farthest, Math.abs(residuals[row * d + k] ?? 0) / (widths[k] ?? 1));
    return farthest;
  });
  return {
    scores,
    explain: (row) => {
      const values = rows.data.subarray(row * d, (row + 1) * d);
      const expected = values.map((value, k) => value - (scales[k] ?? 1) * (residuals[row * d + k] ?? 0));
      return sharesByDeviation(
        rows.metrics,
        values,
        expected,
        widths.map((width, k) => width * (scales[k] ?? 1)),
      );
    },
  };
};
