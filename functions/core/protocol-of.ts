import type { Protocol } from './subscription.ts';

/** Version of engine.io's protocol that socket.io 3 and 4 speak. */
const ENGINE_IO = '4';

/** What a client speaks, by the query of its handshake; undefined when it is a version or transport not served. */
export const protocolOf = ({
  EIO: version,
  transport,
}: {
  readonly [name: string]: string | undefined;
}): Protocol | undefined => {
  if (version === undefined) return 'native';
  return version === ENGINE_IO && transport === 'websocket' ? 'socket.io' : undefined;
};
