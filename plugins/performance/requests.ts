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
  return method === undefined ? name : `${method.toUpperCase()} ${name}`;
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
      userId: request.userId,
    }))
    .sort((a, b) => a.time - b.time);

export const isServerError = ({ status }: Request): boolean => status >= 500;
export const isClientError = ({ status }: Request): boolean => status >= 400 && status < 500;

/** Rounds for the result: a hundredth of a millisecond is below what anyone measures. */
export const round = (value: number, digits = 2): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** No sample makes anything certain. */
export const toConfidence = (probability: number): number => Math.min(0.999, Math.max(0, round(probability, 3)));

/** An approximation says nothing about probabilities below a millionth. */
export const toPValue = (probability: number): number => Math.max(1e-6, round(probability, 6));

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;

export interface Capped<Item> {
  readonly items: readonly Item[];
  readonly omitted: number;
}

export const capped = <Item>(items: readonly Item[], most = 20): Capped<Item> => ({
  items: items.slice(0, most),
  omitted: Math.max(0, items.length - most),
});

/** A section about which the data says too little, with what it would need. */
export interface InsufficientData {
  readonly status: 'insufficient_data';
  readonly missing: readonly string[];
}

/** Milliseconds in words. */
export const formatMs = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`;

/** Hours in words. */
export const formatHours = (hours: number): string => {
  if (hours < 1.5) return `${Math.round(hours * 60)} min`;
  return hours < 48 ? `${hours.toFixed(hours < 10 ? 1 : 0)} h` : `${(hours / 24).toFixed(hours < 240 ? 1 : 0)} days`;
};
