import type { Principal } from './authenticate.ts';
import type { EventFields, FieldValue } from './push-event.ts';

export interface Connection {
  readonly connectionId: string;
  readonly connectedAt: string;
  /** Whom it stands for; absent until it has authenticated. */
  readonly principal?: Principal;
}

export type SubscriptionFilters = { readonly [field: string]: FieldValue | readonly FieldValue[] };

export interface Subscription {
  readonly connectionId: string;
  /** The client's own name for it, unique within the connection. */
  readonly subscriptionId: string;
  readonly tenant: string;
  readonly stream: string;
  readonly filters: SubscriptionFilters;
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
