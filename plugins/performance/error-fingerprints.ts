import { fingerprintOf } from '../../models/text/fingerprint.ts';
import { type Capped, capped } from '../figures.ts';
import { isClientError, isServerError, type Request } from './requests.ts';

const MOST_ENDPOINTS = 5;
/** What is quoted of a group, so that somebody recognises it. */
export const EXAMPLE_LENGTH = 300;

export interface ErrorFingerprint {
  /** Of the normalised message, or of endpoint and status where no message was sent. */
  readonly fingerprint: string;
  readonly message: string | null;
  readonly example: string | null;
  readonly count: number;
  readonly users: number;
  readonly statuses: readonly number[];
  readonly endpoints: readonly { readonly endpoint: string; readonly count: number }[];
  readonly affectedEndpoints: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

const describe = (key: string, group: readonly Request[]): ErrorFingerprint => {
  const [first, last] = [group[0], group.at(-1)];
  const endpoints = [...Map.groupBy(group, ({ endpoint }) => endpoint)]
    .map(([endpoint, ofEndpoint]) => ({ endpoint, count: ofEndpoint.length }))
    .sort((a, b) => b.count - a.count || a.endpoint.localeCompare(b.endpoint));
  return {
    fingerprint: fingerprintOf(key),
    message: first?.normalizedError?.slice(0, EXAMPLE_LENGTH) ?? null,
    example: first?.error?.slice(0, EXAMPLE_LENGTH) ?? null,
    count: group.length,
    users: new Set(group.flatMap(({ userId }) => userId ?? [])).size,
    statuses: [...new Set(group.map(({ status }) => status))].sort((a, b) => a - b),
    endpoints: endpoints.slice(0, MOST_ENDPOINTS),
    affectedEndpoints: endpoints.length,
    firstSeen: new Date(first?.time ?? 0).toISOString(),
    lastSeen: new Date(last?.time ?? 0).toISOString(),
  };
};

/** Failed requests by what went wrong, wherever it did; the most frequent first. */
export const fingerprintErrors = (requests: readonly Request[]): Capped<ErrorFingerprint> => {
  const failed = requests.filter((request) => isServerError(request) || isClientError(request));
  const groups = Map.groupBy(
    failed,
    ({ endpoint, status, normalizedError }) => normalizedError ?? JSON.stringify([endpoint, status]),
  );
  return capped(
    [...groups]
      .map(([key, group]) => describe(key, group))
      .sort((a, b) => b.count - a.count || a.fingerprint.localeCompare(b.fingerprint)),
  );
};
