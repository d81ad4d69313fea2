/**
 * Milliseconds to wait before another attempt: exponential with full jitter, on top of what the service asks for.
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export const backoff = (attempt: number, atLeast = 0): number =>
  atLeast + Math.random() * Math.min(30_000, 500 * 2 ** attempt);
