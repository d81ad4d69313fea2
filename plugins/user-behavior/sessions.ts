import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { shortenText } from '../../models/text/fingerprint.ts';
import { type Capped, capped } from '../figures.ts';
import { round } from './figures.ts';
import type { BehaviorInput, InputEvent } from './input.ts';

export const PAGEVIEW = 'pageview';
const USER_AGENT = 'userAgent';
/** Of an attribute's name; `data` holds other things too. */
const LONGEST_NAME = 64;

export interface SessionEvent {
  readonly type: string;
  /** Epoch ms. */
  readonly time: number;
  readonly page: string | undefined;
  /** What the event was done to, as far as the app said. */
  readonly target: string | undefined;
}

interface AttributeSource {
  readonly userAgent?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

export interface Session {
  readonly sessionId: string;
  readonly userId: string | undefined;
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
  /** In order of time. */
  readonly events: readonly SessionEvent[];
  /** Pages in the order they were seen, a page reloaded counted once. */
  readonly pages: readonly string[];
  /** What is known of the visitor: device, country, plan. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly userAgent: string | undefined;
}

const toEvent = ({ type, timestamp, data }: InputEvent): SessionEvent => {
  const target = data?.['target'] ?? data?.['element'];
  return {
    type,
    time: timestamp,
    page: data?.page === undefined ? undefined : shortenText(data.page),
    target: typeof target === 'string' ? shortenText(target) : undefined,
  };
};

const pagesOf = (events: readonly SessionEvent[]): string[] => {
  const pages: string[] = [];
  for (const { type, page } of events) {
    if (type === PAGEVIEW && page !== undefined && page !== pages.at(-1)) pages.push(page);
  }
  return pages;
};

/** Attributes as given, then the plain values of `data`, which older senders use; the first value of a name stays. */
const attributesOf = (parts: readonly AttributeSource[]): Map<string, string> => {
  const attributes = new Map<string, string>();
  const given = parts.flatMap((part) => Object.entries(part.attributes ?? {}));
  const loose = parts.flatMap((part) => Object.entries(part.data ?? {}));
  for (const [name, value] of [...given, ...loose]) {
    const plain = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
    if (!plain || name === USER_AGENT || name.length > LONGEST_NAME || attributes.has(name)) continue;
    attributes.set(name, shortenText(String(value)));
  }
  return attributes;
};

const userAgentOf = (parts: readonly AttributeSource[]): string | undefined => {
  const found = parts
    .flatMap(({ userAgent, attributes, data }) => [userAgent, attributes?.[USER_AGENT], data?.[USER_AGENT]])
    .find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : undefined;
};

const byTime = (a: SessionEvent, b: SessionEvent): number => a.time - b.time;

const toSession = (
  sessionId: string,
  userId: string | undefined,
  unordered: readonly SessionEvent[],
  sources: readonly AttributeSource[],
  bounds: { start?: number | undefined; end?: number | undefined } = {},
): Session => {
  const events = [...unordered].sort(byTime);
  const first = events[0]?.time ?? bounds.start ?? 0;
  const last = events.at(-1)?.time ?? first;
  return {
    sessionId,
    userId,
    start: Math.min(bounds.start ?? first, first),
    end: Math.max(bounds.end ?? last, last),
    events,
    pages: pagesOf(events),
    attributes: attributesOf(sources),
    userAgent: userAgentOf(sources),
  };
};

/** A session sent in parts, with the same id, is one session. */
const givenSessions = ({ sessions }: BehaviorInput): Session[] =>
  [...Map.groupBy(sessions, ({ sessionId }) => sessionId)].map(([sessionId, parts]) => {
    const starts = parts.flatMap(({ startTime }) => startTime ?? []);
    const ends = parts.flatMap(({ endTime }) => endTime ?? []);
    return toSession(
      sessionId,
      parts.find(({ userId }) => userId !== undefined)?.userId,
      parts.flatMap(({ events }) => events.map(toEvent)),
      parts,
      {
        start: starts.length > 0 ? Math.min(...starts) : undefined,
        end: ends.length > 0 ? Math.max(...ends) : undefined,
      },
    );
  });

/** Cuts a user's events where he was silent for longer than the gap; 30 minutes is the custom of web analytics. */
const cutSessions = ({ events, sessionGapMinutes }: BehaviorInput): Session[] => {
  const gap = sessionGapMinutes * 60_000;
  return [...Map.groupBy(events, ({ userId }) => userId)].flatMap(([userId, ofUser]) => {
    const parts: InputEvent[][] = [];
    let last = Number.NEGATIVE_INFINITY;
    for (const event of ofUser.toSorted((a, b) => a.timestamp - b.timestamp)) {
      if (event.timestamp - last > gap) parts.push([]);
      parts.at(-1)?.push(event);
      last = event.timestamp;
    }
    return parts.map((part, index) =>
      toSession(
        `${userId}#${index + 1}`,
        userId,
        part.map(toEvent),
        // An event's data speaks of the event alone.
        part.map(({ userAgent, attributes }) => ({ userAgent, attributes })),
      ),
    );
  });
};

export const sessionize = (input: BehaviorInput): Session[] => [...givenSessions(input), ...cutSessions(input)];

/** A bounce: the visitor did one thing at most, and left. */
export const isBounce = ({ events }: Session): boolean => events.length <= 1;

export const durationSeconds = ({ start, end }: Session): number => (end - start) / 1000;

/** Counts, durations and shares over all sessions. Durations in seconds. */
export const summarizeSessions = (sessions: readonly Session[]) => {
  const durations = sortedCopy(sessions.map(durationSeconds));
  const byUser = Map.groupBy(
    sessions.filter(({ userId }) => userId !== undefined),
    ({ userId }) => userId,
  );
  const count = sessions.length;
  const mean = (of: (session: Session) => number): number =>
    sessions.reduce((sum, session) => sum + of(session), 0) / count;
  const bounces = sessions.filter(isBounce).length;
  const known = [...byUser.values()];
  return {
    count,
    users: byUser.size,
    anonymousSessions: count - known.reduce((sum, list) => sum + list.length, 0),
    /** Users seen in more than one session of this submission. */
    returningUsers: known.filter((list) => list.length > 1).length,
    sessionsPerUser:
      byUser.size === 0 ? null : round(known.reduce((sum, list) => sum + list.length, 0) / byUser.size, 2),
    pagesPerSession: round(
      mean(({ pages }) => pages.length),
      2,
    ),
    eventsPerSession: round(
      mean(({ events }) => events.length),
      2,
    ),
    bounces,
    bounceRate: round(bounces / count),
    durationSeconds: {
      mean: round(mean(durationSeconds), 2),
      median: round(quantile(durations, 0.5), 2),
      p75: round(quantile(durations, 0.75), 2),
      p90: round(quantile(durations, 0.9), 2),
      max: round(quantile(durations, 1), 2),
    },
  };
};

/** How often each type of event occurred, most frequent first. */
export const eventMix = (sessions: readonly Session[]): Capped<{ type: string; count: number; share: number }> => {
  const counts = new Map<string, number>();
  for (const { events } of sessions) for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  const total = [...counts.values()].reduce((sum, value) => sum + value, 0);
  return capped(
    [...counts]
      .map(([type, value]) => ({ type, count: value, share: round(value / total) }))
      .sort((a, b) => b.count - a.count || a.type.localeCompare(b.type)),
  );
};
