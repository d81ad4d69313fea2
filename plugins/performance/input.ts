import * as z from 'zod';
import { timestampSchema } from '../timestamp.ts';

const MOST_REQUESTS = 50_000;
const MOST_SAMPLES = 50_000;
/** Relative error of the latency sketch. */
export const SKETCH_ERROR = 0.01;
/** A request that took longer than a day is a mistake in the unit. */
const LONGEST_RESPONSE_MS = 86_400_000;

const requestSchema = z
  .looseObject(
    {
      endpoint: z.string({ error: 'must be a text such as GET /orders' }).min(1).max(2_000).optional(),
      path: z.string({ error: 'must be a text such as /orders' }).min(1).max(2_000).optional(),
      method: z.string({ error: 'must be a text such as GET' }).max(10).optional(),
      status: z.int({ error: 'must be an HTTP status from 100 to 599' }).min(100).max(599),
      responseTime: z
        .number({ error: 'must be a number of milliseconds' })
        .min(0, 'must be a number of milliseconds from 0 up')
        .max(LONGEST_RESPONSE_MS, 'must be in milliseconds; this is longer than a day'),
      timestamp: timestampSchema,
      service: z.string({ error: 'must be a text that names the service' }).min(1).max(256).optional(),
      userId: z.string({ error: 'must be a text that names the user' }).max(256).optional(),
      error: z.string({ error: 'must be the text of the error' }).max(2_000).optional(),
    },
    { error: 'must be an object {"endpoint": …, "timestamp": …, …}' },
  )
  .refine(({ endpoint, path }) => endpoint !== undefined || path !== undefined, {
    path: ['endpoint'],
    error: 'must be given (or path)',
  });

const percentSchema = z
  .number()
  .min(0, 'must be a percentage from 0 to 100')
  .max(100, 'must be a percentage from 0 to 100, not a count or a number of bytes');

const resourceSchema = z
  .looseObject(
    {
      timestamp: timestampSchema,
      host: z.string().min(1).max(256).default('default'),
      cpu: percentSchema.optional(),
      memory: percentSchema.optional(),
      disk: percentSchema.optional(),
    },
    { error: 'must be an object {"host": …, "timestamp": …, "cpu": …}' },
  )
  .refine(({ cpu, memory, disk }) => cpu !== undefined || memory !== undefined || disk !== undefined, {
    path: ['cpu'],
    error: 'a sample must give at least one of cpu, memory and disk, in percent',
  });

const ratioSchema = z
  .number({ error: 'must be a ratio, for example 0.999' })
  .min(0.5, 'must be a ratio from 0.5 to 0.99999, for example 0.999')
  .max(0.99999, 'must be a ratio from 0.5 to 0.99999; write 0.999 for 99.9%');

const sloSchema = z
  .looseObject(
    {
      /** Share of requests that must not end in a server error. */
      availability: ratioSchema.optional(),
      /** Share of requests, `latencyTarget`, that must be answered within so many milliseconds. */
      latencyMs: z.number().positive('must be a number of milliseconds above 0').max(LONGEST_RESPONSE_MS).optional(),
      latencyTarget: ratioSchema.optional(),
      windowDays: z.number().min(1, 'must be a number of days from 1 to 365').max(365).default(30),
    },
    { error: 'must be an object with name and target' },
  )
  .refine(({ latencyMs, latencyTarget }) => (latencyMs === undefined) === (latencyTarget === undefined), {
    path: ['latencyTarget'],
    error: 'goes with latencyMs: 99% within 300 ms is {"latencyMs": 300, "latencyTarget": 0.99}',
  })
  .refine(({ availability, latencyMs }) => availability !== undefined || latencyMs !== undefined, {
    path: ['availability'],
    error: 'an objective must give availability, or latencyMs and latencyTarget',
  });

const releaseSchema = z.looseObject(
  {
    version: z.string({ error: 'must be a text that names the release' }).min(1).max(100),
    timestamp: timestampSchema,
  },
  { error: 'must be an object {"version": …, "timestamp": …}' },
);

const limitSchema = percentSchema.min(1).default(100);

/** A latency sketch from an earlier result. */
const sketchSchema = z.looseObject({
  relativeError: z.literal(SKETCH_ERROR, {
    error: `must be a sketch of this plugin, of relative error ${SKETCH_ERROR}`,
  }),
  zeros: z.int().min(0),
  firstIndex: z.int().min(-2_000).max(2_000),
  counts: z.array(z.int().min(0)).max(4_000),
});

/** Requests with their times (ms) and statuses, samples of resource usage (percent), or both. */
export const inputSchema = z
  .looseObject(
    {
      requests: z
        .array(requestSchema, { error: 'must be a list of requests' })
        .max(MOST_REQUESTS, `must hold at most ${MOST_REQUESTS} requests; split the submission`)
        .default([]),
      resources: z
        .array(resourceSchema, { error: 'must be a list of samples of resources' })
        .max(MOST_SAMPLES, `must hold at most ${MOST_SAMPLES} samples; split the submission`)
        .default([]),
      /** Milliseconds that satisfy a user: Apdex's T. */
      apdexThreshold: z.number().min(1, 'must be a number of milliseconds').max(600_000).default(500),
      /** What a failed request costs its user: he waits, sees it fail, and tries again. */
      failureCostSeconds: z.number().min(0, 'must be a number of seconds').max(3_600).default(30),
      slo: sloSchema.optional(),
      releases: z
        .array(releaseSchema, { error: 'must be a list of releases' })
        .max(20, 'must hold at most 20 releases')
        .default([]),
      /** Percent at which each resource runs out. */
      resourceLimits: z.looseObject({ cpu: limitSchema, memory: limitSchema, disk: limitSchema }).prefault({}),
      /** `latencySketch` of earlier results, to be merged with this one's. */
      sketches: z
        .array(sketchSchema, { error: 'must be a list of sketches of an earlier result' })
        .max(500, 'must hold at most 500 sketches')
        .default([]),
    },
    { error: 'must be an object with requests, resources or sketches' },
  )
  .refine(({ requests, resources }) => requests.length + resources.length > 0, {
    path: ['requests'],
    error: 'must hold at least one request (or give resources)',
  });

export type PerformanceInput = z.infer<typeof inputSchema>;
export type ResourceSample = z.infer<typeof resourceSchema>;
