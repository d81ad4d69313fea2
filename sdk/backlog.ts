import type { QueueOptions, Submitted } from './api.ts';
import { AnalyticsError } from './errors.ts';
import { parseJson } from './http.ts';

/** The promise of a submission that somebody in this page or process waits for. */
interface Waiting {
  resolve(submitted: Submitted): void;
  reject(error: unknown): void;
}

export interface Entry {
  readonly key: string;
  /** The submission as it travels and is stored: one line of JSON. */
  readonly line: string;
  /** None for what was found in the storage. */
  readonly waiting: Waiting[];
}

/** Submissions that wait to be sent, in their order, bounded in number and size. */
export interface Backlog {
  size(): number;
  keys(): string[];
  lines(): string[];
  has(key: string): boolean;
  /** @throws {AnalyticsError} when it is full, or when another submission waits under this key */
  add(key: string, line: string, waiting: Waiting): void;
  /** Takes back what an earlier client has left, however much that is. */
  restore(lines: readonly string[]): void;
  /** The first that fit into one request; one that alone is larger goes alone. */
  first(mostItems: number, mostCharacters: number): Entry[];
  remove(entry: Entry): void;
}

const keyIn = (line: string): string | undefined => {
  const value = parseJson(line);
  return typeof value === 'object' && value !== null && 'idempotencyKey' in value
    ? String(value.idempotencyKey)
    : undefined;
};

export const createBacklog = ({ maxItems = 1000, maxCharacters = 4_000_000 }: QueueOptions): Backlog => {
  const entries = new Map<string, Entry>();
  let characters = 0;

  const put = (entry: Entry): void => {
    entries.set(entry.key, entry);
    characters += entry.line.length;
  };

  return {
    size: () => entries.size,
    keys: () => [...entries.keys()],
    lines: () => [...entries.values()].map(({ line }) => line),
    has: (key) => entries.has(key),

    add(key, line, waiting) {
      const present = entries.get(key);
      if (present?.line === line) {
        present.waiting.push(waiting);
        return;
      }
      if (present !== undefined) {
        throw new AnalyticsError('idempotency.conflict', 'Another submission with this idempotency key is waiting');
      }
      if (entries.size >= maxItems || characters + line.length > maxCharacters) {
        const message = `${entries.size} submissions are waiting; this one was not taken`;
        throw new AnalyticsError('client.queue_full', message);
      }
      put({ key, line, waiting: [waiting] });
    },

    restore(lines) {
      for (const line of lines) {
        const key = keyIn(line);
        if (key !== undefined && !entries.has(key)) put({ key, line, waiting: [] });
      }
    },

    first(mostItems, mostCharacters) {
      const taken: Entry[] = [];
      let room = mostCharacters;
      for (const entry of entries.values()) {
        room -= entry.line.length;
        if (taken.length === mostItems || (room < 0 && taken.length > 0)) break;
        taken.push(entry);
      }
      return taken;
    },

    remove({ key, line }) {
      if (entries.delete(key)) characters -= line.length;
    },
  };
};
