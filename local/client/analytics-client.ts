import WebSocket from 'ws';

/** What the demo and the benchmarks need of the service, over the same HTTP and WebSocket any app uses. */

export interface PushedEvent {
  readonly event: string;
  readonly eventId: string;
  readonly data: { readonly [name: string]: unknown };
}

export interface Subscription {
  close(): void;
}

/** Where the service is, and who asks. */
export interface Access {
  readonly url: string;
  /** A token or an API key. */
  readonly credential: string;
}

export interface SubscribeOptions extends Access {
  readonly filters: { readonly [field: string]: unknown };
  readonly onEvent: (event: PushedEvent) => void;
  /** Told when the connection was lost and is being made anew. */
  readonly onReconnect?: () => void;
}

const RECONNECT_MS = 1000;

/** Subscribes, and goes on where it was whenever the connection drops. Resolves once the first subscription stands. */
export const subscribe = ({
  url,
  credential,
  filters,
  onEvent,
  onReconnect,
}: SubscribeOptions): Promise<Subscription> => {
  let socket: WebSocket;
  let closed = false;
  const { promise, resolve, reject } = Promise.withResolvers<Subscription>();
  const subscription = {
    close: () => {
      closed = true;
      socket.close();
    },
  };
  let established = false;
  let after: string | undefined;
  const connect = (): void => {
    socket = new WebSocket(`${url}?token=${encodeURIComponent(credential)}`);
    socket.on('open', () =>
      socket.send(JSON.stringify({ action: 'subscribe', stream: 'analytics', filters, after, id: '1' })),
    );
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString());
      after = message.cursor ?? after;
      if (message.event === 'subscribed') {
        established = true;
        resolve(subscription);
      } else if (message.event === 'error') {
        reject(new Error(`${message.error.message}: ${JSON.stringify(message.error.details)}`));
      } else if (message.eventId !== undefined) onEvent(message);
    });
    socket.on('error', (error) => {
      if (!established) reject(new Error(`${url} cannot be reached: ${error.message}`, { cause: error }));
    });
    socket.on('close', () => {
      if (closed || !established) return;
      onReconnect?.();
      setTimeout(connect, RECONNECT_MS);
    });
  };
  connect();
  return promise;
};

/** @returns the id of the analysis that was queued */
export const submit = async ({ url, credential }: Access, type: string, data: object): Promise<string> => {
  const response = await fetch(`${url}/api/analytics/submit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
    body: JSON.stringify({ type, data }),
  });
  const answer = (await response.json()) as { analysisId?: string; error?: { message: string } };
  if (answer.analysisId !== undefined) return answer.analysisId;
  throw new Error(`${response.status}: ${answer.error?.message ?? JSON.stringify(answer)}`);
};

/** Percentile (nearest rank) of values in any order. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};
