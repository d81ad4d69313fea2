import * as z from 'zod';
import { createWallClock } from '../models/series/time-grid.ts';

const ZONE_EXPECTED = 'must be a time zone of the IANA database, for example "Europe/Berlin"';

/** A time zone by its name; gives its clock on the wall. */
export const timeZoneSchema = z.string({ error: ZONE_EXPECTED }).transform((timeZone, context) => {
  try {
    return createWallClock(timeZone);
  } catch {
    context.issues.push({ code: 'custom', input: timeZone, message: ZONE_EXPECTED });
    return z.NEVER;
  }
});
