import { trainNextSymbolNetwork } from '../../models/networks/next-symbol-network.ts';
import { type MarkovChain, trainMarkovChain } from '../../models/sequences/markov-chain.ts';
import { Z_95 } from '../../models/statistics/normal.ts';
import { round } from './figures.ts';

const HIGHEST_ORDER = 3;
/** A prediction names so many actions. */
export const CHOICES = 3;
/** Keeps the network's training below half a second: weights times actions. */
const NETWORK_WORK = 15_000_000;
const SEED = 1;

/** Before each action of a session, the probabilities of what it is; each is good until the next is asked for. */
export type Predictor = (sequence: Int32Array) => Iterable<Float64Array>;

/** How well a model foretells held-out actions. */
interface Score {
  /** Mean of −ln(probability given to what came), over held-out actions. */
  readonly logLoss: number;
  /** Shares in which what came was the first guess, and among three. */
  readonly top1: number;
  readonly top3: number;
}

export type OrderScore = Score & {
  /** Actions that the prediction looks back on. */
  readonly order: number;
};

export type NetworkScore = Score & {
  readonly trainedOn: number;
  readonly passes: number;
  /** The chosen chain's log-loss less the network's, with its 95% interval by sessions. */
  readonly advantage: number;
  readonly interval: readonly [number, number];
};

interface Evaluation extends Score {
  /** Sum of −ln(probability) of each session, [held-out sessions]. */
  readonly losses: Float64Array;
}

export interface Contest {
  readonly orders: readonly OrderScore[];
  /** The chain's chosen order. */
  readonly order: number;
  readonly network: NetworkScore;
  readonly winner: 'markov' | 'network';
  readonly because: string;
  /** The network; the chain is better trained anew, on all sessions. */
  readonly networkPredictor: Predictor;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** The chain's predictions from the last `order` actions. */
const followChain = (chain: MarkovChain, order: number): Predictor =>
  function* (sequence) {
    for (let at = 0; at < sequence.length; at += 1) yield chain.distribution(sequence.subarray(0, at), order);
  };

/** How many values are above one, as far as `enough`. */
const countAbove = (values: Float64Array, value: number, enough: number): number => {
  let count = 0;
  for (let at = 0; at < values.length && count < enough; at += 1) if ((values[at] ?? 0) > value) count += 1;
  return count;
};

const evaluate = (predict: Predictor, held: readonly Int32Array[]): Evaluation => {
  const losses = new Float64Array(held.length);
  let [actions, first, amongThree] = [0, 0, 0];
  for (const [index, sequence] of held.entries()) {
    let at = 0;
    for (const probabilities of predict(sequence)) {
      const given = probabilities[sequence[at] ?? 0] ?? 0;
      losses[index] = (losses[index] ?? 0) - Math.log(given);
      const likelier = countAbove(probabilities, given, CHOICES);
      if (likelier === 0) first += 1;
      if (likelier < CHOICES) amongThree += 1;
      at += 1;
    }
    actions += sequence.length;
  }
  return {
    losses,
    logLoss: round(sum(losses) / actions),
    top1: round(first / actions),
    top3: round(amongThree / actions),
  };
};

/** Mean of what each session loses by the first model more than by the second, and its standard error. */
const compareLosses = (first: Float64Array, second: Float64Array): { mean: number; error: number } => {
  const differences = first.map((loss, session) => loss - (second[session] ?? 0));
  const mean = sum(differences) / differences.length;
  const squares = differences.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (differences.length - 1) / differences.length) };
};

/**
 * The shortest history whose loss is within one standard error of the best one's, sessions compared in pairs
 * (L. Breiman et al., Classification and Regression Trees, 1984).
 */
const chooseOrder = (losses: readonly Float64Array[]): number => {
  const totals = losses.map(sum);
  const best = losses[totals.indexOf(Math.min(...totals))] ?? new Float64Array();
  const order = losses.findIndex((ofOrder) => {
    const { mean, error } = compareLosses(ofOrder, best);
    return mean <= error;
  });
  return Math.max(0, order);
};

const explain = (winner: Contest['winner'], { advantage, interval }: NetworkScore, sessions: number): string => {
  const figures = `95% interval ${interval[0]} to ${interval[1]}, ${sessions} held-out sessions in pairs`;
  if (winner === 'network') return `The network's log-loss is lower by ${advantage} an action (${figures}).`;
  return interval[1] < 0
    ? `The chain's log-loss is lower by ${-advantage} an action (${figures}).`
    : `The network's log-loss is not lower beyond doubt: by ${advantage} an action (${figures}).`;
};

/**
 * Markov chains of order 0 to 3 and a recurrent network, trained on the same sessions and scored on the same held-out
 * ones. The network wins only when the interval of its advantage over the chosen chain lies above 0.
 *
 * @param sequences actions by number, each session ended by `leave`
 */
export const contest = (
  training: readonly Int32Array[],
  held: readonly Int32Array[],
  alphabetSize: number,
  leave: number,
): Contest => {
  const chain = trainMarkovChain(training, alphabetSize, HIGHEST_ORDER);
  const orders = Array.from({ length: HIGHEST_ORDER + 1 }, (_, order) => evaluate(followChain(chain, order), held));
  const order = chooseOrder(orders.map(({ losses }) => losses));
  const options = { end: leave, work: NETWORK_WORK, seed: SEED };
  const { follow, trainedOn, passes } = trainNextSymbolNetwork(training, alphabetSize, options);
  const { losses, ...scores } = evaluate(follow, held);
  const { mean, error } = compareLosses(orders[order]?.losses ?? new Float64Array(), losses);
  const sessionsPerAction = held.length / held.reduce((total, { length }) => total + length, 0);
  const perAction = (value: number): number => round(value * sessionsPerAction);
  const interval = [perAction(mean - Z_95 * error), perAction(mean + Z_95 * error)] as const;
  const network = { ...scores, trainedOn, passes, advantage: perAction(mean), interval };
  const winner = interval[0] > 0 ? 'network' : 'markov';
  return {
    orders: orders.map(({ losses: _, ...score }, ofOrder) => ({ order: ofOrder, ...score })),
    order,
    network,
    winner,
    because: explain(winner, network, held.length),
    networkPredictor: follow,
  };
};
