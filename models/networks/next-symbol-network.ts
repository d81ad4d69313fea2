import gruModule, { type StoredMatrix, type StoredNetwork } from 'brain.js/dist/recurrent/gru.js';
import { createRandom, type Random } from '../statistics/random.ts';
import { readGatedUnits } from './gated-units.ts';
import { classifySymbols, type SymbolClasses } from './symbol-classes.ts';

const Gru = 'default' in gruModule ? gruModule.default : gruModule;

const HIDDEN_UNITS = 12;
/** Frequent symbols that the network tells apart; the rest are one class, within which frequencies decide. */
const MOST_CLASSES = 30;
const MOST_PASSES = 5;
/** Times that the learning rate falls on its way to 0. */
const STAGES = 20;
/** brain.js's own settings of RMSprop. */
const LEARNING_RATE = 0.01;
const TRAINING = { decayRate: 0.999, smoothEps: 1e-8, regc: 1e-6, clipval: 5 };

export interface NextSymbolNetwork {
  /**
   * Before each symbol of a sequence in turn, the probabilities of what it is, [alphabetSize], summing to 1. The array
   * is the same each time; it is good until the next is asked for.
   */
  readonly follow: (sequence: ArrayLike<number>) => Generator<Float64Array>;
  /** Sequences it learnt from, and how many times it went through them. */
  readonly trainedOn: number;
  readonly passes: number;
}

const matrix = (rows: number, columns: number, weightAt: (index: number) => number): StoredMatrix => ({
  rows,
  columns,
  weights: Float32Array.from({ length: rows * columns }, (_, index) => weightAt(index)),
});

/** Uniform weights of a variance that keeps signals: X. Glorot & Y. Bengio, AISTATS 2010. */
const drawn = (rows: number, columns: number, random: Random): StoredMatrix => {
  const bound = Math.sqrt(6 / (rows + columns));
  return matrix(rows, columns, () => bound * (2 * random() - 1));
};

/**
 * The network before training, from our own random numbers. Its output begins as the frequencies. Each token is a unit
 * of its own (input is the identity), so that a gate's input weights hold a bias for each token.
 */
const untrained = (frequencies: Float64Array, random: Random): StoredNetwork => {
  const tokens = frequencies.length;
  const fromInput = (): StoredMatrix => drawn(HIDDEN_UNITS, tokens, random);
  const fromHidden = (): StoredMatrix => drawn(HIDDEN_UNITS, HIDDEN_UNITS, random);
  const noBias = matrix(HIDDEN_UNITS, 1, () => 0);
  return {
    // Token 0 stands for the beginning and the end, and brain.js adds it to each of these ranges.
    options: {
      inputSize: tokens,
      inputRange: tokens - 1,
      outputSize: tokens - 1,
      hiddenLayers: [HIDDEN_UNITS],
      ...TRAINING,
    },
    input: matrix(tokens, tokens, (index) => (index % (tokens + 1) === 0 ? 1 : 0)),
    hiddenLayers: [
      {
        updateGateInputMatrix: fromInput(),
        updateGateHiddenMatrix: fromHidden(),
        updateGateBias: noBias,
        resetGateInputMatrix: fromInput(),
        resetGateHiddenMatrix: fromHidden(),
        resetGateBias: noBias,
        cellWriteInputMatrix: fromInput(),
        cellWriteHiddenMatrix: fromHidden(),
        cellWriteBias: noBias,
      },
    ],
    outputConnector: drawn(tokens, HIDDEN_UNITS, random),
    output: matrix(tokens, 1, (token) => Math.log(frequencies[token] ?? 1)),
  };
};

/**
 * brain.js 1.6.1 keeps, of a bias's and an input row's gradients, the one of a sequence's first step only, where it
 * should add those of all steps; matrices that are multiplied are right. So only those are trained.
 */
const createNetwork = (stored: StoredNetwork) => {
  const network = new Gru({ json: stored });
  const { hiddenLayers, outputConnector } = network.model;
  network.model.allMatrices = [
    ...hiddenLayers.flatMap((layer) => [
      layer.updateGateInputMatrix,
      layer.updateGateHiddenMatrix,
      layer.resetGateInputMatrix,
      layer.resetGateHiddenMatrix,
      layer.cellWriteInputMatrix,
      layer.cellWriteHiddenMatrix,
    ]),
    outputConnector,
  ];
  return network;
};

const shuffle = <Item>(items: readonly Item[], random: Random): Item[] => {
  const shuffled = [...items];
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const [a, b] = [shuffled[at], shuffled[other]];
    if (a !== undefined && b !== undefined) [shuffled[at], shuffled[other]] = [b, a];
  }
  return shuffled;
};

/** What the work allows: sequences drawn without order, several times over when there are few. */
const planTraining = (sequences: readonly Int32Array[], mostSteps: number, random: Random) => {
  const plan: Int32Array[] = [];
  let [steps, passes] = [0, 0];
  while (steps < mostSteps && passes < MOST_PASSES) {
    passes += 1;
    for (const sequence of shuffle(sequences, random)) {
      if (steps >= mostSteps) break;
      steps += sequence.length + 1;
      plan.push(sequence);
    }
  }
  return { plan, passes, trainedOn: Math.min(plan.length, sequences.length) };
};

const train = (stored: StoredNetwork, plan: readonly Int32Array[]): StoredNetwork => {
  const network = createNetwork(stored);
  for (let stage = 0; stage < STAGES; stage += 1) {
    network.updateTrainingOptions({ learningRate: LEARNING_RATE * (1 - stage / STAGES) });
    const part = [stage, stage + 1].map((end) => Math.floor((end * plan.length) / STAGES));
    for (const sequence of plan.slice(...part)) network.trainPattern(sequence);
  }
  return network.toJSON();
};

/** Spreads a token's probability over its symbols, by their frequency. */
const spread = (tokens: Float64Array, { tokenOf, shareOf }: SymbolClasses, symbols: Float64Array): void => {
  for (let symbol = 0; symbol < symbols.length; symbol += 1) {
    symbols[symbol] = (tokens[tokenOf[symbol] ?? 0] ?? 0) * (shareOf[symbol] ?? 0);
  }
};

/**
 * Recurrent network that predicts each symbol of a sequence from all before it: one layer of gated recurrent units
 * (K. Cho et al., EMNLP 2014) with a softmax, trained by brain.js with RMSprop, a sequence at a time, at a rate that
 * falls to 0. The same seed gives the same network.
 *
 * @param sequences [n] sequences of symbols from 0 to alphabetSize − 1, each ended by the symbol `end` and only there
 * @param work bound on the training, in weights times symbols; 15 million take about 0.3 s
 */
export const trainNextSymbolNetwork = (
  sequences: readonly ArrayLike<number>[],
  alphabetSize: number,
  { end, work, seed }: { readonly end: number; readonly work: number; readonly seed: number },
): NextSymbolNetwork => {
  const random = createRandom(seed);
  const classes = classifySymbols(sequences, alphabetSize, end, MOST_CLASSES);
  const tokens = classes.frequencies.length;
  const weights = HIDDEN_UNITS * (4 * tokens + 3 * HIDDEN_UNITS);
  // brain.js counts symbols from 0 without the end, which it adds.
  const encoded = sequences.map((sequence) =>
    Int32Array.from({ length: sequence.length - 1 }, (_, at) => (classes.tokenOf[sequence[at] ?? end] ?? 0) - 1),
  );
  const { plan, passes, trainedOn } = planTraining(encoded, Math.ceil(work / weights), random);
  const units = readGatedUnits(train(untrained(classes.frequencies, random), plan));
  const probabilities = new Float64Array(alphabetSize);
  return {
    trainedOn,
    passes,
    follow: function* (sequence) {
      units.reset();
      for (let at = 0; at < sequence.length; at += 1) {
        const before = at === 0 ? end : (sequence[at - 1] ?? end);
        spread(units.step(classes.tokenOf[before] ?? 0), classes, probabilities);
        yield probabilities;
      }
    },
  };
};
