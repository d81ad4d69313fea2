import { signal } from '@preact/signals';
import type { AnalyticsError, ConnectionState, LiveEvent } from '../../../sdk/index.ts';
import { createApiClient } from '../api/client.ts';
import type { DataSource } from '../api/contract.ts';
import { createDashboardsApi } from '../api/dashboards.ts';
import { addToFeed, feed, loadEarlier } from '../live/feed.ts';
import { openService } from '../live/service.ts';
import { signOut } from './credential.ts';

/** What a signed-in reader works with: the API, the metrics there are, and the live connection. */

const EVENTS = ['analytics:update', 'analytics:failed', 'insight:new', 'alert:critical'];

/** Told when a plugin has a new result; undefined when it is not known which. */
type ResultListener = (plugin: string | undefined) => void;

const refuse = (message: string): void => signOut(`Sign in again. ${message}`);

const onError = (error: AnalyticsError): void => {
  if (error.code.startsWith('auth.')) refuse(error.message);
  else console.warn(error);
};

const typeOf = ({ data }: LiveEvent): string | undefined => {
  const { type } = (data ?? {}) as { readonly type?: unknown };
  return typeof type === 'string' ? type : undefined;
};

export const createSession = (token: string, webSocketUrl: string) => {
  const connection = signal<ConnectionState>('connecting');
  const catalog = signal<readonly DataSource[]>([]);
  const listeners = new Set<ResultListener>();
  const tell = (plugin: string | undefined): void => {
    for (const listener of listeners) listener(plugin);
  };
  const onConnection = (state: ConnectionState): void => {
    connection.value = state;
  };
  const service = openService({ url: location.origin, webSocketUrl, token, onConnection }, onError);
  service.subscribe({ filters: { event: EVENTS }, onExpired: () => tell(undefined), onRefused: onError }, (event) => {
    addToFeed(event);
    if (event.event === 'analytics:update') tell(typeOf(event));
  });
  const api = createDashboardsApi(createApiClient({ token, onUnauthorized: refuse }));
  api.catalog().then(
    (sources) => {
      catalog.value = sources;
      return loadEarlier(service, [...new Set(sources.map(({ plugin }) => plugin))]);
    },
    // Whatever keeps it from being read is said where the reader asks for something; the form then has no sources.
    () => {},
  );
  return {
    api,
    connection,
    catalog,
    onResult(listener: ResultListener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close(): void {
      service.close();
      feed.value = [];
    },
  };
};

export type Session = ReturnType<typeof createSession>;
