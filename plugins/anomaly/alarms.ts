/** What one metric has to do with an alarm. */
export interface MetricShare {
  readonly metric: string;
  readonly value: number;
  readonly expected: number;
  /** Standard deviations between the two. */
  readonly deviations: number;
  /** Part, 0 to 1, of what is strange about the row. */
  readonly share: number;
}

/** A point that would be as strange by chance less often than is accepted. */
export interface Alarm {
  /** Name of the series, or of the metric that has most to do with it. */
  readonly series: string;
  /** Epoch ms. */
  readonly time: number;
  readonly value: number;
  readonly expected: number;
  /** Values beyond which it is an alarm, or beyond which values are unusual; null where there are no such. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly deviations: number;
  /** Chance that a point is as strange when nothing is wrong. */
  readonly probability: number;
  readonly novel?: 'value' | 'course';
  /** Of a row, the metrics that have to do with it, most first. */
  readonly metrics?: readonly MetricShare[];
}

export type Judged =
  | {
      readonly status: 'ok';
      readonly judged: number;
      readonly alarms: readonly Alarm[];
      readonly period?: number | null;
    }
  | { readonly status: 'learning' | 'insufficient_data'; readonly missing: readonly string[] };
