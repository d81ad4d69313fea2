import * as z from 'zod';
import { timestampSchema } from '../timestamp.ts';
import { type State, stateSchema } from './stream-state.ts';

const MOST_VALUES = 20_000;
const MOST_ROWS = 10_000;
const MOST_CELLS = 100_000;
const MOST_METRICS = 32;
/** A state travels in each result: so many fit. */
const MOST_STREAMED_SERIES = 5;
const MOST_STREAMED_METRICS = 16;

export const SERIES_METHODS = ['robust-z', 'seasonal-esd', 'forecast', 'novelty'] as const;
export const ROW_METHODS = ['nearest-neighbours', 'isolation-forest', 'autoencoder'] as const;
const STREAMING_METHODS: readonly string[] = ['auto', 'forecast', 'novelty', 'nearest-neighbours'];
const SPAN_MS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

const nameSchema = z
  .string({ error: 'must be a text that names the series' })
  .min(1, 'must be a text that names the series')
  .max(256, 'must be at most 256 characters');

const valueSchema = z
  .number({ error: 'must be a number, or null where there is none' })
  .min(-1e100, 'must be above -1e100')
  .max(1e100, 'must be below 1e100')
  .nullable();

const pointSchema = z.looseObject(
  { timestamp: timestampSchema, value: valueSchema },
  { error: 'must be an object {"timestamp": …, "value": …}' },
);

/** Points with their times, or values a fixed interval apart. */
const seriesSchema = z
  .looseObject(
    {
      name: nameSchema,
      unit: z
        .string({ error: 'must be a text such as ms or %; leave it out where there is none' })
        .max(64, 'must be at most 64 characters')
        .optional(),
      points: z.array(pointSchema, { error: 'must be a list of {"timestamp": …, "value": …}' }).optional(),
      values: z.array(valueSchema, { error: 'must be a list of numbers, null where there is none' }).optional(),
      start: timestampSchema.optional(),
      intervalSeconds: z
        .number({ error: 'must be a number of seconds' })
        .min(0.001, 'must be a number of seconds, 0.001 at least')
        .max(31_622_400, 'must be in seconds; this is longer than a year')
        .optional(),
    },
    { error: 'must be an object with name and points, or name, values, start and intervalSeconds' },
  )
  .refine(({ points, values }) => (points === undefined) !== (values === undefined), {
    path: ['points'],
    error: 'give either points, [{"timestamp": …, "value": …}], or values with start and intervalSeconds',
  })
  .refine(
    ({ values, start, intervalSeconds }) =>
      values === undefined || (start !== undefined && intervalSeconds !== undefined),
    { path: ['intervalSeconds'], error: 'values need start (the time of the first) and intervalSeconds' },
  );

const rowSchema = z.looseObject(
  {
    timestamp: timestampSchema,
    metrics: z.record(z.string().min(1).max(256), valueSchema, {
      error: 'must be an object of numbers, for example {"cpu": 41.5, "latency": 120}',
    }),
  },
  { error: 'must be an object {"timestamp": …, "metrics": {…}}' },
);

const ALARM_RATE =
  'must be the share of points that may alarm by chance, from 0.00001 to 0.05 (0.001 is 1 in 1,000), or {"count": 1, "per": "hour", "day" or "week"} for each series';

const alarmRateSchema = z.union(
  [
    z.number().min(1e-5, ALARM_RATE).max(0.05, ALARM_RATE),
    z.looseObject({
      count: z.number({ error: ALARM_RATE }).positive(ALARM_RATE).max(1_000, ALARM_RATE),
      per: z.enum(['hour', 'day', 'week'], { error: ALARM_RATE }),
    }),
  ],
  { error: ALARM_RATE },
);

const methodSchema = z.enum(['auto', ...SERIES_METHODS, ...ROW_METHODS], {
  error: `must be auto, ${SERIES_METHODS.join(', ')} (for series) or ${ROW_METHODS.join(', ')} (for rows)`,
});

const PERIOD =
  'must be a whole number of points a cycle from 1 to 2,000, for example 24 for hourly values with a daily season';
const MERGE_WITHIN = 'must be a number of seconds from 0 to a year';
const STREAM_NAME = 'must be a text of 1 to 256 characters that names the stream';
const SEED = 'must be a whole number from 0 to 2147483647';
const SETTINGS =
  'must be an object with series, [{"name": …, "points": […]}], or rows, [{"timestamp": …, "metrics": {…}}]';

const settings = {
  mode: z.enum(['batch', 'streaming'], { error: 'must be batch or streaming' }).default('batch'),
  method: methodSchema.default('auto'),
  alarmRate: alarmRateSchema.default(0.001),
  /** Points a cycle: 24 for hourly values with a daily season; 1 says that there is none. */
  period: z.int({ error: PERIOD }).min(1, PERIOD).max(2_000, PERIOD).optional(),
  /** Alarms closer than this make one incident; by default three intervals. */
  mergeWithinSeconds: z.number({ error: MERGE_WITHIN }).min(0, MERGE_WITHIN).max(31_622_400, MERGE_WITHIN).optional(),
  /** Name under which the state of a stream is found again. */
  stream: z.string({ error: STREAM_NAME }).min(1, STREAM_NAME).max(256, STREAM_NAME).optional(),
  /** `state` of an earlier result. */
  state: stateSchema.optional(),
  seed: z
    .int({ error: SEED })
    .min(0, SEED)
    .max(2 ** 31 - 1, SEED)
    .default(1),
  series: z
    .array(seriesSchema, { error: 'must be a list of series, [{"name": …, "points": […]}]' })
    .max(500, 'must hold at most 500 series')
    .default([]),
  rows: z
    .array(rowSchema, { error: 'must be a list of rows, [{"timestamp": …, "metrics": {…}}]' })
    .max(MOST_ROWS, `must hold at most ${MOST_ROWS} rows; split the submission`)
    .default([]),
};

const settingsSchema = z.looseObject(settings, { error: SETTINGS });

type Settings = z.infer<typeof settingsSchema>;

const sizeOf = ({ points, values }: Settings['series'][number]): number => (points ?? values ?? []).length;

export const metricsOf = (rows: Settings['rows']): string[] => [
  ...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics))),
];

interface Mistake {
  readonly path: string;
  readonly message: string;
}

const mistakesOfSeries = ({ mode, series }: Settings): Mistake[] => {
  const mistakes: Mistake[] = [];
  const count = series.reduce((sum, one) => sum + sizeOf(one), 0);
  if (count > MOST_VALUES)
    mistakes.push({ path: 'series', message: `hold ${count} points; at most ${MOST_VALUES}: split the submission` });
  if (new Set(series.map(({ name }) => name)).size < series.length)
    mistakes.push({ path: 'series', message: 'must have different names' });
  if (mode === 'streaming' && series.length > MOST_STREAMED_SERIES)
    mistakes.push({
      path: 'series',
      message: `must be at most ${MOST_STREAMED_SERIES} in a stream; use several streams`,
    });
  return mistakes;
};

const mistakesOfRows = ({ mode, rows }: Settings): Mistake[] => {
  if (rows.length === 0) return [];
  const metrics = metricsOf(rows).length;
  const most = mode === 'streaming' ? MOST_STREAMED_METRICS : MOST_METRICS;
  if (metrics < 2) return [{ path: 'rows', message: 'must have at least two metrics; send one as a series' }];
  if (metrics > most) return [{ path: 'rows', message: `have ${metrics} different metrics; at most ${most}` }];
  if (metrics * rows.length > MOST_CELLS)
    return [
      { path: 'rows', message: `hold ${metrics * rows.length} values; at most ${MOST_CELLS}: split the submission` },
    ];
  return [];
};

const mistakesOfMethod = ({ mode, method, series, rows, stream, state }: Settings): Mistake[] => {
  const mistakes: Mistake[] = [];
  const isRowMethod = ROW_METHODS.some((name) => name === method);
  if (series.length === 0 && rows.length === 0)
    mistakes.push({ path: 'series', message: 'must hold at least one series (or give rows)' });
  if (series.length > 0 && rows.length > 0)
    mistakes.push({ path: 'rows', message: 'must not be given together with series: submit them apart' });
  if (method !== 'auto' && rows.length > 0 && !isRowMethod)
    mistakes.push({ path: 'method', message: `${method} judges series; for rows use ${ROW_METHODS.join(', ')}` });
  if (series.length > 0 && isRowMethod)
    mistakes.push({ path: 'method', message: `${method} judges rows; for series use ${SERIES_METHODS.join(', ')}` });
  if (mode === 'streaming' && !STREAMING_METHODS.includes(method))
    mistakes.push({
      path: 'method',
      message: `${method} looks at a whole submission; streams go with ${STREAMING_METHODS.join(', ')}`,
    });
  if (mode === 'batch' && (stream !== undefined || state !== undefined))
    mistakes.push({ path: 'mode', message: 'must be streaming when a stream or a state is given' });
  return mistakes;
};

/** How a stream goes on: without a method by that which its state was learned by. */
export const streamingMethodOf = (
  { method, rows }: Pick<Settings, 'method' | 'rows'>,
  state: State | undefined,
): State['method'] => {
  if (rows.length > 0) return 'nearest-neighbours';
  if (method === 'forecast' || method === 'novelty') return method;
  return state?.method === 'novelty' ? 'novelty' : 'forecast';
};

const mistakesOfState = (settings: Settings): Mistake[] => {
  const { state, rows } = settings;
  if (state === undefined) return [];
  const method = streamingMethodOf(settings, state);
  if (state.method !== method)
    return [
      {
        path: 'state',
        message: `was learned by ${state.method} and cannot be gone on with by ${method}: leave method out, or the state`,
      },
    ];
  const known = state.streams.flatMap(({ metrics = [] }) => metrics);
  const [unknown] = known.length === 0 ? [] : metricsOf(rows).filter((metric) => !known.includes(metric));
  if (unknown === undefined) return [];
  return [
    {
      path: 'rows',
      message: `have the metric ${unknown}, which the state has not; a stream goes on with the metrics it began with`,
    },
  ];
};

/** Series of values, or rows of metrics that belong together, and how often a false alarm is accepted. */
export const inputSchema = settingsSchema.check((context) => {
  const { value } = context;
  for (const { path, message } of [
    ...mistakesOfMethod(value),
    ...mistakesOfSeries(value),
    ...mistakesOfRows(value),
    ...mistakesOfState(value),
  ])
    context.issues.push({ code: 'custom', input: value, path: [path], message });
});

export type AnomalyInput = z.infer<typeof inputSchema>;
export type SeriesInput = AnomalyInput['series'][number];

/** Alarms a point that are accepted, for points so far apart: 1e-5 to 0.05. */
export const rateOf = (alarmRate: AnomalyInput['alarmRate'], intervalMs: number): number => {
  const rate = typeof alarmRate === 'number' ? alarmRate : (alarmRate.count * intervalMs) / SPAN_MS[alarmRate.per];
  return Math.max(1e-5, Math.min(0.05, rate));
};
