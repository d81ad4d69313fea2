import { mineClosedSequences, type SequentialPattern } from '../../models/sequences/prefix-span.ts';
import { toSequenceDatabase } from '../../models/sequences/sequence-database.ts';
import { holmAdjusted } from '../../models/statistics/holm.ts';
import { normalCdf } from '../../models/statistics/normal.ts';
import { wilsonInterval } from '../../models/statistics/proportion.ts';
import { type Capped, capped, type InsufficientData, insufficient, toPValue } from '../figures.ts';
import { encodeActions } from './actions.ts';
import { round, toInterval } from './figures.ts';
import type { BehaviorInput } from './input.ts';
import type { Session } from './sessions.ts';

const FEWEST_SESSIONS = 30;
/** Fewer sessions than this show a coincidence. */
const FEWEST_SUPPORTING = 5;
const SIGNIFICANCE = 0.05;
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
  /** Support over, and beyond, what chance makes of it: were the last drawn as often as at large in what was left. */
  readonly lift: number;
  readonly excess: number;
  /** Of chance, adjusted by Holm for all sequences that were counted, the infrequent ones included. */
  readonly pValue: number;
}

export type SequenceReport = Capped<ActionSequence> & {
  readonly status: 'ok';
  /** Sessions that must show a sequence; higher than asked for when there was too much to search. */
  readonly minSupport: number;
  readonly complete: boolean;
};

/**
 * One-sided p-value of so many sessions or more: a sum of unequal coins, by the normal distribution corrected for its
 * skewness (A. Yu. Volkova, Theory of Probability and its Applications 40, 1996).
 */
const pValueOf = ({ support, chance: { mean, variance, thirdMoment } }: SequentialPattern): number => {
  if (variance === 0) return 1;
  const z = (support - 0.5 - mean) / Math.sqrt(variance);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const tail = 1 - normalCdf(z) + ((thirdMoment / variance ** 1.5) * (z * z - 1) * density) / 6;
  return Math.min(1, Math.max(0, tail));
};

const describe = (
  { items, support, prefixSupport, chance }: SequentialPattern,
  names: readonly string[],
  sessions: number,
  pValue: number,
): ActionSequence => ({
  actions: items.map((item) => names[item] ?? ''),
  support,
  share: round(support / sessions),
  confidence: round(support / prefixSupport),
  interval: toInterval(wilsonInterval(support, prefixSupport)),
  lift: round(support / chance.mean, 2),
  excess: round(support - chance.mean, 1),
  pValue: toPValue(pValue),
});

/**
 * Things that many sessions do in the same order, not necessarily at once, and whose last follows the others more
 * often than chance has it, however long the sessions; those that add the most sessions come first.
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
  const { patterns, completeFrom, counted } = mineClosedSequences(database, {
    minSupport: asked,
    maxLength,
    budget: BUDGET,
    distinctNeighbours: true,
  });
  const sequential = patterns.filter(({ items: { length } }) => length > 1);
  const adjusted = holmAdjusted(sequential.map(pValueOf), counted);
  const items = sequential
    .map((pattern, index) => describe(pattern, names, sessions.length, adjusted[index] ?? 1))
    .filter(({ lift, pValue }) => lift >= minLift && pValue < SIGNIFICANCE)
    .sort((a, b) => b.excess - a.excess || b.support - a.support || a.actions.join().localeCompare(b.actions.join()));
  return { status: 'ok', minSupport: completeFrom, complete: completeFrom === asked, ...capped(items) };
};
