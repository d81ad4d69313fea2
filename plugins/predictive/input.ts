import * as z from 'zod';
import { demandInputSchema } from './demand-input.ts';
import { forecastInputSchema } from './forecast-input.ts';
import { revenueInputSchema } from './revenue-input.ts';

const sectionsSchema = z.looseObject({
  forecast: forecastInputSchema.optional(),
  demand: demandInputSchema.optional(),
  revenue: revenueInputSchema.optional(),
  /** Seed of every random draw. */
  seed: z.int({ error: 'must be a whole number' }).min(0).max(2_147_483_647).default(1),
});

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** `{series, horizon, …}` is short for `{forecast: {series, horizon, …}}`. */
const unfold = (input: unknown): unknown =>
  isRecord(input) && 'series' in input && !('forecast' in input) ? { ...input, forecast: input } : input;

const ONE_SECTION = 'give "series" and "horizon", or at least one of "forecast", "demand", "revenue" and "churn"';

/** Any of the sections, each forecast by itself. */
export const inputSchema = z
  .preprocess(unfold, sectionsSchema)
  .refine(({ forecast, demand, revenue }) => [forecast, demand, revenue].some((section) => section !== undefined), {
    path: ['forecast'],
    error: ONE_SECTION,
  });

export type PredictiveInput = z.infer<typeof inputSchema>;
