import { type Capped, capped } from './figures.ts';
import { isClientError, isServerError, type Request } from './requests.ts';

const MOST_ENDPOINTS = 5;
/** What is quoted of a group, so that somebody recognises it. */
const EXAMPLE_LENGTH = 300;

/** What differs from one occurrence of an error to the next, and what to write for it; earlier ones go first. */
const VARIABLE_PARTS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'`<>)\]]+/gi, '<url>'],
  [/[\w.%+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+/g, '<email>'],
  [/"[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)/g, '<value>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<ip>'],
  [/(?<![\w/<])(?:[a-z]:)?(?:[/\\][\w.@%+~-]+){2,}/gi, '<path>'],
  [/\b0x[0-9a-f]+\b/gi, '<id>'],
  // Digits tell a hexadecimal id from a word such as "deadbeef" or "facade".
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b/gi, '<id>'],
  [/\b(?=\w*\d)(?=\w*[a-z])\w{20,}\b/gi, '<id>'],
  [/\d+(?:[.,]\d+)*/g, '<n>'],
];

/** An error's text without what is particular to one occurrence: ids, numbers, times, addresses, paths, quoted text. */
export const normalizeMessage = (message: string): string =>
  VARIABLE_PARTS.reduce((text, [part, name]) => text.replaceAll(part, name), message)
    .replaceAll(/\s+/g, ' ')
    .trim();

/** FNV-1a, 32 bits: a name that stays the same from one submission to the next. */
const hash = (text: string): string => {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
};

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
  const message = first?.error === undefined ? null : normalizeMessage(first.error);
  const endpoints = [...Map.groupBy(group, ({ endpoint }) => endpoint)]
    .map(([endpoint, ofEndpoint]) => ({ endpoint, count: ofEndpoint.length }))
    .sort((a, b) => b.count - a.count || a.endpoint.localeCompare(b.endpoint));
  return {
    fingerprint: hash(key),
    message,
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
  const groups = Map.groupBy(failed, ({ endpoint, status, error }) =>
    error === undefined ? JSON.stringify([endpoint, status]) : normalizeMessage(error),
  );
  return capped(
    [...groups]
      .map(([key, group]) => describe(key, group))
      .sort((a, b) => b.count - a.count || a.fingerprint.localeCompare(b.fingerprint)),
  );
};
