import * as z from 'zod';

/**
 * What a plugin measures over time, as its manifest declares it. The kind says how observations are summed up, and with
 * that what can be asked of them.
 */

const METRIC_KINDS = ['count', 'sum', 'gauge', 'distribution', 'unique'] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

/** What can be asked of each kind; the first is what is meant when nothing is said. */
export const AGGREGATIONS_OF = {
  count: ['count'],
  sum: ['sum', 'average', 'count'],
  gauge: ['average', 'min', 'max', 'last', 'sum', 'count'],
  distribution: ['p95', 'p50', 'p90', 'p99', 'average', 'min', 'max', 'sum', 'count'],
  unique: ['unique'],
} as const satisfies Record<MetricKind, readonly string[]>;
export type MetricAggregation = (typeof AGGREGATIONS_OF)[MetricKind][number];

const MOST_METRIC_DIMENSIONS = 4;

export const identifierSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, 'must be an identifier of at most 40 characters');

export const titleSchema = z.string({ error: 'must be a text of 1 to 80 characters' }).min(1).max(80);

export const metricSchema = z
  .strictObject({
    title: titleSchema,
    description: z.string().max(500).default(''),
    /** Of one observation, for example `ms`; of a count, what is counted. */
    unit: z.string().max(20).default(''),
    kind: z.enum(METRIC_KINDS, { error: `must be one of: ${METRIC_KINDS.join(', ')}` }),
    /** What it can be grouped and filtered by. */
    dimensions: z
      .array(identifierSchema)
      .max(MOST_METRIC_DIMENSIONS, `must name at most ${MOST_METRIC_DIMENSIONS} dimensions`)
      .default([]),
    /** Where a result holds the value, for example `metrics.apdex`; it counts at the time of submission. */
    from: z
      .string()
      .regex(/^\w+(\.\w+)*$/, 'must be a path within the result, for example "metrics.apdex"')
      .optional(),
  })
  .refine(({ kind, from }) => from === undefined || kind === 'gauge' || kind === 'sum' || kind === 'distribution', {
    path: ['from'],
    error: 'reads a number: it goes with the kinds gauge, sum and distribution',
  })
  .refine(({ dimensions, from }) => from === undefined || dimensions.length === 0, {
    path: ['dimensions'],
    error: 'must be left out where "from" reads one number of the whole result',
  });

/** One metric of a manifest. */
export type MetricDeclaration = z.infer<typeof metricSchema>;
