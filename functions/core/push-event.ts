import * as z from 'zod';
import { eventFrame } from './socket-io-packets.ts';
import type { Protocol } from './subscription.ts';

/** The stream that carries every event of an analysis. */
export const ANALYTICS_STREAM = 'analytics';

const fieldValueSchema = z.union([z.string(), z.number(), z.boolean()]);
export type FieldValue = z.infer<typeof fieldValueSchema>;

/** What a subscription's filter may name, each with its value or values. */
const fieldsSchema = z.record(z.string(), z.union([fieldValueSchema, z.array(fieldValueSchema)]));
export type EventFields = z.infer<typeof fieldsSchema>;

/**
 * Something subscribers are told. `eventId` is derived from the analysis, so that a push that is repeated
 * after a failure can be recognised.
 */
const pushEventSchema = z.object({
  event: z.string(),
  eventId: z.string(),
  stream: z.string(),
  occurredAt: z.iso.datetime(),
  fields: fieldsSchema,
  data: z.unknown(),
});
export type PushEvent = z.infer<typeof pushEventSchema>;

/** What travels through the push queue: events of one tenant, for every subscriber or for the named connections. */
export const pushMessageSchema = z.object({
  tenant: z.string().min(1),
  events: z.array(pushEventSchema).min(1),
  /** Fields that all the events have, kept once: an analysis may hold thousands of users. */
  fields: fieldsSchema.default({}),
  /** Connections that a former attempt could not reach; left out, everyone who subscribed. */
  connections: z.array(z.string()).optional(),
  attempt: z.int().default(1),
});
export type PushMessage = z.input<typeof pushMessageSchema>;

/** The frame a client receives. In socket.io the data is the event's first argument; what is known of it comes second. */
export const toFrame = ({ event, eventId, stream, occurredAt, data }: PushEvent, protocol: Protocol): string => {
  const origin = { eventId, stream, timestamp: occurredAt };
  return protocol === 'native' ? JSON.stringify({ event, ...origin, data }) : eventFrame(event, data, origin);
};
