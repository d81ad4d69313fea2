import * as z from 'zod';
import { DAY_MS, type Interval } from '../models/series/interval.ts';
import { parseInterval } from '../models/series/interval-text.ts';

export const INTERVAL_EXPECTED =
  'must be an interval such as "15m", "1h", "1d", "1w", "1mo", "1q", "1y", "PT1H", "P1M", "business-day", or milliseconds';

const LONGEST_MONTHS = 120;
const LONGEST_MS = LONGEST_MONTHS * 31 * DAY_MS;

/** So that no time is beyond what a date can be. */
const isTooLong = (interval: Interval): boolean =>
  interval.unit !== 'business-days' && interval.every > (interval.unit === 'months' ? LONGEST_MONTHS : LONGEST_MS);

/** Distance between one value and the next, as text or in milliseconds, up to ten years. */
export const intervalSchema = z
  .union([z.number(), z.string()], { error: INTERVAL_EXPECTED })
  .transform((given, context) => {
    const interval: Interval | undefined =
      typeof given === 'string' ? parseInterval(given) : given > 0 ? { unit: 'milliseconds', every: given } : undefined;
    if (interval !== undefined && !isTooLong(interval)) return interval;
    const message = interval === undefined ? INTERVAL_EXPECTED : 'must be at most ten years';
    context.issues.push({ code: 'custom', input: given, message });
    return z.NEVER;
  });
