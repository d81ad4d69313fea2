import * as z from 'zod';
import { churnInputSchema } from './churn/index.ts';
import { demandInputSchema } from './demand-input.ts';
import { forecastInputSchema } from './forecast-input.ts';
import { revenueInputSchema } from './revenue-input.ts';

const ONE_SECTION = 'give "series" and "horizon", or at least one of "forecast", "demand", "revenue" and "churn"';

const sectionsSchema = z.looseObject(
  {
    forecast: forecastInputSchema.optional(),
    demand: demandInputSchema.optional(),
    revenue: revenueInputSchema.optional(),
    churn: churnInputSchema.optional(),
    /** Seed of every random draw. */
    seed: z.int({ error: 'must be a whole number' }).min(0).max(2_147_483_647).default(1),
  },
  { error: ONE_SECTION },
);

const severalSchema = sectionsSchema.refine(
  ({ forecast, demand, revenue, churn }) => [forecast, demand, revenue, churn].some((section) => section !== undefined),
  { path: ['series'], error: ONE_SECTION },
);

const isShort = (input: unknown): input is object => typeof input === 'object' && input !== null && 'series' in input;

/** Any of the sections, each forecast by itself; `{series, horizon, …}` is short for `{forecast: {series, horizon, …}}`. */
export const inputSchema = z.unknown().transform((input, context) => {
  const short = isShort(input);
  const parsed = severalSchema.safeParse(short ? { ...input, forecast: input } : input);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    // Who wrote no "forecast" is not told of one.
    context.issues.push({
      code: 'custom',
      input,
      path: short && path[0] === 'forecast' ? path.slice(1) : path,
      message,
    });
  }
  return z.NEVER;
});

export type PredictiveInput = z.infer<typeof inputSchema>;
