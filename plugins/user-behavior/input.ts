import * as z from 'zod';
import {
  checkSpan,
  EVENT,
  eventFields,
  haveFewEvents,
  MOST_EVENTS,
  pageSchema,
  SESSION,
  sessionFields,
  sessionsSchema,
  TOO_MANY_EVENTS,
  utcOffsetSchema,
} from '../session.ts';
import { funnelSchema } from './funnel-input.ts';

const eventSchema = z.looseObject(
  {
    ...eventFields,
    data: z.looseObject({ page: pageSchema.optional() }).optional(),
  },
  { error: EVENT },
);

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
  .looseObject(
    {
      ...sessionFields(eventSchema),
      attributes: attributesSchema.optional(),
      userAgent: userAgentSchema.optional(),
      data: z.record(z.string(), z.unknown(), { error: 'must be an object of names and values' }).optional(),
    },
    { error: SESSION },
  )
  .superRefine(checkSpan);

const retentionSchema = z.looseObject({
  /** Chosen by the length of the submission when not given. */
  period: z.enum(['day', 'week'], { error: 'must be "day" or "week"' }).optional(),
  /** Where the day begins: the visitors' distance from UTC. */
  utcOffsetMinutes: utcOffsetSchema,
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
  .looseObject(
    {
      sessions: sessionsSchema(sessionSchema),
      events: z
        .array(looseEventSchema, { error: 'must be a list of events, [{"userId": …, "type": …, "timestamp": …}]' })
        .max(MOST_EVENTS, `must hold at most ${MOST_EVENTS} events; split the submission`)
        .default([]),
      sessionGapMinutes: z
        .number()
        .min(1)
        .max(24 * 60)
        .default(30),
      funnels: z
        .array(funnelSchema, { error: 'must be a list of funnels, [{"name": …, "steps": […]}]' })
        .max(10, 'must hold at most 10 funnels')
        .default([]),
      retention: retentionSchema.prefault({}),
      sequences: sequencesSchema.prefault({}),
      /** Leaves sessions that look automatic out of everything but the section `bots`. */
      excludeBots: z.boolean({ error: 'must be true or false' }).default(false),
    },
    { error: 'must be an object with sessions or events' },
  )
  .refine(({ funnels }) => new Set(funnels.map(({ name }) => name)).size === funnels.length, {
    path: ['funnels'],
    error: 'must have a name of its own each',
  })
  .refine(({ sessions, events }) => sessions.length + events.length > 0, {
    path: ['sessions'],
    error: 'must hold at least one session (or give events)',
  })
  .refine(haveFewEvents, { path: ['sessions'], error: TOO_MANY_EVENTS });

export type BehaviorInput = z.infer<typeof inputSchema>;
export type InputEvent = z.infer<typeof eventSchema> & Partial<z.infer<typeof looseEventSchema>>;
