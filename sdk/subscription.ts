import type { SubscribeOptions } from './api.ts';
import { AnalyticsError } from './errors.ts';
import { createRecentIds } from './recent-ids.ts';
import type { LiveEvent } from './wire.ts';

/** One subscription of this client, which outlives the connections it is held on. */
export interface Subscription {
  readonly id: string;
  /** The frame that asks for it, from where it stands. */
  request(): object;
  /** The service has taken it, at this position. */
  begin(cursor: string): void;
  /** What was missed is no longer kept. */
  expire(cursor?: string): void;
  /** All that was missed has been sent. */
  moveTo(cursor: string): void;
  refuse(error: AnalyticsError): void;
  receive(event: LiveEvent): void;
  /** Whether it stands where nothing can be resumed from, because the service does not know its cursor. */
  hasCursor(): boolean;
}

export const createSubscription = (
  id: string,
  { stream = 'analytics', filters = {}, after, onSubscribed, onExpired, onRefused }: SubscribeOptions,
  handler: (event: LiveEvent) => unknown,
  onError: (error: AnalyticsError) => void,
): Subscription => {
  const recent = createRecentIds();
  let cursor = after;
  /** Where a subscription began that asked for nothing earlier. */
  let start: string | undefined;

  /** What an app's function throws, or rejects with, must not end the connection of the others. */
  const guarded = async (call: () => unknown): Promise<void> => {
    try {
      await call();
    } catch (cause) {
      onError(new AnalyticsError('client.handler', 'A handler failed', { cause }));
    }
  };

  return {
    id,
    request: () => ({ action: 'subscribe', id, stream, filters, ...(cursor === undefined ? {} : { after: cursor }) }),
    begin(from) {
      if (cursor === undefined) start = from;
      cursor ??= from;
      void guarded(() => onSubscribed?.());
    },
    expire(from) {
      cursor = from;
      void guarded(() => onExpired?.());
    },
    moveTo(to) {
      cursor = to;
    },
    refuse: (error) => void guarded(() => (onRefused ?? onError)(error)),
    receive(event) {
      cursor = event.cursor;
      // Resuming brings some events from before the cursor again, even those from before there was a subscription.
      const isEarlier = event.replayed === true && start !== undefined && cursor < start;
      if (!isEarlier && recent.add(event.eventId)) void guarded(() => handler(event));
    },
    hasCursor: () => cursor !== undefined,
  };
};
