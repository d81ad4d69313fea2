import type { TimeRange } from '../api/contract.ts';

/** Ranges of time as a reader chooses them: a period that ends now, or one between two times. */

export const PRESETS: readonly string[] = ['1h', '6h', '24h', '7d', '30d', '90d'];

const UNITS: { readonly [letter: string]: string } = { m: 'minute', h: 'hour', d: 'day', w: 'week' };
const RELATIVE = /^([1-9]\d{0,4})([mhdw])$/;

export const isRelative = (range: TimeRange): range is { readonly last: string } => 'last' in range;

/** The words for a period such as `24h`: "Last 24 hours"; undefined for what is none. */
export const describePeriod = (last: string): string | undefined => {
  const [, count, letter = ''] = RELATIVE.exec(last) ?? [];
  if (count === undefined) return undefined;
  const unit = UNITS[letter];
  return count === '1' ? `Last ${unit}` : `Last ${count} ${unit}s`;
};

const formatTime = (iso: string, locale?: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));

export const describeRange = (range: TimeRange, locale?: string): string =>
  isRelative(range)
    ? (describePeriod(range.last) ?? range.last)
    : `${formatTime(range.start, locale)} – ${formatTime(range.end, locale)}`;

/** The range as query parameters, of the page's own address and of the API's. */
export const toQuery = (range: TimeRange | undefined): URLSearchParams =>
  range === undefined
    ? new URLSearchParams()
    : new URLSearchParams(isRelative(range) ? { last: range.last } : { start: range.start, end: range.end });

const isTime = (text: string | null): text is string => text !== null && !Number.isNaN(Date.parse(text));

/** The range that query parameters hold; undefined when they hold none that makes sense. */
export const fromQuery = (query: URLSearchParams): TimeRange | undefined => {
  const last = query.get('last');
  if (last !== null) return describePeriod(last) === undefined ? undefined : { last };
  const start = query.get('start');
  const end = query.get('end');
  return isTime(start) && isTime(end) && Date.parse(start) < Date.parse(end) ? { start, end } : undefined;
};

/** What a reader must mend in two local times (as of `datetime-local`) before they make a range. */
export const problemOfPeriod = (start: string, end: string): string | undefined => {
  if (!isTime(start)) return 'Give the time at which the range starts.';
  if (!isTime(end)) return 'Give the time at which the range ends.';
  return Date.parse(start) < Date.parse(end) ? undefined : 'The end must be later than the start.';
};

/** A time as the value of a `datetime-local` input: the reader's own clock, to the minute. */
export const toLocalInput = (time: Date): string => {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
};
