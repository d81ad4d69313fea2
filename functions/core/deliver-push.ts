import pMap from 'p-map';
import type {
  Clock,
  ConnectionCloser,
  ConnectionPoster,
  ConnectionStore,
  EventFeed,
  Logger,
  PushQueue,
} from './ports.ts';
import { type ParsedPushMessage, type PushEvent, type PushMessage, toFrame } from './push-event.ts';
import { eventsFor, type Subscription } from './subscription.ts';

export interface DeliverDependencies {
  readonly connections: ConnectionStore;
  readonly feed: EventFeed;
  readonly poster: ConnectionPoster;
  readonly closer: ConnectionCloser;
  readonly push: PushQueue;
  readonly clock: Clock;
  readonly logger: Logger;
}

const CONCURRENT_CONNECTIONS = 64;
/** Milliseconds after which no more posts are begun: what is left goes on in a message of its own. */
const POSTING_MS = 5_000;
/** Tries to reach a connection that answers neither "sent" nor "gone"; SQS carries the waiting between them. */
const MAX_ATTEMPTS = 5;

/** A message whose events are filed, so that whoever subscribes from now on finds them in the feed. */
export type FiledMessage = ParsedPushMessage & { readonly position: number };

/** Files a message's events unless a former invocation has. */
export const filePush = async ({ feed }: DeliverDependencies, message: ParsedPushMessage): Promise<FiledMessage> => ({
  ...message,
  position: message.rest?.position ?? (await feed.append(message)),
});

interface Audience {
  readonly subscriptions: readonly Subscription[];
  /** Lists of which only a page was read. */
  readonly rest: readonly { readonly stream: string; readonly shard: number; readonly after: string }[];
}

/** Those whom this invocation serves: a page of each list of subscribers, or whom a former one left. */
const readAudience = async (
  { connections }: DeliverDependencies,
  { tenant, events, rest }: FiledMessage,
): Promise<Audience> => {
  if (rest !== undefined && 'connections' in rest.to) {
    const subscriptions = await pMap(rest.to.connections, (id) => connections.subscriptionsOf(id), {
      concurrency: CONCURRENT_CONNECTIONS,
    });
    return { subscriptions: subscriptions.flat(), rest: [] };
  }
  const shards = Array.from({ length: connections.subscriberShards }, (_, shard) => shard);
  const streams = [...new Set(events.map(({ stream }) => stream))];
  const lists =
    rest !== undefined && 'shard' in rest.to
      ? [rest.to]
      : streams.flatMap((stream) => shards.map((shard) => ({ stream, shard, after: undefined })));
  const pages = await Promise.all(
    lists.map(async ({ stream, shard, after }) => {
      const { entries, next } = await connections.subscribers(tenant, stream, shard, after);
      return { entries, rest: next === undefined ? [] : [{ stream, shard, after: next }] };
    }),
  );
  return { subscriptions: pages.flatMap(({ entries }) => entries), rest: pages.flatMap((page) => page.rest) };
};

interface Delivery {
  readonly connectionId: string;
  readonly frames: readonly string[];
}

/** What one connection is due: for each event, which of its subscriptions it is for. */
interface Due {
  readonly protocol: Subscription['protocol'];
  readonly events: Map<PushEvent, string[]>;
}

/** A filter is evaluated once, however many subscriptions share it. */
const dueByConnection = (message: FiledMessage, subscriptions: readonly Subscription[]): Map<string, Due> => {
  const live = subscriptions.filter(({ replayId }) => replayId === undefined);
  const byFilter = Map.groupBy(live, ({ stream, filters }) => `${stream}\n${JSON.stringify(filters)}`);
  const connections = new Map<string, Due>();
  for (const alike of byFilter.values()) {
    const [first] = alike;
    const matches = first === undefined ? [] : eventsFor(message, first);
    if (matches.length === 0) continue;
    for (const { connectionId, subscriptionId, protocol } of alike) {
      const due: Due = connections.get(connectionId) ?? { protocol, events: new Map() };
      for (const event of matches) due.events.set(event, [...(due.events.get(event) ?? []), subscriptionId]);
      connections.set(connectionId, due);
    }
  }
  return connections;
};

/** The frames each connection is due. Those that are alike are written once: clients tend to use the same ids. */
const planDeliveries = (message: FiledMessage, subscriptions: readonly Subscription[]): Delivery[] => {
  const { events, position } = message;
  const frames = new Map<PushEvent, Map<string, string>>(events.map((event) => [event, new Map()]));
  const frameOf = (event: PushEvent, protocol: Due['protocol'], ids: readonly string[]): string => {
    const written = frames.get(event);
    const key = JSON.stringify([protocol, ids]);
    const frame = written?.get(key) ?? toFrame(event, { protocol, subscriptions: ids, position });
    written?.set(key, frame);
    return frame;
  };
  return [...dueByConnection(message, subscriptions)].map(([connectionId, { protocol, events: due }]) => ({
    connectionId,
    // In the order the events came, whichever subscription matched first.
    frames: events.flatMap((event) => {
      const ids = due.get(event);
      return ids === undefined ? [] : [frameOf(event, protocol, ids.sort())];
    }),
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

/** Posts side by side, so that a slow or dead connection holds up nobody; returns the connections not reached. */
const deliverAll = async (dependencies: DeliverDependencies, deliveries: readonly Delivery[]): Promise<string[]> => {
  const { clock } = dependencies;
  const deadline = clock().getTime() + POSTING_MS;
  const unreached = await pMap(
    deliveries,
    async (delivery) => {
      const inTime = clock().getTime() < deadline;
      const outcome = inTime ? await deliver(dependencies, delivery) : 'failed';
      return outcome === 'failed' ? [delivery.connectionId] : [];
    },
    { concurrency: CONCURRENT_CONNECTIONS },
  );
  return unreached.flat();
};

type Rest = NonNullable<PushMessage['rest']>;

/** Leaves a part of the work to another invocation, noted as unfinished for whoever resumes meanwhile. */
const handOn = async (
  { feed, push }: DeliverDependencies,
  { tenant, events, fields, position }: FiledMessage,
  { to, attempt }: Pick<Rest, 'to' | 'attempt'>,
  options?: { delaySeconds: number },
): Promise<void> => {
  const deliveryId = await feed.beginDelivery(tenant, position);
  await push.send({ tenant, events, fields, rest: { position, deliveryId, to, attempt } }, options);
};

/**
 * Ends connections that an event could not be posted to. To go on with them would leave a hole that their clients never
 * learn of; closed, a client connects again and resumes, and the delivery that took so long is noted in the feed.
 */
const giveUp = async (
  { connections, closer, logger }: DeliverDependencies,
  connectionIds: readonly string[],
  attempts: number,
): Promise<void> => {
  logger.error('Connections could not be reached and are closed', { connections: connectionIds.length, attempts });
  await pMap(
    connectionIds,
    async (connectionId) => {
      await closer.disconnect(connectionId);
      await connections.close(connectionId);
    },
    { concurrency: CONCURRENT_CONNECTIONS },
  );
};

/**
 * Pushes filed events to a page of those who subscribed to them. The pages that follow are handed on first, so that
 * all are served at once and no invocation grows with the audience; so are connections that could not be reached.
 *
 * The subscribers must be read after the events were filed: who is not among them yet finds the events in the feed.
 */
export const deliverPush = async (dependencies: DeliverDependencies, message: FiledMessage): Promise<void> => {
  const { feed } = dependencies;
  const { tenant, rest } = message;
  const attempt = rest?.attempt ?? 1;
  const audience = await readAudience(dependencies, message);
  await Promise.all(audience.rest.map((to) => handOn(dependencies, message, { to, attempt: 1 })));
  const unreached = await deliverAll(dependencies, planDeliveries(message, audience.subscriptions));
  if (unreached.length > 0 && attempt < MAX_ATTEMPTS) {
    const to = { connections: unreached };
    await handOn(dependencies, message, { to, attempt: attempt + 1 }, { delaySeconds: 2 ** attempt });
  } else if (unreached.length > 0) {
    await giveUp(dependencies, unreached, attempt);
  }
  if (rest !== undefined) await feed.endDelivery(tenant, rest.deliveryId);
};
