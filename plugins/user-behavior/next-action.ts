import { type MarkovChain, trainMarkovChain } from '../../models/sequences/markov-chain.ts';
import { encodeActions } from './actions.ts';
import { type Capped, capped, type InsufficientData, insufficient, round } from './figures.ts';
import type { Session } from './sessions.ts';

const FEWEST_SESSIONS = 60;
const FEWEST_HELD_OUT_ACTIONS = 50;
const HELD_OUT_SHARE = 0.2;
const MOST_ACTIONS = 200;
/** Kinds of action that are told apart, the most frequent ones; the rest are one kind. */
const MOST_KINDS = 300;
const OTHERS = '(any other)';
const HIGHEST_ORDER = 3;
const CHOICES = 3;
const FEWEST_TO_SHOW = 5;
/** What follows the last action of a session. */
const LEAVES = null;

interface OrderScore {
  /** Actions that the prediction looks back on. */
  readonly order: number;
  /** Mean of −ln(probability given to what came), over held-out actions. */
  readonly logLoss: number;
  readonly top1: number;
  readonly top3: number;
}

interface ContextPrediction {
  readonly after: readonly string[];
  readonly times: number;
  readonly next: readonly { readonly action: string | null; readonly probability: number }[];
}

export interface NextAction {
  readonly status: 'ok';
  readonly actions: number;
  readonly trainedOn: number;
  readonly heldOut: { readonly sessions: number; readonly actions: number };
  readonly orders: readonly OrderScore[];
  /** The chosen order; 0 when looking back does not help: actions are then predicted by how frequent they are. */
  readonly order: number;
  /** Log-loss of order 0 less that of the chosen order, as a share of the former. */
  readonly gain: number;
  readonly contexts: Capped<ContextPrediction>;
}

/** Numbers the frequent actions by frequency, the rest as one; every sequence ends with the symbol for leaving. */
const encode = (sessions: readonly Session[]): { names: readonly string[]; sequences: Int32Array[] } => {
  const { names, sequences } = encodeActions(sessions);
  const counts = new Int32Array(names.length);
  for (const sequence of sequences) for (const code of sequence) counts[code] = (counts[code] ?? 0) + 1;
  const ranked = [...names.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  const kept = ranked.slice(0, MOST_KINDS);
  const kinds = kept.map((code) => names[code] ?? '');
  if (ranked.length > MOST_KINDS) kinds.push(OTHERS);
  const symbols = new Int32Array(names.length).fill(MOST_KINDS);
  for (const [symbol, code] of kept.entries()) symbols[code] = symbol;
  return {
    names: kinds,
    sequences: sequences.map((codes) =>
      Int32Array.of(...codes.subarray(0, MOST_ACTIONS).map((code) => symbols[code] ?? 0), kinds.length),
    ),
  };
};

/** Sum of log-losses of each session, and how often what came was the first guess or among three. */
const evaluate = (chain: MarkovChain, order: number, held: readonly Int32Array[]) => {
  const losses = new Float64Array(held.length);
  let [first, amongThree] = [0, 0];
  for (const [index, sequence] of held.entries()) {
    for (let at = 0; at < sequence.length; at += 1) {
      const actual = sequence[at] ?? 0;
      const probabilities = chain.distribution(sequence.subarray(0, at), order);
      const given = probabilities[actual] ?? 0;
      losses[index] = (losses[index] ?? 0) - Math.log(given);
      let likelier = 0;
      for (const probability of probabilities) if (probability > given) likelier += 1;
      if (likelier === 0) first += 1;
      if (likelier < CHOICES) amongThree += 1;
    }
  }
  return { losses, first, amongThree };
};

/**
 * The shortest history whose loss is within one standard error of the best one's, sessions compared in pairs
 * (L. Breiman et al., Classification and Regression Trees, 1984).
 */
const chooseOrder = (losses: readonly Float64Array[]): number => {
  const totals = losses.map((ofOrder) => ofOrder.reduce((sum, loss) => sum + loss, 0));
  const best = totals.indexOf(Math.min(...totals));
  const bestLosses = losses[best] ?? new Float64Array();
  const order = losses.findIndex((ofOrder) => {
    const differences = ofOrder.map((loss, session) => loss - (bestLosses[session] ?? 0));
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return mean <= Math.sqrt(squares / (differences.length - 1) / differences.length);
  });
  return Math.max(0, order);
};

const predictContexts = (
  chain: MarkovChain,
  order: number,
  sequences: readonly Int32Array[],
  names: readonly string[],
): Capped<ContextPrediction> => {
  const contexts = new Map<string, { history: Int32Array; times: number }>();
  for (const sequence of sequences) {
    for (let at = 0; at < sequence.length; at += 1) {
      const history = sequence.subarray(Math.max(0, at - order), at);
      if (history.length < order) continue;
      const key = history.join();
      const context = contexts.get(key) ?? { history, times: 0 };
      context.times += 1;
      contexts.set(key, context);
    }
  }
  const nameOf = (symbol: number): string | null => names[symbol] ?? LEAVES;
  const frequent = [...contexts.values()]
    .filter(({ times }) => times >= FEWEST_TO_SHOW)
    .sort((a, b) => b.times - a.times || a.history.join().localeCompare(b.history.join()));
  const { items, omitted } = capped(frequent);
  return {
    omitted,
    items: items.map(({ history, times }) => ({
      after: Array.from(history, (symbol) => names[symbol] ?? ''),
      times,
      next: Array.from(chain.distribution(history, order).entries())
        .sort((a, b) => b[1] - a[1])
        .slice(0, CHOICES)
        .map(([symbol, probability]) => ({ action: nameOf(symbol), probability: round(probability, 3) })),
    })),
  };
};

/**
 * What visitors do next, by a Markov chain of order 0 to 3 with backoff: trained on the earlier sessions, its order
 * chosen on the latest fifth, then trained on all.
 */
export const predictNextAction = (sessions: readonly Session[]): NextAction | InsufficientData => {
  const ordered = sessions
    .filter(({ events }) => events.length > 0)
    .sort((a, b) => a.start - b.start || a.sessionId.localeCompare(b.sessionId));
  const { names, sequences } = encode(ordered);
  const alphabetSize = names.length + 1;
  const split = Math.floor(sequences.length * (1 - HELD_OUT_SHARE));
  const held = sequences.slice(split);
  const heldActions = held.reduce((sum, { length }) => sum + length, 0);
  if (sequences.length < FEWEST_SESSIONS || heldActions < FEWEST_HELD_OUT_ACTIONS) {
    return insufficient(
      `${FEWEST_SESSIONS} sessions with events (there are ${sequences.length}), the latest fifth with ${FEWEST_HELD_OUT_ACTIONS} actions (there are ${heldActions})`,
    );
  }
  const chain = trainMarkovChain(sequences.slice(0, split), alphabetSize, HIGHEST_ORDER);
  const scores = Array.from({ length: HIGHEST_ORDER + 1 }, (_, order) => evaluate(chain, order, held));
  const orders = scores.map(({ losses, first, amongThree }, order) => ({
    order,
    logLoss: round(losses.reduce((sum, loss) => sum + loss, 0) / heldActions),
    top1: round(first / heldActions),
    top3: round(amongThree / heldActions),
  }));
  const order = chooseOrder(scores.map(({ losses }) => losses));
  const baseline = orders[0]?.logLoss ?? 0;
  const contexts = predictContexts(trainMarkovChain(sequences, alphabetSize, order), order, sequences, names);
  return {
    status: 'ok',
    actions: names.length,
    trainedOn: split,
    heldOut: { sessions: held.length, actions: heldActions },
    orders,
    order,
    gain: round((baseline - (orders[order]?.logLoss ?? baseline)) / baseline),
    contexts,
  };
};
