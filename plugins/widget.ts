import * as z from 'zod';
import type { MetricAggregation } from './metric.ts';

/**
 * What a dashboard is made of. A manifest's ready-made dashboard and the dashboard API take the same widgets; whether a
 * data source exists, and what can be asked of it, is checked where the manifests are known.
 */

/** Columns of the grid that widgets are placed on. */
export const GRID_COLUMNS = 12;
const MOST_GRID_ROWS = 1_000;
const TALLEST_WIDGET = 40;

const LONGEST_TITLE = 200;
const LONGEST_TEXT = 10_000;
const MOST_FILTER_VALUES = 20;
const MOST_SERIES = 50;
const MOST_TABLE_ROWS = 100;

/** An object of these keys alone, which an unknown key's error lists. */
const strict = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys'
        ? `is not known here; the keys are: ${Object.keys(shape).join(', ')}`
        : 'must be an object',
  });

/** What is said of a union whose discriminator is missing or unknown. */
const expectOneOf =
  (names: readonly string[]) =>
  ({ code }: { readonly code?: string | undefined }): string =>
    code === 'invalid_union' ? `must be one of: ${names.join(', ')}` : 'must be an object';

const wholeNumber = (from: number, to: number) => {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.int({ error }).min(from, error).max(to, error);
};

const WIDGET_TYPES = [
  'chart',
  'metric',
  'table',
  'funnel',
  'flow',
  'heatmap',
  'forecast',
  'anomaly',
  'clusters',
  'text',
] as const;
export type WidgetType = (typeof WIDGET_TYPES)[number];

/** Stretches of time a range may span at most. */
const MOST_RANGE_DAYS = 400;
const DAY_MS = 86_400_000;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS } as const;

const DURATION_EXPECTED = `must be a duration such as "30m", "24h", "7d" or "4w", at most ${MOST_RANGE_DAYS}d`;

/** Milliseconds of a duration such as `24h`; undefined for what is none. */
export const parseDuration = (text: string): number | undefined => {
  const [, count, unit] = /^([1-9]\d{0,6})([mhdw])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
};

export const durationSchema = z
  .string({ error: DURATION_EXPECTED })
  .refine((text) => (parseDuration(text) ?? Number.POSITIVE_INFINITY) <= MOST_RANGE_DAYS * DAY_MS, DURATION_EXPECTED);

export const instantSchema = z.iso.datetime({
  offset: true,
  error: 'must be an ISO 8601 date and time with a zone, for example "2026-01-31T00:00:00Z"',
});

/** The time up to now, or a stretch between two instants; the end is exclusive. */
export type TimeRange = { readonly last: string } | { readonly start: string; readonly end: string };

const rangeProblem = (start: string, end: string): string | undefined => {
  const length = Date.parse(end) - Date.parse(start);
  if (length <= 0) return 'must be later than start';
  return length > MOST_RANGE_DAYS * DAY_MS ? `must be at most ${MOST_RANGE_DAYS} days after start` : undefined;
};

export const timeRangeSchema = strict({
  last: durationSchema.optional(),
  start: instantSchema.optional(),
  end: instantSchema.optional(),
}).transform(({ last, start, end }, context): TimeRange => {
  const refuse = (message: string, ...path: string[]): never => {
    context.issues.push({ code: 'custom', input: { last, start, end }, message, path });
    return z.NEVER;
  };
  if (last !== undefined) {
    return (start ?? end) ? refuse('must not be given together with start or end', 'last') : { last };
  }
  if (start === undefined && end === undefined) {
    return refuse('must have "last", for example "24h", or "start" and "end"');
  }
  if (start === undefined) return refuse('must be given with end', 'start');
  if (end === undefined) return refuse('must be given with start', 'end');
  const problem = rangeProblem(start, end);
  return problem === undefined ? { start, end } : refuse(problem, 'end');
});

const AGGREGATIONS = [
  'count',
  'sum',
  'average',
  'min',
  'max',
  'last',
  'p50',
  'p90',
  'p95',
  'p99',
  'unique',
] as const satisfies readonly MetricAggregation[];

const dataSourceSchema = z
  .string({ error: 'must name a data source, for example "performance.responseTime"' })
  .min(1)
  .max(120);
const aggregationSchema = z.enum(AGGREGATIONS, { error: `must be one of: ${AGGREGATIONS.join(', ')}` });
const dimensionSchema = z.string({ error: 'must name a dimension of the data source' }).min(1).max(60);

const filterError = { error: `must be a text or a list of 1 to ${MOST_FILTER_VALUES} texts` };
const filterValueSchema = z.string().min(1).max(256);
const filtersSchema = z
  .record(
    z.string(),
    z
      .union([filterValueSchema, z.array(filterValueSchema).min(1).max(MOST_FILTER_VALUES)], filterError)
      .transform((value) => (Array.isArray(value) ? value : [value])),
    { error: 'must be an object of dimensions and their values' },
  )
  .default({});

const intervalSchema = z
  .enum(['auto', 'minute', 'hour', 'day'], { error: 'must be one of: auto, minute, hour, day' })
  .default('auto');

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const selection = { filters: filtersSchema, timeRange: timeRangeSchema.optional() };
const measured = { dataSource: dataSourceSchema, aggregation: aggregationSchema.optional(), ...selection };
const grouped = { groupBy: dimensionSchema.optional(), groupLimit: wholeNumber(1, MOST_SERIES).default(8) };

const timeChartSchema = strict({
  chartType: z.enum(['line', 'area', 'bar', 'stacked']),
  ...measured,
  ...grouped,
  interval: intervalSchema,
});

const pieSchema = strict({
  chartType: z.literal('pie'),
  ...measured,
  groupBy: dimensionSchema,
  groupLimit: wholeNumber(1, MOST_SERIES).default(8),
});

/** One point a group, or without groups one a stretch of time: two data sources against each other. */
const scatterSchema = strict({
  chartType: z.literal('scatter'),
  x: dataSourceSchema,
  y: dataSourceSchema,
  xAggregation: aggregationSchema.optional(),
  yAggregation: aggregationSchema.optional(),
  groupBy: dimensionSchema.optional(),
  groupLimit: wholeNumber(1, MOST_SERIES).default(MOST_SERIES),
  interval: intervalSchema,
  ...selection,
});

const CHART_TYPES = ['line', 'area', 'bar', 'stacked', 'pie', 'scatter'] as const;

const chartConfigSchema = z.preprocess(
  (config) => (typeof config === 'object' && config !== null ? { chartType: 'line', ...config } : config),
  z.discriminatedUnion('chartType', [timeChartSchema, pieSchema, scatterSchema], { error: expectOneOf(CHART_TYPES) }),
);

const metricConfigSchema = strict({ ...measured, interval: intervalSchema });

const tableConfigSchema = strict({
  dataSource: dataSourceSchema,
  /** One column each; left out, the data source's own aggregation. */
  aggregations: z.array(aggregationSchema, { error: 'must be a list of aggregations' }).min(1).max(8).optional(),
  /** One row a value; left out, one row a stretch of time. */
  groupBy: dimensionSchema.optional(),
  groupLimit: wholeNumber(1, MOST_TABLE_ROWS).default(20),
  interval: intervalSchema,
  ...selection,
});

const heatmapConfigSchema = strict({
  ...measured,
  /** How a metric is laid out; a view of type heatmap has its own rows and columns. */
  layout: z.literal('hour-weekday', { error: 'must be "hour-weekday"' }).optional(),
  timeZone: z
    .string({ error: 'must be a time zone such as "Europe/Berlin"' })
    .refine(isTimeZone, 'must be a time zone such as "Europe/Berlin"')
    .default('UTC'),
});

const viewConfigSchema = strict({ dataSource: dataSourceSchema, filters: filtersSchema });

const textConfigSchema = strict({
  text: z.string({ error: `must be a text of at most ${LONGEST_TEXT} characters` }).max(LONGEST_TEXT),
});

const positionSchema = strict({
  x: wholeNumber(0, GRID_COLUMNS - 1),
  y: wholeNumber(0, MOST_GRID_ROWS),
  width: wholeNumber(1, GRID_COLUMNS),
  height: wholeNumber(1, TALLEST_WIDGET),
}).refine(({ x, width }) => x + width <= GRID_COLUMNS, {
  path: ['width'],
  error: `must leave the widget within the grid: x + width may be at most ${GRID_COLUMNS}`,
});
export type Position = z.output<typeof positionSchema>;

const widgetOf = <Type extends WidgetType, Config extends z.ZodType>(type: Type, config: Config) =>
  strict({
    id: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"')
      .optional(),
    type: z.literal(type),
    title: z
      .string({ error: `must be a text of at most ${LONGEST_TITLE} characters` })
      .max(LONGEST_TITLE, `must be a text of at most ${LONGEST_TITLE} characters`)
      .default(''),
    config,
    position: positionSchema.optional(),
  });

/** A widget as its author writes it: id and position may be left to the service. */
export const widgetSchema = z.discriminatedUnion(
  'type',
  [
    widgetOf('chart', chartConfigSchema),
    widgetOf('metric', metricConfigSchema),
    widgetOf('table', tableConfigSchema),
    widgetOf('funnel', viewConfigSchema),
    widgetOf('flow', viewConfigSchema),
    widgetOf('heatmap', heatmapConfigSchema),
    widgetOf('forecast', viewConfigSchema),
    widgetOf('anomaly', viewConfigSchema),
    widgetOf('clusters', viewConfigSchema),
    widgetOf('text', textConfigSchema),
  ],
  { error: expectOneOf(WIDGET_TYPES) },
);
export type WidgetDraft = z.output<typeof widgetSchema>;
