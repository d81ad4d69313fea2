import type { ErrorDetail, ServiceErrorCode } from './wire.ts';

/** Failures that the client itself finds. */
export type ClientErrorCode =
  /** The service cannot be reached. */
  | 'client.network'
  /** What answered was not the service: a wrong `url`, a proxy, the sign-in page of a hotel. */
  | 'client.bad_answer'
  /** `getToken` failed. */
  | 'client.credential'
  /** The queue of submissions is full; this one was not taken. */
  | 'client.queue_full'
  /** The storage refused to keep the queue, which lives on in memory. */
  | 'client.storage'
  /** Data that cannot be written as JSON. */
  | 'client.not_json'
  /** A handler of the app threw. */
  | 'client.handler'
  /** The result did not come in the time that was given. */
  | 'client.timeout'
  | 'client.closed';

/** Everything this client rejects with or reports. */
export class AnalyticsError extends Error {
  override readonly name = 'AnalyticsError';
  /** The service's own dotted code, one of the client's, or, from a service newer than this client, another. */
  readonly code: ServiceErrorCode | ClientErrorCode | (string & {});
  /** What is wrong and where, one entry a field. */
  readonly details: readonly ErrorDetail[];
  /** HTTP status, when the service answered with one. */
  readonly status: number | undefined;
  /** Milliseconds the service asked to wait before the next attempt. */
  readonly retryAfter: number | undefined;

  constructor(
    code: AnalyticsError['code'],
    message: string,
    {
      details = [],
      status,
      retryAfter,
      cause,
    }: {
      details?: readonly ErrorDetail[];
      status?: number | undefined;
      retryAfter?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.details = details;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}
