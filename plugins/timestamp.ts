import * as z from 'zod';

/** Epoch milliseconds of 1973; a smaller number is, almost surely, a time in seconds. */
const SMALLEST_MILLISECONDS = 100_000_000_000;
/** Epoch milliseconds of 5138; a larger number is, almost surely, a time in microseconds. */
const LARGEST_MILLISECONDS = 1e14;
const LARGEST_MICROSECONDS = 1e17;

const EPOCH_EXPECTED = 'must be in milliseconds since 1970';

/** What a number that is no time in milliseconds looks like. */
const epochMistake = (given: number): string => {
  if (given > 0 && given < SMALLEST_MILLISECONDS)
    return `${EPOCH_EXPECTED}; this number looks like seconds, multiply it by 1000`;
  if (given >= LARGEST_MILLISECONDS && given < LARGEST_MICROSECONDS)
    return `${EPOCH_EXPECTED}; this number looks like microseconds, divide it by 1000`;
  return `${EPOCH_EXPECTED}, between the years 1973 and 5138`;
};

const isoSchema = z.iso
  .datetime({
    offset: true,
    error: 'must be an ISO 8601 date and time with a zone, for example "2024-01-01T10:00:00Z"',
  })
  .transform((text) => Date.parse(text));

const epochSchema = z.number().check(({ value, issues }) => {
  if (value >= SMALLEST_MILLISECONDS && value < LARGEST_MILLISECONDS) return;
  issues.push({ code: 'custom', input: value, message: epochMistake(value) });
});

/** A point in time as ISO 8601 text or epoch milliseconds; gives epoch milliseconds. */
export const timestampSchema = z.union([isoSchema, epochSchema], {
  error: (issue) =>
    typeof issue.input === 'number'
      ? epochMistake(issue.input)
      : 'must be an ISO 8601 date and time with a zone ("2024-01-01T10:00:00Z") or milliseconds since 1970',
});

/** Clocks differ by so much without being wrong. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Whether a time (epoch ms) lies so far ahead that the clock it was taken from is wrong. */
export const isInFuture = (time: number, now: Date): boolean => time > now.getTime() + CLOCK_TOLERANCE_MS;
