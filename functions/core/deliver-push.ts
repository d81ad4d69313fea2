import pMap from 'p-map';
import type { ConnectionPoster, ConnectionStore, Logger, PushQueue } from './ports.ts';
import { type EventFields, type PushEvent, type PushMessage, toFrame } from './push-event.ts';
import { matchesFilters, type Protocol, type Subscription } from './subscription.ts';

export interface DeliverDependencies {
  readonly connections: ConnectionStore;
  readonly poster: ConnectionPoster;
  readonly push: PushQueue;
  readonly logger: Logger;
}

const CONCURRENT_CONNECTIONS = 64;
/** Tries to reach a connection that answers neither "sent" nor "gone"; SQS carries the waiting between them. */
const MAX_ATTEMPTS = 5;

interface Delivery {
  readonly connectionId: string;
  readonly frames: readonly string[];
}

/** The frames each connection is due. A filter is evaluated once an event, however many subscriptions share it. */
const planDeliveries = (
  events: readonly PushEvent[],
  shared: EventFields,
  subscriptions: readonly Subscription[],
): Delivery[] => {
  const matchesByFilter = new Map<string, ReadonlySet<PushEvent>>();
  const framesOf = new Map<Protocol, ReadonlyMap<PushEvent, string>>();
  const dueByConnection = new Map<string, { protocol: Protocol; due: Set<PushEvent> }>();
  for (const { connectionId, protocol, stream, filters } of subscriptions) {
    const filterKey = `${stream}\n${JSON.stringify(filters)}`;
    const matches =
      matchesByFilter.get(filterKey) ??
      new Set(
        events.filter((event) => event.stream === stream && matchesFilters({ ...shared, ...event.fields }, filters)),
      );
    matchesByFilter.set(filterKey, matches);
    const { due } = dueByConnection.get(connectionId) ?? { due: new Set() };
    for (const event of matches) due.add(event);
    dueByConnection.set(connectionId, { protocol, due });
    if (!framesOf.has(protocol))
      framesOf.set(protocol, new Map(events.map((event) => [event, toFrame(event, protocol)])));
  }
  return [...dueByConnection].map(([connectionId, { protocol, due }]) => ({
    connectionId,
    // In the order the events came, whichever subscription matched first.
    frames: events.filter((event) => due.has(event)).map((event) => framesOf.get(protocol)?.get(event) ?? ''),
  }));
};

/** Posts one connection's frames in order; a connection found dead is removed with its subscriptions. */
const deliver = async (
  { connections, poster }: DeliverDependencies,
  { connectionId, frames }: Delivery,
): Promise<'sent' | 'gone' | 'failed'> => {
  for (const frame of frames) {
    const outcome = await poster.post(connectionId, frame);
    if (outcome === 'gone') await connections.close(connectionId);
    if (outcome !== 'sent') return outcome;
  }
  return 'sent';
};

/**
 * Pushes a message's events to every connection that subscribed to them. Connections are served side by side, so a
 * slow or dead one holds up nobody; those that could not be reached are tried again by a message of their own.
 */
export const deliverPush = async (
  dependencies: DeliverDependencies,
  { tenant, events, fields = {}, connections: only, attempt = 1 }: PushMessage,
): Promise<void> => {
  const { connections, push, logger } = dependencies;
  const streams = [...new Set(events.map(({ stream }) => stream))];
  const all = (await Promise.all(streams.map((stream) => connections.subscribers(tenant, stream)))).flat();
  const subscriptions = only === undefined ? all : all.filter(({ connectionId }) => only.includes(connectionId));
  const unreached: string[] = [];
  await pMap(
    planDeliveries(events, fields, subscriptions),
    async (delivery) => {
      if ((await deliver(dependencies, delivery)) === 'failed') unreached.push(delivery.connectionId);
    },
    { concurrency: CONCURRENT_CONNECTIONS },
  );
  if (unreached.length === 0) return;
  if (attempt >= MAX_ATTEMPTS) {
    logger.error('Connections could not be reached', { connections: unreached.length, attempts: attempt });
    return;
  }
  const again = { tenant, events, fields, connections: unreached, attempt: attempt + 1 };
  await push.send(again, { delaySeconds: 2 ** attempt });
};
