import { shortenText } from '../../models/text/fingerprint.ts';
import { normalizeMessage } from './error-messages.ts';
import type { PerformanceInput } from './input.ts';

export interface Request {
  /** Method and path with ids replaced, for example `GET /users/:id`. */
  readonly endpoint: string;
  readonly status: number;
  /** Milliseconds. */
  readonly responseTime: number;
  /** Epoch ms. */
  readonly time: number;
  readonly error: string | undefined;
  /** Of a failed request: its error without what is particular to one occurrence. */
  readonly normalizedError?: string | undefined;
  readonly userId?: string | undefined;
}

const ID_SEGMENT = /^(\d+|[0-9a-f]{16,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/** Drops the query and writes `:id` for numbers, UUIDs and long hexadecimal segments, so that one route is one endpoint. */
export const normalizePath = (path: string): string =>
  (path.split(/[?#]/)[0] ?? path)
    .split('/')
    .map((segment) => (ID_SEGMENT.test(segment) ? ':id' : segment))
    .join('/');

export const endpointName = ({ endpoint, path, method }: PerformanceInput['requests'][number]): string => {
  const name = normalizePath(endpoint ?? path ?? '');
  return shortenText(method === undefined ? name : `${method.toUpperCase()} ${name}`);
};

/** The requests in order of time. */
export const toRequests = ({ requests }: PerformanceInput): Request[] =>
  requests
    .map((request) => ({
      endpoint: endpointName(request),
      status: request.status,
      responseTime: request.responseTime,
      time: request.timestamp,
      error: request.error,
      normalizedError:
        request.status < 400 || request.error === undefined ? undefined : normalizeMessage(request.error),
      userId: request.userId,
    }))
    .sort((a, b) => a.time - b.time);

export const isServerError = ({ status }: Request): boolean => status >= 500;
export const isClientError = ({ status }: Request): boolean => status >= 400 && status < 500;
