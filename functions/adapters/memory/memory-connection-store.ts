import type { ConnectionStore } from '../../core/ports.ts';
import type { Connection, Subscription } from '../../core/subscription.ts';

export const createMemoryConnectionStore = (): ConnectionStore => {
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
    subscribers: async (tenant, stream) =>
      [...subscriptions.values()]
        .flatMap((own) => [...own.values()])
        .filter((subscription) => subscription.tenant === tenant && subscription.stream === stream),
  };
};
