import * as z from 'zod';

/** States of other versions were learned by other rules and cannot be gone on with. */
export const STATE_VERSION = 2;

const MOST_MEMORY = 4_400;
const LONGEST_PERIOD = 2_000;
const LONGEST_INTERVAL_MS = 31_622_400_000;
const LATEST_TIME = 8.64e15;
const AS_GIVEN = 'is not as an earlier result gave it';

/** Numbers as base64: a state of thousands travels in each result and must come back to the last bit. */
const packed = <Numbers extends Float32Array | Float64Array>(
  create: (buffer: ArrayBuffer) => Numbers,
  bytes: number,
  isNumber: (value: number) => boolean,
): z.ZodType<Numbers, string> =>
  z
    .string({ error: 'must be the text that an earlier result gave' })
    .max(400_000)
    .transform((text, context) => {
      const buffer = Buffer.from(text, 'base64');
      const numbers = buffer.length % bytes === 0 ? create(Uint8Array.from(buffer).buffer) : undefined;
      if (numbers?.every((value) => isNumber(value))) return numbers;
      context.issues.push({ code: 'custom', input: text, message: AS_GIVEN });
      return z.NEVER;
    });

const toSingles = (buffer: ArrayBuffer) => new Float32Array(buffer);
const toDoubles = (buffer: ArrayBuffer) => new Float64Array(buffer);
const singles: z.ZodType<Float32Array, string> = packed(toSingles, 4, Number.isFinite);
const doubles: z.ZodType<Float64Array, string> = packed(toDoubles, 8, Number.isFinite);
/** Gaps are NaN. */
const gappedDoubles: z.ZodType<Float64Array, string> = packed(
  toDoubles,
  8,
  (value) => Number.isFinite(value) || Number.isNaN(value),
);

const pack = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

const finiteSchema = z.number({ error: 'must be a number' });
const countSchema = z.int({ error: 'must be a whole number from 0' }).min(0, 'must be a whole number from 0');
const gainSchema = finiteSchema.min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1');
const timeSchema = finiteSchema
  .min(-Number.MAX_SAFE_INTEGER, 'must be a time, epoch ms')
  .max(LATEST_TIME, 'must be a time, epoch ms');

const calibratorSchema = z
  .strictObject({ scores: singles, seen: countSchema })
  .refine(({ scores, seen }) => scores.length === Math.min(seen, 2_050), {
    path: ['seen'],
    error: 'must be the number of scores, or more beyond the 2,050 that are kept',
  });

const smootherSchema = z
  .strictObject({
    period: z.int().min(1).max(LONGEST_PERIOD),
    levelGain: gainSchema,
    seasonGain: gainSchema,
    level: finiteSchema,
    season: z.array(finiteSchema).readonly(),
    scale: finiteSchema.min(0, 'must be from 0'),
    step: finiteSchema.min(0, 'must be from 0'),
    last: finiteSchema.nullable(),
  })
  .refine(({ period, season }) => season.length === period, {
    path: ['season'],
    error: 'must hold a number for each point of the period',
  });

const forecastSchema = z
  .strictObject({
    firstSlot: countSchema,
    nextSlot: countSchema,
    learned: gappedDoubles.optional(),
    smoother: smootherSchema.optional(),
    calibrator: calibratorSchema,
  })
  .refine(({ firstSlot, nextSlot }) => nextSlot > firstSlot, { path: ['nextSlot'], error: 'must be after firstSlot' })
  .refine(({ learned, smoother }) => (learned === undefined ? smoother !== undefined : learned.length < 1_600), {
    path: ['learned'],
    error: 'must hold fewer than 1,600 values, or be absent when there is a smoother',
  });

const noveltySchema = z
  .strictObject({
    values: doubles,
    seen: countSchema,
    courses: doubles,
    ofValue: calibratorSchema,
    ofCourse: calibratorSchema,
  })
  .refine(
    ({ values, seen }) => values.length <= MOST_MEMORY && values.length <= seen && (seen - values.length) % 4 === 0,
    { path: ['values'], error: AS_GIVEN },
  )
  .refine(({ courses }) => courses.length <= 72, { path: ['courses'], error: AS_GIVEN });

const rowsSchema = z.strictObject({ rows: doubles, seen: countSchema, scales: doubles, calibrator: calibratorSchema });

const streamSchema = z.strictObject({
  name: z.string(),
  /** Epoch ms of the last point. */
  lastTime: timeSchema,
  /** Epoch ms of the first point, and ms between points; 0 until there are enough to tell. */
  origin: timeSchema,
  intervalMs: finiteSchema.refine(
    (ms) => ms === 0 || (ms >= 1 && ms <= LONGEST_INTERVAL_MS),
    'must be 0, or ms from 1 to a year',
  ),
  lastSlot: z.int().min(-1),
  /** The first points, until the interval is known. */
  pending: z.array(z.tuple([timeSchema, finiteSchema])).max(10),
  metrics: z.array(z.string()).optional(),
  forecast: forecastSchema.optional(),
  novelty: noveltySchema.optional(),
  rows: rowsSchema.optional(),
});

export type StreamState = z.infer<typeof streamSchema>;

const SECTIONS = { forecast: 'forecast', novelty: 'novelty', 'nearest-neighbours': 'rows' } as const;
type StreamingMethod = keyof typeof SECTIONS;

/** Rows are of as many metrics as are named. */
const rowsFit = ({ metrics, rows }: StreamState): boolean =>
  rows === undefined ||
  (metrics !== undefined &&
    metrics.length > 0 &&
    rows.rows.length % metrics.length === 0 &&
    (rows.scales.length === 0 || rows.scales.length === metrics.length));

const mistakesOfStream = (method: StreamingMethod, stream: StreamState): [field: string, message: string][] => {
  const section = SECTIONS[method];
  const others = Object.values(SECTIONS).filter((name) => name !== section && stream[name] !== undefined);
  return [
    ...others.map((name) => [name, `must be absent: the state was learned by ${method}`] as [string, string]),
    ...(stream.intervalMs > 0 && stream[section] === undefined
      ? [[section, `must be there: the state was learned by ${method}`] as [string, string]]
      : []),
    ...(rowsFit(stream) ? [] : [['rows', 'must hold a number for each of metrics'] as [string, string]]),
  ];
};

/** `state` of an earlier result; it may come back as it was given. */
export const stateSchema = z
  .strictObject(
    {
      version: z.literal(STATE_VERSION, {
        error: `must be ${STATE_VERSION}: a state of another version cannot be gone on with; begin the stream without it`,
      }),
      method: z.enum(['forecast', 'novelty', 'nearest-neighbours'], {
        error: 'must be forecast, novelty or nearest-neighbours',
      }),
      /** Epoch ms of the last point of all. */
      end: timeSchema,
      streams: z.array(streamSchema, { error: 'must be the list of an earlier result' }).max(8),
    },
    { error: 'must be the state of an earlier result of this plugin' },
  )
  .check(({ value, issues }) => {
    for (const [at, stream] of value.streams.entries())
      for (const [field, message] of mistakesOfStream(value.method, stream))
        issues.push({ code: 'custom', input: value, path: ['streams', at, field], message });
  });

export type State = z.infer<typeof stateSchema>;
type Calibrator = z.infer<typeof calibratorSchema>;

const packCalibrator = ({ scores, seen }: Calibrator) => ({ scores: pack(scores), seen });

const packStream = ({ forecast, novelty, rows, ...rest }: StreamState) => ({
  ...rest,
  ...(forecast && {
    forecast: {
      ...forecast,
      learned: forecast.learned && pack(forecast.learned),
      calibrator: packCalibrator(forecast.calibrator),
    },
  }),
  ...(novelty && {
    novelty: {
      ...novelty,
      values: pack(novelty.values),
      courses: pack(novelty.courses),
      ofValue: packCalibrator(novelty.ofValue),
      ofCourse: packCalibrator(novelty.ofCourse),
    },
  }),
  ...(rows && {
    rows: {
      ...rows,
      rows: pack(rows.rows),
      scales: pack(rows.scales),
      calibrator: packCalibrator(rows.calibrator),
    },
  }),
});

/** The form in which a state travels: what `stateSchema` reads. */
export const packState = ({ streams, ...rest }: State) => ({ ...rest, streams: streams.map(packStream) });

export type PackedState = ReturnType<typeof packState>;
