import type { DimensionValues } from '../../plugins/contract.ts';
import type { PluginManifest } from '../../plugins/manifest.ts';
import type { Analysis, EmittedEvent, EndedAnalysis, Job, Plots, QueuedAnalysis } from './analysis.ts';
import type { ApiKey } from './api-key.ts';
import type { Principal } from './authenticate.ts';
import type { ErrorCode, ErrorDetail } from './errors.ts';
import type { FollowUp } from './follow-up.ts';
import type { EventBatch, PushMessage } from './push-event.ts';
import type { RateDecision, RouteClass } from './rate-limit.ts';
import type { Connection, Subscription } from './subscription.ts';

/** What the domain needs of the world. Each port has an in-memory and an AWS implementation under `adapters/`. */

export type Clock = () => Date;

export interface Logger {
  debug(message: string, details?: Record<string, unknown>): void;
  info(message: string, details?: Record<string, unknown>): void;
  warn(message: string, details?: Record<string, unknown>): void;
  error(message: string, details?: Record<string, unknown>): void;
}

export interface Metrics {
  /** Counts one occurrence. */
  count(name: 'RedisFailed' | 'RedisBypassed'): void;
}

export interface RateLimiter {
  /** Counts one request of a tenant, unless it is one too many. */
  take(tenant: string, routeClass: RouteClass): Promise<RateDecision>;
}

/** Verifies JSON Web Tokens by the keys this deployment trusts. */
export interface TokenVerifier {
  /** @throws {AppError} `auth.invalid` or `auth.expired`; any other error is a fault of ours. */
  verify(token: string): Promise<Principal>;
}

export interface ApiKeyStore {
  /** Keeps a key's hash with what is known of it. */
  add(key: ApiKey, hash: string): Promise<void>;
  /** The key of a hash, unless it was revoked. */
  find(hash: string): Promise<ApiKey | undefined>;
  /** A tenant's keys, oldest first. */
  list(tenant: string): Promise<ApiKey[]>;
  /** Returns whether the tenant had such a key. */
  revoke(tenant: string, id: string): Promise<boolean>;
}

/** The plugins of this deployment, fixed when it was built. */
export interface PluginCatalog {
  list(): readonly PluginManifest[];
  find(type: string): PluginManifest | undefined;
}

/** Newest-first position in the log of ended analyses: `<submittedAt>#<analysisId>`. */
export type LogKey = string;

export interface LogRange {
  readonly tenant: string;
  readonly type: string;
  /** A dimension's name and value; left out, every analysis of the type. */
  readonly dimension?: { readonly name: string; readonly value: string };
  /** A view that the results have; not together with a dimension. */
  readonly view?: string;
  /** Calendar month `YYYY-MM` (UTC) that the range lies in. */
  readonly month: string;
  /** Keys at or above this one … */
  readonly from: LogKey;
  /** … and below this one. */
  readonly before: LogKey;
}

/** One ended analysis as the log knows it. */
export interface LogEntry {
  readonly key: LogKey;
  readonly analysisId: string;
  readonly status: EndedAnalysis['status'];
  readonly processingMs: number;
}

export interface AnalysisStore {
  /** Stores a new analysis; when its id is taken, leaves the stored one as it is and returns it. */
  create(analysis: QueuedAnalysis): Promise<{ created: true } | { created: false; existing: Analysis }>;
  /** Stores analyses whose ids are known to be new, in as few calls as possible. */
  createMany(analyses: readonly QueuedAnalysis[]): Promise<void>;
  get(tenant: string, analysisId: string): Promise<Analysis | undefined>;
  getMany(tenant: string, analysisIds: readonly string[]): Promise<Analysis[]>;
  /**
   * Notes that a redelivered job is about to run again.
   * Returns how many such starts there have been since it last ended, this one included, and what is stored.
   */
  noteRestart(job: Job): Promise<{ restarts: number; stored: Analysis }>;
  /**
   * Stores an outcome and files it in the log. A completed analysis is final: ending it again changes nothing and
   * returns false; a failed one may be ended anew, for that is what replaying a dead letter does.
   */
  end(analysis: EndedAnalysis): Promise<boolean>;
  /** Files an outcome in the log again, in case the first attempt died half-way; filing twice changes nothing. */
  file(analysis: EndedAnalysis): Promise<void>;
  /** The newest `limit` entries of a range, newest first. */
  newest(range: LogRange, limit: number): Promise<LogEntry[]>;
  /** Every entry of a range, in no particular order. */
  scan(range: LogRange): AsyncIterable<LogEntry>;
}

/** Who ever submitted anything, for what must be done tenant by tenant. */
export interface TenantStore {
  note(tenant: string): Promise<void>;
  list(): Promise<string[]>;
}

export interface UsageTotals {
  readonly completed: number;
  readonly failed: number;
  /** Milliseconds that plugins worked on the completed analyses. */
  readonly processingMs: number;
}

export type UsageLevel = 'month' | 'day' | 'hour' | 'minute';

export interface UsageBucket {
  readonly start: Date;
  /** Absent after the bucket was invalidated. */
  readonly totals?: UsageTotals;
  /** Times the bucket was invalidated. */
  readonly epoch: number;
  /** Since then nothing was analysed but in buckets that are stored themselves. */
  readonly emptySince?: Date;
}

interface UsageTotal {
  readonly totals: UsageTotals;
  /** The epoch that the bucket was read with. */
  readonly epoch: number;
  readonly emptySince?: Date | undefined;
}

/** Totals of closed time buckets: a view that can always be recomputed from the log. */
export interface UsageStore {
  read(scope: UsageScope, level: UsageLevel, from: Date, before: Date): Promise<UsageBucket[]>;
  /** Stores totals unless the bucket was invalidated since it was read; returns whether they were kept. */
  store(scope: UsageScope, level: UsageLevel, start: Date, total: UsageTotal): Promise<boolean>;
  /** Forgets a bucket's totals because an entry was filed in it after it had closed. */
  invalidate(scope: UsageScope, level: UsageLevel, start: Date): Promise<void>;
}

export interface UsageScope {
  readonly tenant: string;
  readonly type: string;
}

/** Where documents are kept that are too large to travel. */
export interface DocumentStore {
  put(key: string, json: string): Promise<void>;
  /** @returns the parsed document, or undefined when there is none under `key`. */
  get(key: string): Promise<unknown>;
  delete(key: string): Promise<void>;
  /** A URL that serves the document to whoever holds it, for a limited time. */
  link(key: string): Promise<{ url: string; expiresAt: string }>;
}

export interface JobQueue {
  send(job: Job): Promise<void>;
  /** Sends many; returns the jobs that the queue did not take. */
  sendMany(jobs: readonly Job[]): Promise<Job[]>;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  readonly deadLettered: number;
}

export interface QueueMonitor {
  depth(type: string): Promise<QueueDepth>;
}

export interface DeadLetterQueue {
  send(job: Job, failure: { code: string; message: string }): Promise<void>;
}

export interface PushQueue {
  send(message: PushMessage, options?: { delaySeconds?: number }): Promise<void>;
}

/** Work on a connection that a route cannot do itself: API Gateway takes posts to it only after `$connect` has ended. */
export interface FollowUpQueue {
  send(followUp: FollowUp, options?: { delaySeconds?: number }): Promise<void>;
}

/** What became of one run of a plugin. Nothing a plugin does makes the runner throw. */
export type RunOutcome =
  | {
      readonly status: 'completed';
      readonly output: PluginResult;
      readonly dimensions: DimensionValues;
      readonly events: readonly EmittedEvent[];
      readonly plots: Plots;
      readonly processingMs: number;
    }
  | {
      readonly status: 'failed';
      readonly code: Extract<ErrorCode, `plugin.${string}` | 'payload.missing'>;
      readonly message: string;
      readonly details: readonly ErrorDetail[];
      readonly processingMs: number;
    };

export interface PluginResult {
  readonly insights: readonly unknown[];
  readonly patterns: readonly unknown[];
  readonly metrics: { readonly [key: string]: unknown };
  readonly [section: string]: unknown;
}

export interface PluginRunner {
  run(job: Pick<Job, 'tenant' | 'analysisId' | 'submittedAt'>, data: unknown): Promise<RunOutcome>;
}

export interface Page<Entry> {
  readonly entries: readonly Entry[];
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined;
}

export interface ConnectionStore {
  /** Keeps a connection, or what has become known of it. */
  open(connection: Connection): Promise<void>;
  get(connectionId: string): Promise<Connection | undefined>;
  /** Says whom an open connection stands for; returns false when it is closed or stands for another tenant already. */
  identify(connectionId: string, principal: Principal): Promise<boolean>;
  /** Removes the connection and every subscription it holds. */
  close(connectionId: string): Promise<void>;
  subscribe(subscription: Subscription): Promise<void>;
  /** Returns whether there was such a subscription. */
  unsubscribe(connectionId: string, subscriptionId: string): Promise<boolean>;
  countSubscriptions(connectionId: string): Promise<number>;
  subscriptionsOf(connectionId: string): Promise<Subscription[]>;
  /**
   * Lets a subscription be pushed to once its replay has caught up.
   * Returns whether it still waited for that replay.
   */
  goLive(connectionId: string, subscriptionId: string, replayId: string): Promise<boolean>;
  /** Who listens to a stream, a page at a time; `subscriberShards` lists are read side by side. */
  readonly subscriberShards: number;
  subscribers(tenant: string, stream: string, shard: number, after: string | undefined): Promise<Page<Subscription>>;
  /** Connections that expect heartbeats, a page at a time; `heartbeatShards` lists are read side by side. */
  readonly heartbeatShards: number;
  heartbeats(shard: number, after: string | undefined): Promise<Page<string>>;
  /** Connections that were authenticated by an API key, and may be by something else by now, a page at a time. */
  authenticatedBy(tenant: string, keyId: string, after: string | undefined): Promise<Page<string>>;
}

export interface FeedEntry {
  /** In the order of the feed; begins with the position. */
  readonly key: string;
  /** When the batch was filed, in epoch ms. */
  readonly position: number;
  readonly batch: EventBatch;
}

/** Every event of the last hours, in the order of filing, for clients that were away. */
export interface EventFeed {
  /** Files a batch; returns its position. A batch that is filed twice is there twice. */
  append(batch: EventBatch): Promise<number>;
  /** The entries after a key and before a position; `next` is undefined when there are no more. */
  read(tenant: string, after: string, before: number): Promise<Page<FeedEntry>>;
  /** Notes that events filed at a position are still to be pushed to somebody; returns the note's id. */
  beginDelivery(tenant: string, position: number): Promise<string>;
  /** Forgets a note, unless the delivery took so long that clients may have cursors far beyond it. */
  endDelivery(tenant: string, deliveryId: string): Promise<void>;
  /** The oldest position of the deliveries that had not ended before `since`, in epoch ms. */
  oldestDelivery(tenant: string, since: number): Promise<number | undefined>;
}

/** A look at a connection, or at those that were opened with a key which is no more, that is due later. */
export type ConnectionCheck =
  | {
      readonly connectionId: string;
      /** The expiry that is looked for; absent when it is whether the connection has authenticated at all. */
      readonly expiresAt?: string | undefined;
    }
  | RevokedKey;

export interface RevokedKey {
  readonly tenant: string;
  readonly keyId: string;
  /** Where to go on, beyond the first page of connections. */
  readonly after?: string | undefined;
}

export interface ConnectionCheckQueue {
  /** @param delaySeconds 0 to 900 */
  send(check: ConnectionCheck, delaySeconds: number): Promise<void>;
}

export interface ConnectionCloser {
  /** Ends a connection; one that has ended already is as good. */
  disconnect(connectionId: string): Promise<void>;
}

export type PostOutcome = 'sent' | 'gone' | 'failed';

export interface ConnectionPoster {
  /** Never throws: a connection that cannot be reached concerns nobody else. */
  post(connectionId: string, frame: string): Promise<PostOutcome>;
}

/** The state of something the service depends on, as the health endpoint words it. */
export type ComponentState = 'healthy' | 'unhealthy' | 'not_configured';

export interface ComponentProbe {
  readonly name: string;
  check(): Promise<ComponentState>;
}
