import { trainMarkovChain } from '../../models/sequences/markov-chain.ts';
import { type Capped, capped, type InsufficientData, insufficient } from '../figures.ts';
import { CHOICES, contest, type NetworkScore, type OrderScore, type Predictor } from './action-models.ts';
import { encodeActions } from './actions.ts';
import { round } from './figures.ts';
import type { Session } from './sessions.ts';

const FEWEST_SESSIONS = 60;
const FEWEST_HELD_OUT_ACTIONS = 50;
const HELD_OUT_SHARE = 0.2;
const MOST_ACTIONS = 200;
/** Kinds of action that are told apart, the most frequent ones; the rest are one kind. */
const MOST_KINDS = 300;
const OTHERS = '(any other)';
const FEWEST_TO_SHOW = 5;
/** What follows the last action of a session. */
const LEAVES = null;

interface ContextPrediction {
  readonly after: readonly string[];
  readonly times: number;
  /** The network looks at all of a session: its probabilities are the mean over the times, in held-out sessions. */
  readonly next: readonly { readonly action: string | null; readonly probability: number }[];
}

export interface NextAction {
  readonly status: 'ok';
  readonly actions: number;
  readonly trainedOn: number;
  readonly heldOut: { readonly sessions: number; readonly actions: number };
  /** What predicts best, and why it was chosen. */
  readonly model: 'markov' | 'network';
  readonly because: string;
  readonly orders: readonly OrderScore[];
  /** The chain's chosen order; 0 when looking back does not help: actions are then predicted by how frequent they are. */
  readonly order: number;
  readonly network: NetworkScore;
  /** Log-loss of order 0 less that of the chosen model, as a share of the former. */
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

/** The last `length` actions of a session so far, and how often they were met. */
interface Context {
  readonly key: string;
  readonly history: Int32Array;
  times: number;
}

const keyOf = (history: Int32Array): string => history.join();

const frequentContexts = (sequences: readonly Int32Array[], length: number): Capped<Context> => {
  const contexts = new Map<string, Context>();
  for (const sequence of sequences) {
    for (let at = length; at < sequence.length; at += 1) {
      const history = sequence.subarray(at - length, at);
      const key = keyOf(history);
      const context = contexts.get(key) ?? { key, history, times: 0 };
      context.times += 1;
      contexts.set(key, context);
    }
  }
  return capped(
    [...contexts.values()]
      .filter(({ times }) => times >= FEWEST_TO_SHOW)
      .sort((a, b) => b.times - a.times || a.key.localeCompare(b.key)),
  );
};

/** What a model that looks at whole sessions says after each context, on average: by the context's key. */
const averagePredictions = (
  predict: Predictor,
  contexts: readonly Context[],
  length: number,
  sequences: readonly Int32Array[],
): Map<string, Float64Array> => {
  const means = new Map<string, Float64Array>();
  const times = new Map(contexts.map((context) => [context.key, context.times]));
  for (const sequence of sequences) {
    let at = 0;
    for (const probabilities of predict(sequence)) {
      const key = at < length ? '' : keyOf(sequence.subarray(at - length, at));
      at += 1;
      const count = times.get(key);
      if (count === undefined) continue;
      const mean = means.get(key) ?? new Float64Array(probabilities.length);
      for (let symbol = 0; symbol < mean.length; symbol += 1) {
        mean[symbol] = (mean[symbol] ?? 0) + (probabilities[symbol] ?? 0) / count;
      }
      means.set(key, mean);
    }
  }
  return means;
};

const describeContext = (
  { history, times }: Context,
  probabilities: Float64Array,
  names: readonly string[],
): ContextPrediction => ({
  after: Array.from(history, (symbol) => names[symbol] ?? ''),
  times,
  next: Array.from(probabilities.entries())
    .sort((a, b) => b[1] - a[1])
    .slice(0, CHOICES)
    .map(([symbol, probability]) => ({ action: names[symbol] ?? LEAVES, probability: round(probability, 3) }))
    .filter(({ probability }) => probability > 0),
});

/** What follows the most frequent contexts, by the model that won; the network's are those of the held-out sessions. */
const predictContexts = (
  { winner, order, networkPredictor }: ReturnType<typeof contest>,
  sequences: readonly Int32Array[],
  held: readonly Int32Array[],
  names: readonly string[],
): Capped<ContextPrediction> => {
  if (winner === 'markov') {
    const chain = trainMarkovChain(sequences, names.length + 1, order);
    const { items, omitted } = frequentContexts(sequences, order);
    const after = ({ history }: Context): Float64Array => chain.distribution(history, order);
    return { omitted, items: items.map((context) => describeContext(context, after(context), names)) };
  }
  const length = Math.max(1, order);
  const { items, omitted } = frequentContexts(held, length);
  const means = averagePredictions(networkPredictor, items, length, held);
  return {
    omitted,
    items: items.map((context) => describeContext(context, means.get(context.key) ?? new Float64Array(), names)),
  };
};

/**
 * What visitors do next, by a Markov chain of order 0 to 3 with backoff or by a recurrent network: both learn from the
 * earlier sessions and are judged by the latest fifth. A chain that wins then learns from all.
 */
export const predictNextAction = (sessions: readonly Session[]): NextAction | InsufficientData => {
  const ordered = sessions
    .filter(({ events }) => events.length > 0)
    .sort((a, b) => a.start - b.start || a.sessionId.localeCompare(b.sessionId));
  const { names, sequences } = encode(ordered);
  const split = Math.floor(sequences.length * (1 - HELD_OUT_SHARE));
  const held = sequences.slice(split);
  const heldActions = held.reduce((sum, { length }) => sum + length, 0);
  if (sequences.length < FEWEST_SESSIONS || heldActions < FEWEST_HELD_OUT_ACTIONS) {
    return insufficient(
      `${FEWEST_SESSIONS} sessions with events (there are ${sequences.length}), the latest fifth with ${FEWEST_HELD_OUT_ACTIONS} actions (there are ${heldActions})`,
    );
  }
  const result = contest(sequences.slice(0, split), held, names.length + 1, names.length);
  const { orders, order, network, winner, because } = result;
  const baseline = orders[0]?.logLoss ?? 0;
  const chosen = (winner === 'network' ? network : orders[order])?.logLoss ?? baseline;
  return {
    status: 'ok',
    actions: names.length,
    trainedOn: split,
    heldOut: { sessions: held.length, actions: heldActions },
    model: winner,
    because,
    orders,
    order,
    network,
    gain: round((baseline - chosen) / baseline),
    contexts: predictContexts(result, sequences, held, names),
  };
};
