import * as z from 'zod';
import { timestampSchema } from './timestamp.ts';

/** In one submission. */
const MOST_SESSIONS = 5_000;
export const MOST_EVENTS = 50_000;

export const TOO_MANY_EVENTS = `must hold at most ${MOST_EVENTS} events in all; split the submission`;

/** Fields of an event beside its `data`. */
export const EVENT = 'must be an object {"type": …, "timestamp": …}';
export const SESSION = 'must be an object {"sessionId": …, "events": […]}';

export const eventFields = {
  type: z.string({ error: 'must name what happened, for example "pageview"' }).min(1).max(100),
  timestamp: timestampSchema,
};

export const pageSchema = z.string().max(2_000);

/** Fields of a session, with what a plugin takes for an event. */
export const sessionFields = <Event extends z.ZodType>(event: Event) => ({
  sessionId: z.string({ error: 'must be a text that names the session' }).min(1).max(256),
  userId: z.string().min(1).max(256).optional(),
  startTime: timestampSchema.optional(),
  endTime: timestampSchema.optional(),
  events: z
    .array(event, { error: 'must be a list of events, [{"type": …, "timestamp": …}]' })
    .max(MOST_EVENTS)
    .default([]),
});

interface Span {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly events: readonly unknown[];
}

/** A session ends after it starts, and has a time by its own account or that of its events. */
export const checkSpan = ({ startTime, endTime, events }: Span, context: z.core.$RefinementCtx): void => {
  const fail = (field: keyof Span, message: string): void =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (startTime !== undefined && endTime !== undefined && startTime > endTime)
    fail('endTime', 'must not be before startTime');
  if (startTime === undefined && events.length === 0) fail('startTime', 'must be given for a session without events');
};

export const sessionsSchema = <Session extends z.ZodType>(session: Session) =>
  z
    .array(session, { error: 'must be a list of sessions, [{"sessionId": …, "events": […]}]' })
    .max(MOST_SESSIONS, `must hold at most ${MOST_SESSIONS} sessions; split the submission`)
    .default([]);

/** Where the users' day begins. */
export const utcOffsetSchema = z
  .int({ error: 'must be a whole number of minutes, for example 60 for UTC+1' })
  .min(-14 * 60, 'must be in minutes, from -840 to 840')
  .max(14 * 60, 'must be in minutes, from -840 to 840')
  .default(0);

/** Whether sessions have few enough events together. */
export const haveFewEvents = ({ sessions }: { sessions: readonly { events: readonly unknown[] }[] }): boolean =>
  sessions.reduce((sum, { events }) => sum + events.length, 0) <= MOST_EVENTS;
