import * as z from 'zod';
import { timestampSchema } from '../timestamp.ts';

const MOST_REQUESTS = 50_000;
const MOST_SAMPLES = 50_000;
/** A request that took longer than a day is a mistake in the unit. */
const LONGEST_RESPONSE_MS = 86_400_000;

const requestSchema = z
  .looseObject({
    endpoint: z.string().min(1).max(2_000).optional(),
    path: z.string().min(1).max(2_000).optional(),
    method: z.string().max(10).optional(),
    status: z.int({ error: 'must be an HTTP status from 100 to 599' }).min(100).max(599),
    responseTime: z
      .number({ error: 'must be a number of milliseconds' })
      .min(0, 'must be a number of milliseconds from 0 up')
      .max(LONGEST_RESPONSE_MS, 'must be in milliseconds; this is longer than a day'),
    timestamp: timestampSchema,
    service: z.string().min(1).max(256).optional(),
    userId: z.string().max(256).optional(),
    error: z.string().max(2_000).optional(),
  })
  .refine(({ endpoint, path }) => endpoint !== undefined || path !== undefined, {
    path: ['endpoint'],
    error: 'must be given (or path)',
  });

const percentSchema = z
  .number()
  .min(0, 'must be a percentage from 0 to 100')
  .max(100, 'must be a percentage from 0 to 100, not a count or a number of bytes');

const resourceSchema = z
  .looseObject({
    timestamp: timestampSchema,
    host: z.string().min(1).max(256).default('default'),
    cpu: percentSchema.optional(),
    memory: percentSchema.optional(),
    disk: percentSchema.optional(),
  })
  .refine(({ cpu, memory, disk }) => cpu !== undefined || memory !== undefined || disk !== undefined, {
    path: ['cpu'],
    error: 'a sample must give at least one of cpu, memory and disk, in percent',
  });

/** Requests with their times (ms) and statuses, samples of resource usage (percent), or both. */
export const inputSchema = z
  .looseObject({
    requests: z
      .array(requestSchema)
      .max(MOST_REQUESTS, `must hold at most ${MOST_REQUESTS} requests; split the submission`)
      .default([]),
    resources: z
      .array(resourceSchema)
      .max(MOST_SAMPLES, `must hold at most ${MOST_SAMPLES} samples; split the submission`)
      .default([]),
    /** Milliseconds that satisfy a user: Apdex's T. */
    apdexThreshold: z.number().min(1, 'must be a number of milliseconds').max(600_000).default(500),
  })
  .refine(({ requests, resources }) => requests.length + resources.length > 0, {
    path: ['requests'],
    error: 'must hold at least one request (or give resources)',
  });

export type PerformanceInput = z.infer<typeof inputSchema>;
export type ResourceSample = z.infer<typeof resourceSchema>;
