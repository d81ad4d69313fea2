import * as z from 'zod';
import { titleSchema } from './metric.ts';

/**
 * Shapes that a result gives a dashboard beside its metrics: a forecast, a funnel, a scatter of clusters. They are kept
 * with the analysis and shown as they are, so they are small: a long series is shortened by the plugin that gives it.
 */

const VIEW_TYPES = ['forecast', 'anomaly', 'funnel', 'flow', 'heatmap', 'clusters', 'table'] as const;
export type ViewType = (typeof VIEW_TYPES)[number];

export const viewDeclarationSchema = z.strictObject({
  title: titleSchema,
  description: z.string().max(500).default(''),
  type: z.enum(VIEW_TYPES, { error: `must be one of: ${VIEW_TYPES.join(', ')}` }),
});
/** One view of a manifest. */
export type ViewDeclaration = z.infer<typeof viewDeclarationSchema>;

export const MOST_VIEW_SERIES = 5;
export const MOST_VIEW_POINTS = 500;
const MOST_ROWS = 200;
const LONGEST_NAME = 300;

const nameSchema = z.string().max(LONGEST_NAME);
const numberOrNull = z.number().nullable();
const listOf = <Item extends z.ZodType>(item: Item, most: number) => z.array(item).max(most);
const valuesSchema = listOf(numberOrNull, MOST_VIEW_POINTS);
const numbersSchema = listOf(z.number(), MOST_VIEW_POINTS);
const timestampsSchema = listOf(z.iso.datetime(), MOST_VIEW_POINTS);

const funnelSchema = z.object({
  type: z.literal('funnel'),
  steps: listOf(
    z.object({
      name: nameSchema,
      count: z.number(),
      /** Of the first step, 0 to 1. */
      share: z.number(),
      /** Of the step before, 0 to 1. */
      fromPrevious: z.number(),
      medianSeconds: numberOrNull.optional(),
    }),
    50,
  ),
});

/** Acyclic, as a Sankey diagram needs it: a page that is seen again later is another node, of its own depth. */
const flowSchema = z.object({
  type: z.literal('flow'),
  nodes: listOf(z.object({ name: nameSchema, depth: z.int().min(0).optional() }), MOST_ROWS),
  links: listOf(z.object({ source: nameSchema, target: nameSchema, value: z.number() }), MOST_VIEW_POINTS),
});

const heatmapSchema = z.object({
  type: z.literal('heatmap'),
  unit: z.string(),
  columns: listOf(nameSchema, MOST_ROWS),
  rows: listOf(nameSchema, MOST_ROWS),
  /** One list a row. */
  values: listOf(listOf(numberOrNull, MOST_ROWS), MOST_ROWS),
});

const forecastSchema = z.object({
  type: z.literal('forecast'),
  unit: z.string(),
  series: listOf(
    z.object({
      name: nameSchema,
      history: z.object({ timestamps: timestampsSchema, values: valuesSchema }),
      forecast: z.object({
        timestamps: timestampsSchema,
        mean: numbersSchema,
        /** `level` is the share of actual values that the interval is to hold, 0 to 1. */
        intervals: listOf(z.object({ level: z.number(), lower: numbersSchema, upper: numbersSchema }), 5),
      }),
      model: z.string(),
      backtest: z.object({ mase: numberOrNull, smape: numberOrNull, coverage: numberOrNull }).optional(),
    }),
    MOST_VIEW_SERIES,
  ),
});

const severitySchema = z.enum(['info', 'warning', 'critical']);

const anomalySchema = z.object({
  type: z.literal('anomaly'),
  series: listOf(
    z.object({
      name: nameSchema,
      unit: z.string(),
      timestamps: timestampsSchema,
      values: valuesSchema,
      expected: valuesSchema.optional(),
      lower: valuesSchema.optional(),
      upper: valuesSchema.optional(),
      alarms: listOf(
        z.object({ timestamp: z.iso.datetime(), value: z.number(), score: z.number(), severity: severitySchema }),
        MOST_ROWS,
      ),
    }),
    MOST_VIEW_SERIES,
  ),
  incidents: listOf(
    z.object({
      start: z.iso.datetime(),
      end: z.iso.datetime(),
      severity: severitySchema,
      message: z.string(),
      affected: listOf(nameSchema, MOST_ROWS),
    }),
    MOST_ROWS,
  ),
});

const clustersSchema = z.object({
  type: z.literal('clusters'),
  axes: z.object({ x: nameSchema, y: nameSchema }),
  points: listOf(z.object({ x: z.number(), y: z.number(), segment: nameSchema }), 2 * MOST_VIEW_POINTS),
  segments: listOf(
    z.object({ name: nameSchema, size: z.number(), share: z.number(), description: z.string() }),
    MOST_ROWS,
  ),
});

const tableSchema = z.object({
  type: z.literal('table'),
  columns: listOf(z.object({ key: z.string(), title: z.string(), unit: z.string().optional() }), 20),
  rows: listOf(z.record(z.string(), z.union([z.string(), z.number(), z.null()])), MOST_ROWS),
  /** Rows beyond those. */
  more: z.int().min(0),
});

export const viewSchema = z.discriminatedUnion('type', [
  funnelSchema,
  flowSchema,
  heatmapSchema,
  forecastSchema,
  anomalySchema,
  clustersSchema,
  tableSchema,
]);

/** Timestamps are ISO 8601 in UTC, values are in the unit that stands beside them, null where nothing is known. */
export type View = z.infer<typeof viewSchema>;
export type ViewOf<Type extends ViewType> = Extract<View, { type: Type }>;
