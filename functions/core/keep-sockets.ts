import pMap from 'p-map';
import type { ConnectionPoster, ConnectionStore, FollowUpQueue, Logger } from './ports.ts';
import { openFrame, PING_FRAME } from './socket-io-packets.ts';

export interface KeepDependencies {
  readonly connections: ConnectionStore;
  readonly poster: ConnectionPoster;
  readonly followUps: FollowUpQueue;
  /** Waits for so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<unknown>;
  readonly logger: Logger;
}

const CONCURRENT_POSTS = 64;
/** Milliseconds between looks at a connection that is about to open. */
const OPENING_PAUSES = [0, 20, 50, 150, 400];
/** Tries to open a connection, a second apart: a socket.io client waits for twenty. */
const MOST_OPENINGS = 10;

/**
 * Sends a socket.io client engine.io's first frame. `$connect` cannot: the connection exists only once it has ended,
 * and until then API Gateway says of it that it is gone.
 */
export const openSocket = async (
  { poster, followUps, wait, logger }: KeepDependencies,
  { connectionId, attempt }: { connectionId: string; attempt: number },
): Promise<void> => {
  for (const pause of OPENING_PAUSES) {
    await wait(pause);
    if ((await poster.post(connectionId, openFrame(connectionId))) === 'sent') return;
  }
  // The client may have left meanwhile: that is its right, and `$disconnect` has been told.
  if (attempt >= MOST_OPENINGS) logger.info('A socket.io connection did not open', { connectionId });
  else await followUps.send({ kind: 'open', connectionId, attempt: attempt + 1 }, { delaySeconds: 1 });
};

/** Has every socket.io connection pinged, each list of them by messages of its own. */
export const scheduleHeartbeats = async ({
  connections,
  followUps,
}: Pick<KeepDependencies, 'connections' | 'followUps'>): Promise<void> => {
  const shards = Array.from({ length: connections.heartbeatShards }, (_, shard) => shard);
  await Promise.all(shards.map((shard) => followUps.send({ kind: 'heartbeat', shard })));
};

/** Pings one page of socket.io connections; the next page is a message of its own. */
export const sendHeartbeats = async (
  { connections, poster, followUps }: KeepDependencies,
  { shard, after }: { shard: number; after?: string | undefined },
): Promise<void> => {
  const { entries, next } = await connections.heartbeats(shard, after);
  if (next !== undefined) await followUps.send({ kind: 'heartbeat', shard, after: next });
  await pMap(
    entries,
    async (connectionId) => {
      if ((await poster.post(connectionId, PING_FRAME)) === 'gone') await connections.close(connectionId);
    },
    { concurrency: CONCURRENT_POSTS },
  );
};
