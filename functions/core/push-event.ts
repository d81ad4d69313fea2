import * as z from 'zod';
import { toCursor } from './cursor.ts';
import { eventFrame } from './socket-io-packets.ts';
import type { Protocol } from './subscription.ts';

/** The stream that carries every event of an analysis. */
export const ANALYTICS_STREAM = 'analytics';
/** Trainings as they go on, and which version of a model serves. */
export const MODELS_STREAM = 'models';
export const STREAMS = [ANALYTICS_STREAM, MODELS_STREAM] as const;

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

/** Events of one tenant that are filed, and pushed, together. */
export const eventBatchSchema = z.object({
  tenant: z.string().min(1),
  events: z.array(pushEventSchema).min(1),
  /** Fields that all the events have, kept once: an analysis may hold thousands of users. */
  fields: fieldsSchema.default({}),
});
export type EventBatch = z.infer<typeof eventBatchSchema>;

/** What travels through the push queue: new events, or what is left to do of events that are filed already. */
export const pushMessageSchema = eventBatchSchema.extend({
  /** Left out for events that are new; otherwise those that have been filed are pushed further. */
  rest: z
    .object({
      /** When the events were filed, in epoch ms. */
      position: z.number(),
      /** Under which this delivery is noted as unfinished. */
      deliveryId: z.string(),
      /** To whom: a list of subscribers from somewhere on, or connections that a former attempt could not reach. */
      to: z.union([
        z.object({ stream: z.string(), shard: z.int(), after: z.string() }),
        z.object({ connections: z.array(z.string()) }),
      ]),
      attempt: z.int(),
    })
    .optional(),
});
export type PushMessage = z.input<typeof pushMessageSchema>;
export type ParsedPushMessage = z.output<typeof pushMessageSchema>;

/** An event as it reaches a client of the native protocol. */
export interface EventFrame {
  /** `analytics:update`, `analytics:failed`, `insight:new`, `alert:critical`, or what a plugin emits. */
  readonly event: string;
  /** The same whenever the event is sent again. */
  readonly eventId: string;
  /** Where in the stream this is; to be given back as `after`. */
  readonly cursor: string;
  readonly stream: string;
  /** Ids of the client's subscriptions that it is for; left out when they are too long to list. */
  readonly subscriptions?: readonly string[];
  /** ISO 8601. */
  readonly timestamp: string;
  /** Whether it is sent again to a client that resumes. */
  readonly replayed?: boolean;
  readonly data: unknown;
}

/** Characters of subscription ids in a frame, at most: what is left beside the data has room for them. */
const LONGEST_ID_LIST = 600;

export interface FrameOptions {
  readonly protocol: Protocol;
  /** The client's names for those of its subscriptions that the event is for. */
  readonly subscriptions: readonly string[];
  /** When the event was filed, in epoch ms. */
  readonly position: number;
  /** Whether the event is sent again to a client that resumes. */
  readonly replayed?: boolean;
}

/** The frame a client receives. In socket.io the data is the event's first argument; what is known of it comes second. */
export const toFrame = (
  { event, eventId, stream, occurredAt, data }: PushEvent,
  { protocol, subscriptions, position, replayed = false }: FrameOptions,
): string => {
  const origin = {
    eventId,
    cursor: toCursor(position),
    stream,
    ...(JSON.stringify(subscriptions).length > LONGEST_ID_LIST ? {} : { subscriptions }),
    timestamp: occurredAt,
    ...(replayed ? { replayed } : {}),
  };
  if (protocol === 'socket.io') return eventFrame(event, data, origin);
  return JSON.stringify({ event, ...origin, data } satisfies EventFrame);
};
