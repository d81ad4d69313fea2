import type { WebSocketLike } from '../../sdk/api.ts';
import type { LiveEvent } from '../../sdk/wire.ts';

type Listener = ((event: never) => unknown) | null;
type Frame = ReturnType<typeof JSON.parse>;

/** The service's side of one connection of a client under test. */
export class FakeSocket implements WebSocketLike {
  onopen: Listener = null;
  onmessage: Listener = null;
  onclose: Listener = null;
  onerror: Listener = null;
  readonly url: string;
  readonly sent: Frame[] = [];
  isClosed = false;

  constructor(url: string) {
    this.url = url;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.isClosed = true;
  }

  #call(listener: Listener, event: object): void {
    (listener as ((event: object) => unknown) | null)?.(event);
  }

  open(): void {
    this.#call(this.onopen, {});
  }

  receive(frame: object): void {
    this.#call(this.onmessage, { data: JSON.stringify(frame) });
  }

  /** The connection ends without a word of the client. */
  cut(): void {
    this.#call(this.onclose, {});
  }

  frames(action: string): Frame[] {
    return this.sent.filter((frame) => frame.action === action);
  }
}

/** A constructor for the client, and the connections it has made. */
export const fakeSockets = () => {
  const sockets: FakeSocket[] = [];
  class Recorded extends FakeSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  }
  const last = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('No connection was made');
    return socket;
  };
  return { WebSocket: Recorded, sockets, last };
};

export const eventOf = (eventId: string, overrides: Partial<LiveEvent> = {}): LiveEvent => ({
  event: 'analytics:update',
  eventId,
  cursor: `cursor-${eventId}`,
  stream: 'analytics',
  subscriptions: ['1'],
  timestamp: '2026-01-01T00:00:00.000Z',
  data: {},
  ...overrides,
});
