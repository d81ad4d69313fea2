import { signal } from '@preact/signals';
import { createApiClient } from '../api/client.ts';
import type { DataSource } from '../api/contract.ts';
import { createDashboardsApi } from '../api/dashboards.ts';
import { addToFeed, feed, loadEarlier } from '../live/feed.ts';
import { type LiveEvent, type LiveStatus, openLive } from '../live/live-connection.ts';
import { signOut } from './credential.ts';

/** What a signed-in reader works with: the API, the metrics there are, and the live connection. */

const EVENTS = ['analytics:update', 'analytics:failed', 'insight:new', 'alert:critical'];

/** Told when a plugin has a new result; undefined when it is not known which. */
type ResultListener = (plugin: string | undefined) => void;

export const createSession = (token: string, webSocketUrl: string) => {
  const refuse = (message: string): void => signOut(`Sign in again. ${message}`);
  const client = createApiClient({ token, onUnauthorized: refuse });
  const status = signal<LiveStatus>('connecting');
  const catalog = signal<readonly DataSource[]>([]);
  const listeners = new Set<ResultListener>();
  const tell = (plugin: string | undefined): void => {
    for (const listener of listeners) listener(plugin);
  };
  const onEvent = (event: LiveEvent): void => {
    addToFeed(event);
    if (event.event === 'analytics:update') tell(String(event.data['type']));
  };
  const live = openLive({
    url: webSocketUrl,
    token,
    events: EVENTS,
    onEvent,
    onStatus: (next) => {
      status.value = next;
    },
    onGap: () => tell(undefined),
    onRefused: refuse,
  });
  const api = createDashboardsApi(client);
  api.catalog().then(
    (sources) => {
      catalog.value = sources;
      return loadEarlier(client, [...new Set(sources.map(({ plugin }) => plugin))]);
    },
    // Whatever keeps it from being read is said where the reader asks for something; the form then has no sources.
    () => {},
  );
  return {
    api,
    status,
    catalog,
    onResult(listener: ResultListener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close(): void {
      live.close();
      feed.value = [];
    },
  };
};

export type Session = ReturnType<typeof createSession>;
