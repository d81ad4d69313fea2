import * as z from 'zod';
import { decodeArtifact, encodeArtifact } from './artifact.ts';
import { BRAIN_LIBRARY } from './brain-recurrent.ts';
import { createClassifierPredictor, createClassifierTraining, type LabelledSequence } from './brain-sequences.ts';
import { parseBrainConfig, type RecurrentConfig } from './config/brain-config.ts';
import { NetworkConfigError } from './config/problems.ts';
import { TrainingDataError } from './data-quality.ts';
import type { TrainedNetwork } from './rows-network.ts';
import { type TrainingHooks, trainNetwork } from './training-loop.ts';
import { parseTrainingOptions, type TrainingOptions } from './training-options.ts';
import { splitRows } from './validation-split.ts';
import { workFingerprint } from './work-fingerprint.ts';

const KIND = 'sequence-classifier';
const FEWEST_SEQUENCES = 20;
const LONGEST = 200;
const MOST_SYMBOLS = 1_000;
const DEFAULT_EPOCHS = 30;

export interface Sequence {
  readonly symbols: readonly string[];
  readonly label: string;
}

/** Symbols and labels in the order of their numbers; symbol 0 stands for all that was not seen in training. */
interface Alphabet {
  readonly symbols: readonly string[];
  readonly labels: readonly string[];
}

const classifierConfigOf = (config: unknown): RecurrentConfig => {
  const parsed = parseBrainConfig(config);
  if (parsed.networkType !== 'NeuralNetwork' && parsed.networkType !== 'LSTMTimeStep') return parsed;
  throw new NetworkConfigError([
    `networkType: ${parsed.networkType} does not classify sequences; use RNN, LSTM or GRU`,
  ]);
};

const checkSequences = (sequences: readonly Sequence[]): void => {
  const problems: string[] = [];
  if (sequences.length < FEWEST_SEQUENCES)
    problems.push(`${sequences.length} sequences are too few to learn from; ${FEWEST_SEQUENCES} are needed at least`);
  const empty = sequences.findIndex(({ symbols }) => symbols.length === 0);
  if (empty >= 0) problems.push(`sequence ${empty}: has no symbols`);
  if (new Set(sequences.map(({ label }) => label)).size < 2) problems.push('label: is the same for every sequence');
  const symbols = new Set(sequences.flatMap((sequence) => sequence.symbols));
  if (symbols.size > MOST_SYMBOLS) problems.push(`${symbols.size} symbols are too many; ${MOST_SYMBOLS} at most`);
  if (problems.length > 0) throw new TrainingDataError(problems);
};

/** Numbers of the last symbols of a sequence; how it ended tells more than how it began. */
const encoderOf = ({ symbols }: Alphabet) => {
  const numbers = new Map(symbols.map((symbol, index) => [symbol, index + 1]));
  return (sequence: readonly string[]): Int32Array =>
    Int32Array.from(sequence.slice(-LONGEST), (symbol) => numbers.get(symbol) ?? 0);
};

const sizesOf = ({ symbols, labels }: Alphabet) => ({ symbols: symbols.length + 1, classes: labels.length });

const accuracyOf = (classify: (symbols: Int32Array) => Float64Array, sequences: readonly LabelledSequence[]): number =>
  sequences.filter(({ symbols, label }) => {
    const probabilities = classify(symbols);
    return probabilities.indexOf(Math.max(...probabilities)) === label;
  }).length / sequences.length;

/** Sequences as numbers, by symbols and labels that the training ones have. */
const prepare = (sequences: readonly Sequence[], options: TrainingOptions) => {
  checkSequences(sequences);
  const labels = [...new Set(sequences.map(({ label }) => label))].sort();
  const classOf = Int32Array.from(sequences, ({ label }) => labels.indexOf(label));
  const split = splitRows(sequences.length, options, classOf);
  const part = (rows: Int32Array) => [...rows].flatMap((row) => sequences[row] ?? []);
  const symbols = [...new Set(part(split.training).flatMap((sequence) => sequence.symbols))].sort();
  const alphabet = { labels, symbols };
  const encode = encoderOf(alphabet);
  const encoded = (rows: Int32Array): LabelledSequence[] =>
    part(rows).map((sequence) => ({ symbols: encode(sequence.symbols), label: labels.indexOf(sequence.label) }));
  return { alphabet, training: encoded(split.training), validation: encoded(split.validation) };
};

/**
 * Trains an RNN, LSTM or GRU of brain.js to tell the label of sequences of symbols, such as of a session's pages. Of a
 * longer sequence the last 200 symbols are read.
 *
 * @throws NetworkConfigError, TrainingDataError or DivergedError with the reason; the signal's reason when aborted
 */
export const trainSequenceClassifier = async (
  config: unknown,
  sequences: readonly Sequence[],
  training: unknown = {},
  hooks: TrainingHooks = {},
): Promise<TrainedNetwork> => {
  const options = parseTrainingOptions(training);
  const parsed = classifierConfigOf(config);
  const { alphabet, ...data } = prepare(sequences, options);
  const network = createClassifierTraining(parsed, sizesOf(alphabet), data, options.seed);
  const outcome = await trainNetwork(
    network,
    {
      epochs: options.epochs ?? parsed.options.iterations ?? DEFAULT_EPOCHS,
      patience: options.patience,
      lossThreshold: parsed.options.errorThresh,
      fingerprint: workFingerprint([parsed, options, sequences]),
    },
    hooks,
  );
  const weights = await network.weights();
  const held = data.validation.length > 0;
  return {
    ...outcome,
    library: network.library,
    artifact: encodeArtifact({ kind: KIND, library: BRAIN_LIBRARY, details: { config: parsed, alphabet }, weights }),
    metrics: {
      accuracy: accuracyOf(
        createClassifierPredictor(parsed, sizesOf(alphabet), weights),
        held ? data.validation : data.training,
      ),
    },
    measuredOn: held ? 'validation' : 'training',
    rows: { training: data.training.length, validation: data.validation.length },
    backend: 'javascript',
  };
};

const detailsSchema = z.object({
  config: z.unknown(),
  alphabet: z.object({ symbols: z.array(z.string()), labels: z.array(z.string()) }),
});

export interface LabelProbability {
  readonly label: string;
  readonly probability: number;
}

/**
 * A classifier from its artifact: the probability of each label, the likeliest first. A symbol that training did not see
 * is read as an unknown one.
 *
 * @throws ArtifactError when the bytes are not whole or of another kind
 */
export const loadSequenceClassifier = (artifact: Uint8Array): ((symbols: readonly string[]) => LabelProbability[]) => {
  const { details, weights } = decodeArtifact(artifact, KIND);
  const { config, alphabet } = detailsSchema.parse(details);
  const classify = createClassifierPredictor(classifierConfigOf(config), sizesOf(alphabet), weights);
  const encode = encoderOf(alphabet);
  return (symbols) => {
    if (symbols.length === 0) throw new TrainingDataError(['symbols: must hold a symbol at least']);
    return [...classify(encode(symbols))]
      .map((probability, index) => ({ label: alphabet.labels[index] ?? '', probability }))
      .sort((a, b) => b.probability - a.probability);
  };
};
