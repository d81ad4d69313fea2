import { fromCursor, overlapBefore, toCursor, toFeedKey } from './cursor.ts';
import { AppError } from './errors.ts';
import type { Replay } from './follow-up.ts';
import type {
  Clock,
  ConnectionCloser,
  ConnectionPoster,
  ConnectionStore,
  EventFeed,
  FeedEntry,
  FollowUpQueue,
  Logger,
} from './ports.ts';
import { toFrame } from './push-event.ts';
import { eventFrame } from './socket-io-packets.ts';
import { eventsFor, type Subscription } from './subscription.ts';

export interface ReplayDependencies {
  readonly connections: ConnectionStore;
  readonly feed: EventFeed;
  readonly poster: ConnectionPoster;
  readonly closer: ConnectionCloser;
  readonly followUps: FollowUpQueue;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Milliseconds after which a replay goes on in another invocation. */
const REPLAYING_MS = 5_000;
/** Milliseconds after which nothing is filed any more at a position: filing takes three seconds, clocks differ by less. */
const SETTLED_MS = 5_000;
/** A cursor may be ahead of this clock by as much as clocks differ. */
const SKEW_MS = 2_000;
const MOST_ATTEMPTS = 5;

/**
 * The position a cursor stands for.
 *
 * @returns undefined when events after it are no longer kept
 * @throws {AppError} when it is none that was given out
 */
export const resumePosition = (cursor: string, now: Date, retentionHours: number): number | undefined => {
  const position = fromCursor(cursor);
  if (position === undefined || position > now.getTime() + SKEW_MS) {
    throw new AppError('request.invalid', '"after" is not valid: it must be the cursor of an event that was received', {
      details: [{ field: 'after', message: 'must be the cursor of an event that was received' }],
    });
  }
  return overlapBefore(position) < now.getTime() - retentionHours * 3_600_000 ? undefined : position;
};

type Ended = 'done' | 'gone' | 'failed' | 'out of time';

/** Sends what of the feed a subscription is about, in order, and notes how far it came. */
const sendEntries = async (
  { feed, poster, clock }: ReplayDependencies,
  subscription: Subscription,
  progress: { after: string },
  { before, deadline }: { before: number; deadline: number },
): Promise<Ended> => {
  const { tenant, connectionId, protocol, subscriptionId } = subscription;
  const subscriptions = [subscriptionId];
  const send = async ({ position, batch }: FeedEntry): Promise<Ended> => {
    for (const event of eventsFor(batch, subscription)) {
      const outcome = await poster.post(
        connectionId,
        toFrame(event, { protocol, subscriptions, position, replayed: true }),
      );
      if (outcome !== 'sent') return outcome;
    }
    return 'done';
  };
  for (;;) {
    const { entries, next } = await feed.read(tenant, progress.after, before);
    for (const entry of entries) {
      if (clock().getTime() > deadline) return 'out of time';
      const ended = await send(entry);
      if (ended !== 'done') return ended;
      progress.after = entry.key;
    }
    if (next === undefined) return 'done';
    progress.after = next;
  }
};

const startOf = async ({ feed }: ReplayDependencies, tenant: string, cursor: number): Promise<string> => {
  const since = overlapBefore(cursor);
  const unfinished = await feed.oldestDelivery(tenant, since);
  return toFeedKey(overlapBefore(Math.min(cursor, unfinished ?? cursor)));
};

const announce = ({ protocol, subscriptionId }: Subscription, cursor: string): string => {
  const told = { id: subscriptionId, cursor };
  return protocol === 'native' ? JSON.stringify({ event: 'resumed', ...told }) : eventFrame('resumed', told);
};

/** Ends the replay as it went: with the client gone, in another invocation, or by telling the client. */
const conclude = async (
  { connections, feed, poster, closer, followUps, clock, logger }: ReplayDependencies,
  replay: Replay,
  ended: Ended,
): Promise<void> => {
  const { subscription, deliveryId, attempt } = replay;
  const { connectionId, tenant } = subscription;
  if (ended === 'gone') await connections.close(connectionId);
  else if (ended === 'out of time') await followUps.send(replay);
  else if (ended === 'failed' && attempt < MOST_ATTEMPTS) {
    await followUps.send({ ...replay, attempt: attempt + 1 }, { delaySeconds: 2 ** attempt });
  } else if (ended === 'failed') {
    // Its client would wait for what never comes; closed, it connects again and resumes.
    logger.error('A connection could not be reached for its replay and is closed', { connectionId, attempts: attempt });
    await closer.disconnect(connectionId);
    await connections.close(connectionId);
  } else {
    await poster.post(connectionId, announce(subscription, toCursor(clock().getTime() - SETTLED_MS)));
  }
  const isOver = ended === 'done' || ended === 'gone' || (ended === 'failed' && attempt >= MOST_ATTEMPTS);
  if (isOver && deliveryId !== undefined) await feed.endDelivery(tenant, deliveryId);
};

/**
 * Sends a subscription what its client missed, then lets it go live, with no hole between the two.
 *
 * While events are replayed nothing new is pushed, so that cursors come in order. Only what is settled is replayed
 * that way: nothing is filed any more before it. Then the subscription goes live, and what was filed since, or was
 * being filed, follows; an event that comes by both ways has one id. That last part is noted as an unfinished
 * delivery, because a live event may overtake it.
 */
export const replayEvents = async (dependencies: ReplayDependencies, replay: Replay): Promise<void> => {
  const { connections, feed, clock } = dependencies;
  const { subscription, replayId, cursor } = replay;
  const { tenant, connectionId, subscriptionId } = subscription;
  const now = clock().getTime();
  const deadline = now + REPLAYING_MS;
  const progress = { after: replay.after ?? (await startOf(dependencies, tenant, cursor)) };
  let { deliveryId } = replay;
  if (deliveryId === undefined) {
    const ended = await sendEntries(dependencies, subscription, progress, { before: now - SETTLED_MS, deadline });
    if (ended !== 'done') return conclude(dependencies, { ...replay, after: progress.after }, ended);
    deliveryId = await feed.beginDelivery(tenant, now - SETTLED_MS);
    // Unsubscribed, closed, or resumed anew meanwhile: then it is not for this replay to go on.
    if (!(await connections.goLive(connectionId, subscriptionId, replayId))) {
      return feed.endDelivery(tenant, deliveryId);
    }
  }
  const ended = await sendEntries(dependencies, subscription, progress, { before: Number.POSITIVE_INFINITY, deadline });
  await conclude(dependencies, { ...replay, after: progress.after, deliveryId }, ended);
};
