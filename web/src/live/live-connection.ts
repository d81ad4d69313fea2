/** A subscription that lives as long as the page: it comes back by itself, goes on where it stopped, and says how it is. */

export type LiveStatus = 'connecting' | 'live' | 'offline';

export interface LiveEvent {
  readonly event: string;
  readonly eventId: string;
  readonly cursor: string;
  readonly timestamp: string;
  /** Sent again after an interruption. */
  readonly replayed?: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface LiveOptions {
  readonly url: string;
  readonly token: string;
  /** Kinds of events to be told of. */
  readonly events: readonly string[];
  /** Each event once, however often it comes. */
  readonly onEvent: (event: LiveEvent) => void;
  readonly onStatus: (status: LiveStatus) => void;
  /** Events were lost for good: what they would have changed must be read anew. */
  readonly onGap: () => void;
  /** The service does not take the credential. */
  readonly onRefused: (message: string) => void;
}

/** API Gateway closes a connection that was silent for ten minutes. */
const PING_MS = 4 * 60_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** Event ids kept to recognise what comes again. */
const REMEMBERED = 2_000;

type Frame = { readonly event: string; readonly [field: string]: unknown };

const isPush = (frame: Frame): boolean => typeof frame['eventId'] === 'string';

const createMemory = () => {
  const seen = new Set<string>();
  return {
    /** Whether the id is new. */
    remember(id: string): boolean {
      if (seen.has(id)) return false;
      seen.add(id);
      const [oldest] = seen;
      if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
      return true;
    },
  };
};

/** Full jitter: clients that lost the same server do not come back at the same moment. */
export const retryDelay = (attempt: number, random: () => number = Math.random): number =>
  random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);

export const openLive = (options: LiveOptions): { close(): void } => {
  const { url, token, events, onEvent, onStatus, onGap, onRefused } = options;
  const { remember } = createMemory();
  let socket: WebSocket | undefined;
  let cursor: string | undefined;
  let attempt = 0;
  let closed = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const send = (message: object): void => socket?.send(JSON.stringify(message));

  const close = (): void => {
    closed = true;
    clearTimeout(retry);
    clearInterval(ping);
    socket?.close();
  };

  const onFrame = (frame: Frame): void => {
    if (isPush(frame)) {
      const event = frame as unknown as LiveEvent;
      cursor = event.cursor;
      if (remember(event.eventId)) onEvent(event);
      return;
    }
    switch (frame.event) {
      case 'authenticated':
        send({ action: 'subscribe', stream: 'analytics', filters: { event: events }, id: 'page', after: cursor });
        break;
      case 'resume:expired':
        onGap();
        attempt = 0;
        cursor = String(frame['cursor']);
        onStatus('live');
        break;
      case 'subscribed':
        attempt = 0;
        cursor ??= String(frame['cursor']);
        onStatus('live');
        break;
      case 'error': {
        const { code = '', message = '' } = (frame['error'] ?? {}) as { code?: string; message?: string };
        if (!code.startsWith('auth.')) break;
        close();
        onRefused(message);
        break;
      }
    }
  };

  const connect = (): void => {
    onStatus(attempt === 0 ? 'connecting' : 'offline');
    socket = new WebSocket(url);
    socket.addEventListener('open', () => send({ action: 'authenticate', token }));
    socket.addEventListener('message', ({ data }) => onFrame(JSON.parse(String(data)) as Frame));
    socket.addEventListener('close', () => {
      if (closed) return;
      onStatus('offline');
      retry = setTimeout(connect, retryDelay(attempt));
      attempt += 1;
    });
  };

  const ping = setInterval(() => {
    if (socket?.readyState === WebSocket.OPEN) send({ action: 'ping' });
  }, PING_MS);
  connect();
  return { close };
};
