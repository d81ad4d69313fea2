/**
 * Where in the stream of events a client stands: the time, in epoch ms, at which the last event it received was filed.
 * Clients hand it back as they got it; of two, the later one sorts behind the other as a text.
 */

/**
 * Milliseconds by which events may reach a client out of order: until an event is filed (3 s), until its last post
 * begins (5 s) and ends (7.5 s, with retries), and the rest for clocks that differ. What is older than a client's
 * cursor by more was posted before it, or is noted as unfinished.
 */
const OVERLAP_MS = 20_000;

export const toCursor = (position: number): string => position.toString(36);

/** @returns the position, or undefined for what no cursor looks like */
export const fromCursor = (cursor: string): number | undefined =>
  /^[0-9a-z]{8,9}$/.test(cursor) ? Number.parseInt(cursor, 36) : undefined;

/** From where on a client that stands at `position` may have missed events. */
export const overlapBefore = (position: number): number => position - OVERLAP_MS;

/** Keys in the feed begin with the position, in digits that sort as the numbers do. */
export const toFeedKey = (position: number): string => String(Math.max(0, position)).padStart(13, '0');
