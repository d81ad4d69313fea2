import * as z from 'zod';

/** Numbers as base64: a state of thousands travels in each result and must come back to the last bit. */
const packed = <Numbers extends Float32Array | Float64Array>(
  create: (buffer: ArrayBuffer) => Numbers,
  bytes: number,
): z.ZodType<Numbers, string> =>
  z
    .string({ error: 'must be the text that an earlier result gave' })
    .max(400_000)
    .transform((text, context) => {
      const buffer = Buffer.from(text, 'base64');
      if (buffer.length % bytes === 0) return create(Uint8Array.from(buffer).buffer);
      context.issues.push({ code: 'custom', input: text, message: 'is not as an earlier result gave it' });
      return z.NEVER;
    });

const singles: z.ZodType<Float32Array, string> = packed((buffer) => new Float32Array(buffer), 4);
const doubles: z.ZodType<Float64Array, string> = packed((buffer) => new Float64Array(buffer), 8);

const pack = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

const countSchema = z.int().min(0);
const calibratorSchema = z.strictObject({ scores: singles, seen: countSchema });

const smootherSchema = z.strictObject({
  period: z.int().min(1),
  levelGain: z.number(),
  seasonGain: z.number(),
  level: z.number(),
  season: z.array(z.number()).readonly(),
  scale: z.number(),
  step: z.number().min(0),
  last: z.number().nullable(),
});

const forecastSchema = z.strictObject({
  firstSlot: countSchema,
  nextSlot: countSchema,
  learned: doubles.optional(),
  smoother: smootherSchema.optional(),
  calibrator: calibratorSchema,
});

const noveltySchema = z.strictObject({
  values: doubles,
  seen: countSchema,
  courses: doubles,
  ofValue: calibratorSchema,
  ofCourse: calibratorSchema,
});

const rowsSchema = z.strictObject({ rows: doubles, seen: countSchema, scales: doubles, calibrator: calibratorSchema });

const streamSchema = z.strictObject({
  name: z.string(),
  /** Epoch ms of the last point. */
  lastTime: z.number(),
  /** Epoch ms of the first point, and ms between points; 0 until there are enough to tell. */
  origin: z.number(),
  intervalMs: z.number().min(0),
  lastSlot: z.int(),
  /** The first points, until the interval is known. */
  pending: z.array(z.tuple([z.number(), z.number()])),
  metrics: z.array(z.string()).optional(),
  forecast: forecastSchema.optional(),
  novelty: noveltySchema.optional(),
  rows: rowsSchema.optional(),
});

/** `state` of an earlier result; it may come back as it was given. */
export const stateSchema = z.strictObject(
  {
    version: z.literal(1),
    method: z.enum(['forecast', 'novelty', 'nearest-neighbours']),
    /** Epoch ms of the last point of all. */
    end: z.number(),
    streams: z.array(streamSchema).max(8),
  },
  { error: 'must be the state of an earlier result of this plugin' },
);

export type StreamState = z.infer<typeof streamSchema>;
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
