import type { ClientOptions, FetchRequest, FetchResponse, RequestOptions } from './api.ts';
import { backoff } from './backoff.ts';
import type { Credentials } from './credentials.ts';
import { AnalyticsError } from './errors.ts';

const REQUEST_MS = 30_000;
const ATTEMPTS = 5;

export interface HttpOptions extends RequestOptions {
  readonly body?: string;
  readonly contentType?: string;
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean;
  readonly attempts?: number;
}

/** Requests with a credential, repeated when they fail in passing. All that this client asks for may be repeated. */
export type Http = (method: string, path: string, options?: HttpOptions) => Promise<unknown>;

/** Whether the same request may succeed later. */
export const isPassing = ({ code, status = 0 }: AnalyticsError): boolean =>
  status >= 500 || status === 429 || status === 408 || code === 'client.network' || code === 'client.credential';

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null;

/** Reads an error of the service, of API Gateway before it, or of whatever else has answered. */
export const toError = (body: unknown, status?: number, retryAfter?: number): AnalyticsError => {
  if (body instanceof AnalyticsError) return body;
  const told = isRecord(body) && isRecord(body['error']) ? body['error'] : body;
  const { code, message, details } = isRecord(told) ? told : {};
  return new AnalyticsError(String(code ?? 'client.bad_answer'), String(message ?? `The service answered ${status}`), {
    details: Array.isArray(details) ? details : [],
    status,
    retryAfter,
  });
};

/** Retry-After is seconds or a date (RFC 9110, section 10.2.3). */
const retryAfterOf = ({ headers }: FetchResponse): number | undefined => {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  const wait = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return wait > 0 ? wait : undefined;
};

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** React Native's signals have neither `throwIfAborted` nor, in older versions, a reason. */
const reasonOf = (signal: AbortSignal | undefined): unknown => signal?.reason ?? new Error('Aborted');

const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort);
  });

/** Rejects with the reason of the signal when that is why a request failed. */
const send = async (
  fetch: NonNullable<ClientOptions['fetch']>,
  url: string,
  request: FetchRequest,
  signal?: AbortSignal,
): Promise<unknown> => {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, REQUEST_MS);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    const response = await fetch(url, { ...request, signal: controller.signal });
    const text = await response.text();
    const body = parseJson(text);
    if (response.ok && body !== undefined) return body;
    throw toError(body, response.status, retryAfterOf(response));
  } catch (cause) {
    if (signal?.aborted) throw reasonOf(signal);
    if (cause instanceof AnalyticsError) throw cause;
    throw new AnalyticsError('client.network', `${url} cannot be reached`, { cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
};

export const createHttp = (
  { url, fetch = (target, request) => globalThis.fetch(target, request) }: ClientOptions,
  credentials: Credentials,
): Http => {
  const base = url.replace(/\/+$/, '');

  return async (
    method,
    path,
    { body, contentType = 'application/json', keepalive, attempts = ATTEMPTS, signal } = {},
  ) => {
    let renewed = false;
    for (let attempt = 0; ; attempt += 1) {
      let token: string | undefined;
      try {
        // A link to a large result is signed by itself.
        const isLink = /^https?:/.test(path);
        token = isLink ? undefined : await credentials.get();
        const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
        if (body !== undefined) headers['content-type'] = contentType;
        const request = {
          method,
          headers,
          ...(body === undefined ? {} : { body }),
          ...(keepalive ? { keepalive } : {}),
        };
        return await send(fetch, isLink ? path : base + path, request, signal);
      } catch (error) {
        if (!(error instanceof AnalyticsError)) throw error;
        const mayRenew = error.status === 401 && credentials.renewable && !renewed;
        if (!mayRenew && (attempt + 1 >= attempts || !isPassing(error))) throw error;
        if (mayRenew) {
          renewed = true;
          credentials.forget(token);
        } else await pause(backoff(attempt, error.retryAfter), signal);
      }
    }
  };
};
