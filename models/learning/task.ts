import { type NetworkConfig, parseNetworkConfig } from '../networks/config/network-config.ts';
import { NetworkConfigError } from '../networks/config/problems.ts';
import { sizeOf } from '../networks/config/shapes.ts';
import { autoencoderConfig, classifierConfig, forecasterConfig, regressorConfig } from '../networks/ready-made.ts';

/** One row of data by the names of its columns. */
export type DataRow = Readonly<Record<string, unknown>>;

/** What a network is to learn, in the names of the data's columns. */
export type Task =
  /** A number of a row. */
  | { readonly kind: 'regression'; readonly features: readonly string[]; readonly target: string }
  /** The class of a row. */
  | { readonly kind: 'classification'; readonly features: readonly string[]; readonly target: string }
  /** What the columns of a row have in common. */
  | { readonly kind: 'autoencoder'; readonly features: readonly string[] }
  /** The next `horizon` rows, in the order of time, from the last `window` of them. */
  | {
      readonly kind: 'forecast';
      readonly features: readonly string[];
      readonly window: number;
      readonly horizon: number;
      /** Column of each row's time: ISO 8601 or epoch ms. */
      readonly time?: string | undefined;
    }
  /** The class of a sequence of symbols. */
  | { readonly kind: 'sequence-classification'; readonly sequence: string; readonly target: string };

/** What is needed beside the artifact to read its outputs. */
export interface OutputReading {
  /** Classes in the order of the outputs. */
  readonly labels?: readonly string[] | undefined;
  /** Median squared error of each feature among the rows an autoencoder has learned from. */
  readonly usualErrors?: readonly number[] | undefined;
}

const SEQUENCE_CONFIG = { type: 'brain', networkType: 'GRU', options: { hiddenLayers: [20] } } as const;

/** The network that is trained when the configuration names none. */
const readyMade = (task: Task, classes: number): unknown => {
  switch (task.kind) {
    case 'regression':
      return regressorConfig(task.features.length);
    case 'classification':
      return classifierConfig(task.features.length, classes);
    case 'autoencoder':
      return autoencoderConfig(task.features.length);
    case 'forecast':
      return forecasterConfig({
        cell: 'lstm',
        window: task.window,
        features: task.features.length,
        horizon: task.horizon,
      });
    case 'sequence-classification':
      return SEQUENCE_CONFIG;
  }
};

/** Kinds of brain.js's networks that can learn a task. */
const brainTypes = ({ kind }: Task): readonly string[] => {
  if (kind === 'forecast') return ['LSTMTimeStep'];
  return kind === 'sequence-classification' ? ['RNN', 'LSTM', 'GRU'] : ['NeuralNetwork'];
};

const expectedInput = (task: Exclude<Task, { kind: 'sequence-classification' }>): readonly number[] =>
  task.kind === 'forecast' ? [task.window, task.features.length] : [task.features.length];

const expectedOutput = (task: Task, classes: number | undefined): readonly number[] => {
  switch (task.kind) {
    case 'regression':
      return [1];
    case 'autoencoder':
      return [task.features.length];
    case 'forecast':
      return [task.horizon * task.features.length];
    default:
      // Of two classes one output tells the probability of the second.
      return classes === undefined ? [] : classes === 2 ? [1, 2] : [classes];
  }
};

const shapeProblems = (
  task: Exclude<Task, { kind: 'sequence-classification' }>,
  { shapes, loss }: Extract<NetworkConfig, { type: 'tensorflow' }>,
  classes: number | undefined,
): string[] => {
  const problems: string[] = [];
  const [input, output] = [expectedInput(task), expectedOutput(task, classes)];
  if (shapes.input.join() !== input.join()) {
    const meaning = task.kind === 'forecast' ? 'window and features' : 'one number a feature';
    problems.push(`layers[0].inputShape: must be [${input.join(', ')}] (${meaning}), not [${shapes.input.join(', ')}]`);
  }
  if (output.length > 0 && !output.includes(sizeOf(shapes.output))) {
    problems.push(
      `layers: must end with ${output.join(' or ')} outputs for this ${task.kind}, not ${sizeOf(shapes.output)}`,
    );
  }
  const tellsClasses = loss.endsWith('Crossentropy');
  if (task.kind === 'classification' && !tellsClasses)
    problems.push('loss: must be binaryCrossentropy or categoricalCrossentropy for classes');
  if (task.kind !== 'classification' && tellsClasses)
    problems.push(`loss: ${loss} is for classes, not for a ${task.kind}`);
  return problems;
};

const taskProblems = (task: Task, config: NetworkConfig, classes: number | undefined): string[] => {
  if (config.type === 'brain') {
    const known = brainTypes(task);
    return known.includes(config.networkType) ? [] : [`networkType: must be ${known.join(' or ')} for a ${task.kind}`];
  }
  if (task.kind === 'sequence-classification')
    return ['type: must be brain for a sequence-classification, with networkType RNN, LSTM or GRU'];
  return shapeProblems(task, config, classes);
};

/**
 * The configuration of a network that can learn a task, with defaults filled in.
 *
 * @param config left out, a ready-made network
 * @param classes that the target has; left out while the data is not known
 * @throws NetworkConfigError with every problem, each naming the place and what was expected
 */
export const networkOf = (task: Task, config: unknown, classes?: number): NetworkConfig => {
  const network = parseNetworkConfig(config ?? readyMade(task, classes ?? 2));
  const problems = taskProblems(task, network, classes);
  if (problems.length > 0) throw new NetworkConfigError(problems);
  return network;
};
