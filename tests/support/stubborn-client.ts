import { io } from 'socket.io-client';
import WebSocket from 'ws';

/** A client that comes back whenever its connection is lost, and resumes at the last cursor it saw. */
export interface StubbornClient {
  /** How often each event came, by its id. */
  readonly received: ReadonlyMap<string, number>;
  /** Times that a subscription was acknowledged. */
  subscriptions(): number;
  /** Cuts the connection without a farewell. */
  kill(): void;
  stop(): void;
}

export interface StubbornOptions {
  readonly httpUrl: string;
  readonly token: string;
  readonly filters: Record<string, unknown>;
}

const RECONNECT_MS = 300;

const createLedger = () => {
  const received = new Map<string, number>();
  return { received, note: (eventId: string) => received.set(eventId, (received.get(eventId) ?? 0) + 1) };
};

export const createNativeClient = ({ httpUrl, token, filters }: StubbornOptions): StubbornClient => {
  const { received, note } = createLedger();
  let socket: WebSocket;
  let after: string | undefined;
  let subscribed = 0;
  let stopped = false;
  const connect = (): void => {
    socket = new WebSocket(`${httpUrl.replace(/^http/, 'ws')}/prod?token=${token}`);
    socket.on('open', () => socket.send(JSON.stringify({ action: 'subscribe', stream: 'analytics', filters, after })));
    socket.on('message', (data) => {
      const { event, eventId, cursor } = JSON.parse(data.toString());
      after = cursor ?? after;
      if (event === 'subscribed') subscribed += 1;
      if (eventId !== undefined) note(eventId);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (!stopped) setTimeout(connect, RECONNECT_MS);
    });
  };
  connect();
  return {
    received,
    subscriptions: () => subscribed,
    kill: () => socket.terminate(),
    stop: () => {
      stopped = true;
      socket.terminate();
    },
  };
};

export const createSocketIoClient = ({ httpUrl, token, filters }: StubbornOptions): StubbornClient => {
  const { received, note } = createLedger();
  const auth: { token: string; offset?: string } = { token };
  let subscribed = 0;
  const socket = io(httpUrl, {
    transports: ['websocket'],
    path: '/prod',
    auth,
    forceNew: true,
    reconnectionDelay: RECONNECT_MS,
    reconnectionDelayMax: 1_000,
  });
  socket.on('connect', () =>
    socket.emit('subscribe', { stream: 'analytics', filters }, ({ cursor }: { cursor: string }) => {
      subscribed += 1;
      auth.offset ??= cursor;
    }),
  );
  socket.onAny((_, ...args) => {
    const { eventId, cursor } = args.at(-1);
    if (cursor !== undefined) auth.offset = cursor;
    if (eventId !== undefined) note(eventId);
  });
  return {
    received,
    subscriptions: () => subscribed,
    kill: () => void socket.io.engine?.close(),
    stop: () => void socket.disconnect(),
  };
};
