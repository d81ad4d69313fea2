import { shortenText } from '../../models/text/fingerprint.ts';
import type { FunnelStep } from './funnel-input.ts';
import { PAGEVIEW, type Session, type SessionEvent } from './sessions.ts';

/** All that one visitor did: a known user's sessions end to end, or one session of an unknown one. */
export interface Journey {
  readonly events: readonly SessionEvent[];
  /** The session that each event belongs to. */
  readonly sessions: readonly Session[];
}

/** How far a visitor came, and when. */
export interface Passage {
  /** Epoch ms at which each step was first reached, with the steps before it in order and within the window. */
  readonly reachedAt: readonly number[];
  /** Milliseconds from the step before, and from the first, to each step; 0 for the first. */
  readonly sincePrevious: readonly number[];
  readonly sinceFirst: readonly number[];
  /** Place in the journey at which the last of the steps was reached. */
  readonly lastIndex: number;
  /** The session in which the visitor entered. */
  readonly entry: Session;
}

/** A visitor who entered a funnel: how many steps he took, and who he is. */
export interface Entrant {
  readonly journey: Journey;
  readonly passage: Passage;
  readonly reached: number;
}

export const toJourneys = (sessions: readonly Session[]): Journey[] =>
  [
    ...Map.groupBy(sessions, ({ userId, sessionId }) => JSON.stringify([userId === undefined, userId ?? sessionId])),
  ].map(([, ofUser]) => {
    const ordered = ofUser
      .flatMap((session) => session.events.map((event) => ({ event, session })))
      .sort((a, b) => a.event.time - b.event.time);
    return { events: ordered.map(({ event }) => event), sessions: ordered.map(({ session }) => session) };
  });

/** Whether a text fits a pattern in which `*` stands for any text: by search, as an expression can be made to hang. */
const matcher = (pattern: string): ((text: string) => boolean) => {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === pattern;
  return (text) => {
    let at = head.length;
    if (!text.startsWith(head)) return false;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.length - tail.length >= at && text.endsWith(tail);
  };
};

export type StepTest = (event: SessionEvent) => boolean;

export const toStepTest = ({ page, event, target }: FunnelStep): StepTest => {
  // A long page or target is known by its short name; a pattern is of what that begins with.
  const toMatcher = (text: string) => matcher(text.includes('*') ? text : shortenText(text));
  if (page !== undefined) {
    const matches = toMatcher(page);
    return ({ type, page: seen }) => type === PAGEVIEW && seen !== undefined && matches(seen);
  }
  if (target === undefined) return ({ type }) => type === event;
  const matches = toMatcher(target);
  return ({ type, target: hit }) => type === event && hit !== undefined && matches(hit);
};

/** A step as it is named in the result. */
export const stepName = ({ page, event, target }: FunnelStep): string =>
  shortenText(page ?? (target === undefined ? (event ?? '') : `${event} ${target}`));

interface Chain {
  readonly times: readonly number[];
  readonly entryIndex: number;
}

/**
 * Walks the steps in order. For each step the chain that entered last is kept: it has the most time left, so a step is
 * reached if any choice of events reaches it. An event counts for one step of a chain.
 *
 * @returns undefined for a visitor who never took the first step
 */
export const walkFunnel = (journey: Journey, tests: readonly StepTest[], windowMs: number): Passage | undefined => {
  const chains: (Chain | undefined)[] = tests.map(() => undefined);
  const first: { chain: Chain; index: number }[] = [];
  for (const [index, event] of journey.events.entries()) {
    for (let step = tests.length - 1; step >= 0; step -= 1) {
      if (tests[step]?.(event) !== true) continue;
      const before = step === 0 ? { times: [], entryIndex: index } : chains[step - 1];
      if (before === undefined || event.time - (before.times[0] ?? event.time) > windowMs) continue;
      const chain = { times: [...before.times, event.time], entryIndex: before.entryIndex };
      chains[step] = chain;
      if (first.length === step) first.push({ chain, index });
    }
    if (first.length === tests.length) break;
  }
  const deepest = first.at(-1);
  const entry = journey.sessions[deepest?.chain.entryIndex ?? 0];
  if (deepest === undefined || entry === undefined) return undefined;
  return {
    reachedAt: first.map(({ chain }) => chain.times.at(-1) ?? 0),
    sincePrevious: first.map(({ chain }) => (chain.times.at(-1) ?? 0) - (chain.times.at(-2) ?? chain.times[0] ?? 0)),
    sinceFirst: first.map(({ chain }) => (chain.times.at(-1) ?? 0) - (chain.times[0] ?? 0)),
    lastIndex: deepest.index,
    entry,
  };
};
