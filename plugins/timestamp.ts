import * as z from 'zod';

/** Epoch milliseconds of 1973; a smaller number is, almost surely, a time in seconds. */
const SMALLEST_MILLISECONDS = 100_000_000_000;

const isoSchema = z.iso
  .datetime({
    offset: true,
    error: 'must be an ISO 8601 date and time with a zone, for example "2024-01-01T10:00:00Z"',
  })
  .transform((text) => Date.parse(text));

const epochSchema = z.number().check((context) => {
  if (context.value >= SMALLEST_MILLISECONDS && context.value < 1e14) return;
  context.issues.push({
    code: 'custom',
    input: context.value,
    message: 'must be in milliseconds since 1970; this number looks like seconds, multiply it by 1000',
  });
});

/** A point in time as ISO 8601 text or epoch milliseconds; gives epoch milliseconds. */
export const timestampSchema = z.union([isoSchema, epochSchema], {
  error: (issue) =>
    typeof issue.input === 'number'
      ? 'must be in milliseconds since 1970; this number looks like seconds, multiply it by 1000'
      : 'must be an ISO 8601 date and time with a zone ("2024-01-01T10:00:00Z") or milliseconds since 1970',
});

/** Clocks differ by so much without being wrong. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Whether a time (epoch ms) lies so far ahead that the clock it was taken from is wrong. */
export const isInFuture = (time: number, now: Date): boolean => time > now.getTime() + CLOCK_TOLERANCE_MS;
