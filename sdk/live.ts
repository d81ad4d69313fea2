import type { AnalyticsClient, ClientOptions, ConnectionState } from './api.ts';
import { backoff } from './backoff.ts';
import type { Credentials } from './credentials.ts';
import { AnalyticsError } from './errors.ts';
import { toError } from './http.ts';
import { type Frame, openSocket, type Socket } from './socket.ts';
import { createSubscription, type Subscription } from './subscription.ts';
import type { LiveEvent } from './wire.ts';

/** Milliseconds that a connection without a subscription stays open for the next one. */
const LINGER_MS = 10_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Id of the frames that authenticate; those of subscriptions are numbers. */
const AUTHENTICATION = 'auth';

type Timer = ReturnType<typeof setTimeout> | undefined;

export interface Live {
  readonly subscribe: AnalyticsClient['subscribe'];
  isOpen(): boolean;
  /** The network is back: connects at once, or makes sure that the connection still is one. */
  wake(): void;
  close(): void;
}

/** Milliseconds until a token is renewed: some time before it expires, whatever it lives. */
const renewIn = (expiresAt: string): number => {
  const left = Date.parse(expiresAt) - Date.now();
  // Clocks that differ by more than a token's life must not make it be renewed over and over.
  return left > 0 ? Math.min(Math.max(left * 0.8, left - 60_000), LONGEST_TIMER_MS) : 60_000;
};

/** One connection at a time for all subscriptions, made anew whenever it is lost. */
export const createLive = (
  { webSocketUrl, url, WebSocket = globalThis.WebSocket, onConnection }: ClientOptions,
  credentials: Credentials,
  onError: (error: AnalyticsError) => void,
): Live => {
  const subscriptions = new Map<string, Subscription>();
  let state: ConnectionState = 'closed';
  let socket: Socket | undefined;
  let failures = 0;
  let lastId = 0;
  let retryTimer: Timer;
  let renewTimer: Timer;
  let lingerTimer: Timer;

  const enter = (next: ConnectionState): void => {
    if (next !== state) onConnection?.(next);
    state = next;
  };

  const leaveSocket = (next: ConnectionState): void => {
    for (const timer of [retryTimer, renewTimer, lingerTimer]) clearTimeout(timer);
    socket?.end();
    socket = undefined;
    enter(next);
  };
  const disconnect = () => leaveSocket('closed');

  const reconnect = (): void => {
    leaveSocket(subscriptions.size === 0 ? 'closed' : 'waiting');
    if (state === 'closed') return;
    failures += 1;
    retryTimer = setTimeout(connect, backoff(failures + 1));
  };

  const connect = (): void => {
    leaveSocket('connecting');
    try {
      socket = openSocket({
        url: webSocketUrl ?? `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/prod`,
        WebSocket,
        onOpen: () => authenticate(reconnect),
        onFrame: receive,
        onEvent: dispatch,
        onLost: reconnect,
      });
    } catch (cause) {
      enter('closed');
      onError(new AnalyticsError('client.network', 'A WebSocket cannot be made', { cause }));
    }
  };

  /** In a frame: a token in the URL would stand in access logs. */
  const authenticate = async (onFailure: () => void): Promise<void> => {
    const current = socket;
    try {
      const token = await credentials.get();
      if (socket === current) current?.send({ action: 'authenticate', token, id: AUTHENTICATION });
    } catch (error) {
      if (failures === 0) onError(toError(error));
      if (socket === current) onFailure();
    }
  };

  const renew = (): void => {
    credentials.forget();
    void authenticate(() => {
      renewTimer = setTimeout(renew, backoff(failures + 5));
    });
  };

  const authenticated = ({ expiresAt }: Frame): void => {
    failures = 0;
    clearTimeout(renewTimer);
    if (expiresAt !== undefined && credentials.renewable) renewTimer = setTimeout(renew, renewIn(expiresAt));
    if (state === 'open') return;
    enter('open');
    for (const subscription of subscriptions.values()) socket?.send(subscription.request());
  };

  const authenticationRefused = (error: AnalyticsError): void => {
    const mayPass = credentials.renewable || error.code === 'internal';
    // The first refusal of a token that was at hand may only mean that it has expired.
    if (!mayPass || failures === 1) onError(error);
    credentials.forget();
    if (mayPass) reconnect();
    else disconnect();
  };

  const subscriptionRefused = (subscription: Subscription, error: AnalyticsError): void => {
    const { code, details } = error;
    if (details[0]?.field === 'after' && subscription.hasCursor()) {
      subscription.expire();
      socket?.send(subscription.request());
    } else if (/^(internal|websocket\.closed|auth\.(required|expired|invalid))$/.test(code)) {
      reconnect();
    } else {
      subscriptions.delete(subscription.id);
      subscription.refuse(error);
    }
  };

  const receive = (frame: Frame): void => {
    const { event, id = '', cursor = '' } = frame;
    const subscription = subscriptions.get(id);
    if (event === 'authenticated') authenticated(frame);
    else if (event === 'subscribed') subscription?.begin(cursor);
    else if (event === 'resumed') subscription?.moveTo(cursor);
    else if (event === 'resume:expired') {
      subscription?.expire(cursor);
      subscription?.begin(cursor);
    } else if (event === 'error' && id === AUTHENTICATION) authenticationRefused(toError(frame));
    else if (event === 'error' && subscription !== undefined) subscriptionRefused(subscription, toError(frame));
  };

  const dispatch = (event: LiveEvent): void => {
    for (const id of event.subscriptions ?? subscriptions.keys()) subscriptions.get(id)?.receive(event);
  };

  return {
    subscribe(options, handler) {
      lastId += 1;
      const subscription = createSubscription(String(lastId), options, handler, onError);
      subscriptions.set(subscription.id, subscription);
      clearTimeout(lingerTimer);
      if (state === 'open') socket?.send(subscription.request());
      else if (state === 'closed') connect();
      return () => {
        if (!subscriptions.delete(subscription.id)) return;
        if (state === 'open') socket?.send({ action: 'unsubscribe', id: subscription.id });
        if (subscriptions.size === 0) lingerTimer = setTimeout(disconnect, LINGER_MS);
      };
    },

    isOpen: () => state === 'open',

    wake() {
      if (state === 'open') socket?.ping();
      else if (state !== 'connecting' && subscriptions.size > 0) connect();
    },

    close() {
      subscriptions.clear();
      disconnect();
    },
  };
};
