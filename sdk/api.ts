import type { AnalyticsError } from './errors.ts';
import type { AnalysisView, LiveEvent, Query, Submission, SubscriptionFilters } from './wire.ts';

type MaybePromise<Value> = Value | PromiseLike<Value>;

/** The shape of `localStorage`, and of React Native's AsyncStorage. */
export interface KeyValueStorage {
  getItem(key: string): MaybePromise<string | null>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

export interface QueueOptions {
  /** Submissions that may wait; one more is refused with `client.queue_full`. @default 1000 */
  readonly maxItems?: number;
  /** Characters of JSON that may wait. @default 4,000,000 */
  readonly maxCharacters?: number;
  /** Keeps what waits beyond the end of the page or process. Without one it is kept in memory. */
  readonly persistence?: {
    readonly storage: KeyValueStorage;
    /**
     * Whose queue it is. What is found under this name is sent with this client's credential: name the signed-in user,
     * so that nobody's data is ever sent for another.
     */
    readonly name: string;
  };
}

export interface BatchOptions {
  /** Submissions in one request, 500 at most. @default 100 */
  readonly maxItems?: number;
  /** Milliseconds that a submission waits for others to travel with. @default 500 */
  readonly maxDelay?: number;
}

/** What a WebSocket needs to have: the browser's, React Native's and Node's do, and so does the package `ws`. */
export interface WebSocketLike {
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  send(data: string): void;
  close(): void;
}

export interface FetchRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly keepalive?: boolean;
  readonly signal?: AbortSignal;
}

export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** `closed`: no subscription needs one, or the credential was refused. `waiting`: for the next attempt to connect. */
export type ConnectionState = 'closed' | 'connecting' | 'open' | 'waiting';

export interface ClientOptions {
  /** Of the HTTP API, for example `https://abc.execute-api.eu-west-1.amazonaws.com`. */
  readonly url: string;
  /** Of the WebSocket API with its stage. @default `url` with the scheme `ws` and the path `/prod`, as on one machine */
  readonly webSocketUrl?: string;
  /** A JSON Web Token that lives as long as this client does. */
  readonly token?: string;
  /** An API key: for servers and scripts, never for a page. */
  readonly apiKey?: string;
  /** Asked for a token when one is needed, and for another when that has expired. */
  readonly getToken?: () => MaybePromise<string>;
  readonly batch?: BatchOptions;
  readonly queue?: QueueOptions;
  /**
   * Told of what may go wrong unseen: submissions that are refused, a queue that cannot be sent, a handler that throws.
   *
   * @default a warning on the console
   */
  readonly onError?: (error: AnalyticsError) => void;
  readonly onConnection?: (state: ConnectionState) => void;
  /** @default the global one */
  readonly fetch?: (url: string, request: FetchRequest) => Promise<FetchResponse>;
  /** @default the global one, which Node has since 22 */
  readonly WebSocket?: new (
    url: string,
  ) => WebSocketLike;
}

export interface Submitted {
  readonly analysisId: string;
}

export interface SubscribeOptions {
  /** @default `analytics` */
  readonly stream?: string;
  /** Fields an event must have, each with its value or values: `type`, `event`, `severity`, a plugin's dimensions. */
  readonly filters?: SubscriptionFilters;
  /** The `cursor` of the last event an earlier subscription received: what came since is sent first. */
  readonly after?: string;
  /** Called whenever the service has taken the subscription: at first, and after each reconnection. */
  readonly onSubscribed?: () => void;
  /** What was missed is older than events are kept: query it. The subscription goes on with what is new. */
  readonly onExpired?: () => void;
  /** The service refused the subscription, which has ended. @default `onError` of the client */
  readonly onRefused?: (error: AnalyticsError) => void;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
}

export interface WaitOptions extends RequestOptions {
  /** Milliseconds after which it rejects with `client.timeout`. @default none */
  readonly timeout?: number;
}

export interface Page {
  readonly results: readonly AnalysisView[];
  /** Give it back as `cursor` for the next page; null when there is none. */
  readonly nextCursor: string | null;
}

export interface AnalyticsClient {
  /**
   * Queues data for analysis and resolves when the service has accepted it: sent in batches, and again until it is
   * taken, through lost connections and ends of the page, once only. Rejects when the service refuses this submission.
   *
   * @param submission with an `idempotencyKey` of your own if the app may submit the same thing again
   */
  submit(submission: Submission & { readonly idempotencyKey?: string }): Promise<Submitted>;
  /** Sends what waits now. Resolves when all of it has been answered, rejects when it cannot be sent. */
  flush(): Promise<void>;
  /** How many submissions wait. */
  pending(): number;
  /** An analysis as it stands; a large result is fetched from its link. */
  result(analysisId: string, options?: RequestOptions): Promise<AnalysisView>;
  /** Resolves with the completed analysis when it is pushed, rejects with its error when it failed. */
  waitForResult(analysisId: string, options?: WaitOptions): Promise<AnalysisView>;
  /** One page of ended analyses, newest first. */
  queryPage(query: Query, options?: RequestOptions): Promise<Page>;
  /** Ended analyses, newest first, page after page as they are asked for. */
  query(query: Query, options?: RequestOptions): AsyncGenerator<AnalysisView, void, undefined>;
  /**
   * Calls `handler` with each event that passes the filters, once, in spite of reconnections. Returns what ends it.
   */
  subscribe(options: SubscribeOptions, handler: (event: LiveEvent) => unknown): () => void;
  /** Ends timers, listeners and the connection. What waits stays in the storage, if there is one. */
  close(): void;
}
