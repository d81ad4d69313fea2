import { keyIdOf } from '../../core/api-key.ts';
import type { ConnectionStore } from '../../core/ports.ts';
import type { Connection, Subscription } from '../../core/subscription.ts';

/** @param subscriberPage subscriptions in a page */
export const createMemoryConnectionStore = (subscriberPage = 1_000): ConnectionStore => {
  const connections = new Map<string, Connection>();
  const subscriptions = new Map<string, Map<string, Subscription>>();
  return {
    async open(connection) {
      connections.set(connection.connectionId, connection);
    },
    get: async (connectionId) => connections.get(connectionId),
    async identify(connectionId, principal) {
      const connection = connections.get(connectionId);
      if (connection === undefined || (connection.principal?.tenant ?? principal.tenant) !== principal.tenant) {
        return false;
      }
      connections.set(connectionId, { ...connection, principal });
      return true;
    },
    async close(connectionId) {
      connections.delete(connectionId);
      subscriptions.delete(connectionId);
    },
    async subscribe(subscription) {
      const own = subscriptions.get(subscription.connectionId) ?? new Map<string, Subscription>();
      own.set(subscription.subscriptionId, subscription);
      subscriptions.set(subscription.connectionId, own);
    },
    unsubscribe: async (connectionId, subscriptionId) =>
      subscriptions.get(connectionId)?.delete(subscriptionId) ?? false,
    countSubscriptions: async (connectionId) => subscriptions.get(connectionId)?.size ?? 0,
    heartbeatShards: 1,
    heartbeats: async () => ({
      entries: [...connections.values()].flatMap(({ connectionId, protocol }) =>
        protocol === 'socket.io' ? connectionId : [],
      ),
      next: undefined,
    }),
    authenticatedBy: async (tenant, keyId) => ({
      entries: [...connections.values()].flatMap(({ connectionId, principal }) =>
        principal?.tenant === tenant && keyIdOf(principal) === keyId ? connectionId : [],
      ),
      next: undefined,
    }),
    subscriptionsOf: async (connectionId) => [...(subscriptions.get(connectionId)?.values() ?? [])],
    async goLive(connectionId, subscriptionId, replayId) {
      const own = subscriptions.get(connectionId);
      const subscription = own?.get(subscriptionId);
      if (subscription?.replayId !== replayId) return false;
      const { replayId: _, ...live } = subscription;
      own?.set(subscriptionId, live);
      return true;
    },
    subscriberShards: 1,
    async subscribers(tenant, stream, _, after) {
      const all = [...subscriptions.values()]
        .flatMap((own) => [...own.values()])
        .filter((subscription) => subscription.tenant === tenant && subscription.stream === stream);
      const from = after === undefined ? 0 : Number(after);
      const to = from + subscriberPage;
      return { entries: all.slice(from, to), next: to < all.length ? String(to) : undefined };
    },
  };
};
