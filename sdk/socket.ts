import type { ClientOptions, WebSocketLike } from './api.ts';
import { parseJson } from './http.ts';
import type { LiveEvent } from './wire.ts';

/** Milliseconds that opening may take, and the answer to a frame. */
const ANSWER_MS = 15_000;
/** Milliseconds after which a silent client pings. API Gateway closes a connection that is idle for ten minutes. */
const PING_MS = 4 * 60_000;

/** What the service sends: an answer or a notice. */
export interface Frame {
  readonly event: string;
  readonly id?: string;
  readonly cursor?: string;
  readonly expiresAt?: string;
  readonly error?: unknown;
}

export interface SocketOptions {
  readonly url: string;
  readonly WebSocket: NonNullable<ClientOptions['WebSocket']>;
  readonly onOpen: () => void;
  readonly onFrame: (frame: Frame) => void;
  readonly onEvent: (event: LiveEvent) => void;
  /** Called once, unless it was ended from here. */
  readonly onLost: () => void;
}

/** One connection, which is lost when it closes and also when the service leaves a frame without an answer. */
export interface Socket {
  send(frame: object): void;
  /** Makes sure that it still is one. */
  ping(): void;
  end(): void;
}

const isEvent = (frame: object): frame is LiveEvent => 'eventId' in frame;

/** Other frames are API Gateway's own, "Internal server error" for example: what was asked has been lost. */
const isOfService = (frame: object): frame is Frame => 'event' in frame;

/** No answer: it is sent some time after the one to the subscription. */
const RESUMED = 'resumed';

export const openSocket = ({ url, WebSocket, onOpen, onFrame, onEvent, onLost }: SocketOptions): Socket => {
  const socket: WebSocketLike = new WebSocket(url);
  let over = false;
  let unanswered = 1;
  let answerTimer: ReturnType<typeof setTimeout> | undefined;
  let pingTimer: ReturnType<typeof setTimeout> | undefined;

  const end = (): void => {
    over = true;
    clearTimeout(answerTimer);
    clearTimeout(pingTimer);
    socket.close();
  };
  const lose = (): void => {
    if (over) return;
    end();
    onLost();
  };
  const expect = (more: number): void => {
    unanswered = Math.max(0, unanswered + more);
    clearTimeout(answerTimer);
    if (unanswered > 0) answerTimer = setTimeout(lose, ANSWER_MS);
  };
  const send = (frame: object): void => {
    clearTimeout(pingTimer);
    pingTimer = setTimeout(ping, PING_MS);
    expect(1);
    socket.send(JSON.stringify(frame));
  };
  const ping = (): void => send({ action: 'ping' });

  const receive = (data: unknown): void => {
    const frame = parseJson(String(data));
    if (over || typeof frame !== 'object' || frame === null) return;
    if (isEvent(frame)) onEvent(frame);
    else if (isOfService(frame)) {
      if (frame.event !== RESUMED) expect(-1);
      onFrame(frame);
    } else lose();
  };

  expect(0);
  socket.onopen = () => {
    expect(-1);
    if (!over) onOpen();
  };
  socket.onmessage = ({ data }: { data: unknown }) => receive(data);
  socket.onclose = lose;
  // What goes wrong closes it as well; without a listener some implementations would throw.
  socket.onerror = () => {};
  return { send, ping, end };
};
