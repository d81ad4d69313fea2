import { mineClosedSequences, type SequentialPattern } from '../../models/sequences/prefix-span.ts';
import { toSequenceDatabase } from '../../models/sequences/sequence-database.ts';
import { wilsonInterval } from '../../models/statistics/proportion.ts';
import { encodeActions } from './actions.ts';
import { type Capped, capped, type InsufficientData, insufficient, round, toInterval } from './figures.ts';
import type { BehaviorInput } from './input.ts';
import type { Session } from './sessions.ts';

const FEWEST_SESSIONS = 30;
/** Fewer sessions than this show a coincidence. */
const FEWEST_SUPPORTING = 5;
/** Of a session, so many actions are looked at; what a longer one did later is left out. */
const MOST_ACTIONS = 200;
/** Keeps the search well below a second. */
const BUDGET = 20_000_000;

interface ActionSequence {
  readonly actions: readonly string[];
  /** Sessions that did these things in this order, whatever lay between. */
  readonly support: number;
  readonly share: number;
  /** P(last | the others, in order), with Wilson's 95% interval. */
  readonly confidence: number;
  readonly interval: readonly [number, number];
  /** Confidence over the share of all sessions that did the last. */
  readonly lift: number;
  /** Sessions beyond those to be expected if the last were independent of the others. */
  readonly excess: number;
}

export type SequenceReport = Capped<ActionSequence> & {
  readonly status: 'ok';
  /** Sessions that must show a sequence; higher than asked for when there was too much to search. */
  readonly minSupport: number;
  readonly complete: boolean;
};

/** Sessions in which each action occurs. */
const countSessions = (sequences: readonly Int32Array[], alphabetSize: number): Int32Array => {
  const counts = new Int32Array(alphabetSize);
  for (const sequence of sequences) for (const action of new Set(sequence)) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
};

const describe = (
  { items, support, prefixSupport }: SequentialPattern,
  names: readonly string[],
  sessions: number,
  base: number,
): ActionSequence => ({
  actions: items.map((item) => names[item] ?? ''),
  support,
  share: round(support / sessions),
  confidence: round(support / prefixSupport),
  interval: toInterval(wilsonInterval(support, prefixSupport)),
  lift: round(support / prefixSupport / base, 2),
  excess: round(support - prefixSupport * base, 1),
});

/**
 * Things that many sessions do in the same order, not necessarily at once, and whose last is likelier after the others
 * than at large beyond doubt; those that add the most sessions come first.
 */
export const findSequences = (
  sessions: readonly Session[],
  { minSupport: share, minLift, maxLength }: BehaviorInput['sequences'],
): SequenceReport | InsufficientData => {
  if (sessions.length < FEWEST_SESSIONS) {
    return insufficient(`${FEWEST_SESSIONS} sessions (there are ${sessions.length})`);
  }
  const { names, sequences: whole } = encodeActions(sessions);
  const sequences = whole.map((sequence) => sequence.subarray(0, MOST_ACTIONS));
  const asked = Math.max(FEWEST_SUPPORTING, Math.ceil(share * sessions.length));
  const database = toSequenceDatabase(sequences, names.length);
  const { patterns, completeFrom } = mineClosedSequences(database, { minSupport: asked, maxLength, budget: BUDGET });
  const counts = countSessions(sequences, names.length);
  const items = patterns
    .filter(({ items: { length } }) => length > 1)
    .flatMap((pattern) => {
      const base = (counts[pattern.items.at(-1) ?? 0] ?? 0) / sessions.length;
      const found = describe(pattern, names, sessions.length, base);
      return found.lift >= minLift && found.interval[0] > base ? [found] : [];
    })
    .sort((a, b) => b.excess - a.excess || b.support - a.support || a.actions.join().localeCompare(b.actions.join()));
  return { status: 'ok', minSupport: completeFrom, complete: completeFrom === asked, ...capped(items) };
};
