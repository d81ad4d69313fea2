import type { Principal } from './authenticate.ts';
import type { EventBatch, EventFields, FieldValue, PushEvent } from './push-event.ts';

/** What a connection speaks: frames of JSON, or those of socket.io 4. */
export type Protocol = 'native' | 'socket.io';

export interface Connection {
  readonly connectionId: string;
  readonly connectedAt: string;
  readonly protocol: Protocol;
  /** Cursor that a socket.io client brought in its handshake: its subscriptions resume there. */
  readonly offset?: string;
  /** Whom it stands for; absent until it has authenticated. */
  readonly principal?: Principal;
}

export type SubscriptionFilters = { readonly [field: string]: FieldValue | readonly FieldValue[] };

export interface Subscription {
  readonly connectionId: string;
  /** The client's own name for it, unique within the connection. */
  readonly subscriptionId: string;
  readonly tenant: string;
  readonly protocol: Protocol;
  readonly stream: string;
  readonly filters: SubscriptionFilters;
  /** While what was missed is being replayed, the id of that replay: nothing new is pushed until it has caught up. */
  readonly replayId?: string;
}

const asList = <Value>(value: Value | readonly Value[]): readonly Value[] =>
  Array.isArray(value) ? value : [value as Value];

/**
 * Whether an event with these fields passes a filter: each field the filter names must hold one of the values given for it.
 * A field the event does not have never matches; an empty filter matches everything.
 */
export const matchesFilters = (fields: EventFields, filters: SubscriptionFilters): boolean =>
  Object.entries(filters).every(([field, wanted]) => {
    const actual = fields[field];
    return actual !== undefined && asList(wanted).some((value) => asList(actual).includes(value));
  });

/** Those of a batch's events that a subscription is about, in their order. */
export const eventsFor = (
  { events, fields }: EventBatch,
  { stream, filters }: Pick<Subscription, 'stream' | 'filters'>,
): PushEvent[] =>
  events.filter((event) => event.stream === stream && matchesFilters({ ...fields, ...event.fields }, filters));
