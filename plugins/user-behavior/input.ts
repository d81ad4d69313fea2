import * as z from 'zod';
import { timestampSchema } from '../timestamp.ts';

const MOST_SESSIONS = 5_000;
const MOST_EVENTS = 50_000;

const eventSchema = z.looseObject({
  type: z.string({ error: 'must name what happened, for example "pageview"' }).min(1).max(100),
  timestamp: timestampSchema,
  data: z.looseObject({ page: z.string().max(2_000).optional() }).optional(),
});

const looseEventSchema = eventSchema.extend({ userId: z.string().min(1).max(256) });

const sessionSchema = z
  .looseObject({
    sessionId: z.string({ error: 'must be a text that names the session' }).min(1).max(256),
    userId: z.string().min(1).max(256).optional(),
    startTime: timestampSchema.optional(),
    endTime: timestampSchema.optional(),
    events: z.array(eventSchema).max(MOST_EVENTS).default([]),
  })
  .refine(({ startTime, endTime }) => startTime === undefined || endTime === undefined || startTime <= endTime, {
    path: ['endTime'],
    error: 'must not be before startTime',
  })
  .refine(({ startTime, events }) => startTime !== undefined || events.length > 0, {
    path: ['startTime'],
    error: 'must be given for a session without events',
  });

/**
 * Sessions with their events, or a flat list of events with a user each, which is cut into sessions where a user
 * was silent for `sessionGapMinutes`.
 */
export const inputSchema = z
  .looseObject({
    sessions: z
      .array(sessionSchema)
      .max(MOST_SESSIONS, `must hold at most ${MOST_SESSIONS} sessions; split the submission`)
      .default([]),
    events: z
      .array(looseEventSchema)
      .max(MOST_EVENTS, `must hold at most ${MOST_EVENTS} events; split the submission`)
      .default([]),
    sessionGapMinutes: z
      .number()
      .min(1)
      .max(24 * 60)
      .default(30),
  })
  .refine(({ sessions, events }) => sessions.length + events.length > 0, {
    path: ['sessions'],
    error: 'must hold at least one session (or give events)',
  })
  .refine(({ sessions }) => sessions.reduce((sum, { events }) => sum + events.length, 0) <= MOST_EVENTS, {
    path: ['sessions'],
    error: `must hold at most ${MOST_EVENTS} events in all; split the submission`,
  });

export type BehaviorInput = z.infer<typeof inputSchema>;
export type InputEvent = z.infer<typeof eventSchema>;
