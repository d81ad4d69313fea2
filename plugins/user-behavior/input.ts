import * as z from 'zod';
import { timestampSchema } from '../timestamp.ts';
import { funnelSchema } from './funnel-input.ts';

const MOST_SESSIONS = 5_000;
const MOST_EVENTS = 50_000;

const eventSchema = z.looseObject({
  type: z.string({ error: 'must name what happened, for example "pageview"' }).min(1).max(100),
  timestamp: timestampSchema,
  data: z.looseObject({ page: z.string().max(2_000).optional() }).optional(),
});

/** What is known of the visitor, by name: device, country, plan. */
const attributesSchema = z.record(
  z.string().min(1).max(64),
  z
    .union([z.string().max(256), z.number(), z.boolean()], { error: 'must be a text, a number or a boolean' })
    .transform(String),
);
const userAgentSchema = z.string().max(1_000);

const looseEventSchema = eventSchema.extend({
  userId: z.string().min(1).max(256),
  attributes: attributesSchema.optional(),
  userAgent: userAgentSchema.optional(),
});

const sessionSchema = z
  .looseObject({
    sessionId: z.string({ error: 'must be a text that names the session' }).min(1).max(256),
    userId: z.string().min(1).max(256).optional(),
    startTime: timestampSchema.optional(),
    endTime: timestampSchema.optional(),
    events: z.array(eventSchema).max(MOST_EVENTS).default([]),
    attributes: attributesSchema.optional(),
    userAgent: userAgentSchema.optional(),
    data: z.record(z.string(), z.unknown(), { error: 'must be an object of names and values' }).optional(),
  })
  .refine(({ startTime, endTime }) => startTime === undefined || endTime === undefined || startTime <= endTime, {
    path: ['endTime'],
    error: 'must not be before startTime',
  })
  .refine(({ startTime, events }) => startTime !== undefined || events.length > 0, {
    path: ['startTime'],
    error: 'must be given for a session without events',
  });

const retentionSchema = z.looseObject({
  /** Chosen by the length of the submission when not given. */
  period: z.enum(['day', 'week'], { error: 'must be "day" or "week"' }).optional(),
  /** Where the day begins: the visitors' distance from UTC. */
  utcOffsetMinutes: z
    .int({ error: 'must be a whole number of minutes, for example 60 for UTC+1' })
    .min(-14 * 60, 'must be in minutes, from -840 to 840')
    .max(14 * 60, 'must be in minutes, from -840 to 840')
    .default(0),
});

const sequencesSchema = z.looseObject({
  /** Share of sessions that must show a sequence. */
  minSupport: z
    .number()
    .positive('must be a share of sessions above 0 and up to 1')
    .max(1, 'must be a share of sessions from 0 to 1; write 0.05 for 5%')
    .default(0.02),
  /** How much likelier the last action must be after the others than at large. */
  minLift: z.number().min(0).max(1_000).default(1.2),
  maxLength: z.int().min(2).max(20).default(8),
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
    funnels: z.array(funnelSchema).max(10, 'must hold at most 10 funnels').default([]),
    retention: retentionSchema.prefault({}),
    sequences: sequencesSchema.prefault({}),
    /** Leaves sessions that look automatic out of everything but the section `bots`. */
    excludeBots: z.boolean({ error: 'must be true or false' }).default(false),
  })
  .refine(({ funnels }) => new Set(funnels.map(({ name }) => name)).size === funnels.length, {
    path: ['funnels'],
    error: 'must have a name of its own each',
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
export type InputEvent = z.infer<typeof eventSchema> & Partial<z.infer<typeof looseEventSchema>>;
