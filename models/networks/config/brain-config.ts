import * as z from 'zod';
import { NetworkConfigError, nearMiss, parsePart } from './problems.ts';

const NETWORK_TYPES = ['NeuralNetwork', 'LSTMTimeStep', 'RNN', 'LSTM', 'GRU'] as const;

const sizeError = 'must be a whole number of units from 1 to 512';
const hiddenLayers = z
  .array(z.int({ error: sizeError }).min(1, { error: sizeError }).max(512, { error: sizeError }), {
    error: 'must be a list of layer sizes, such as [10, 10]',
  })
  .min(1, { error: 'must have a layer at least, such as [10]' })
  .max(4, { error: 'must have 4 layers at most' });

const insideUnit = (from: 'above 0' | '0 or above') => {
  const error = `must be a number ${from} and below 1`;
  const number = z.number({ error }).lt(1, { error });
  return from === 'above 0' ? number.gt(0, { error }) : number.min(0, { error });
};

const iterationsError = 'must be a whole number from 1 to 20,000: times that the training rows are gone through';
const training = {
  iterations: z
    .int({ error: iterationsError })
    .min(1, { error: iterationsError })
    .max(20_000, { error: iterationsError })
    .optional(),
  /** Training ends when its error falls below. */
  errorThresh: insideUnit('0 or above').default(0),
};

const ACTIVATIONS = ['sigmoid', 'relu', 'tanh'] as const;
const activationError = ({ input }: { readonly input: unknown }): string =>
  input === 'leaky-relu'
    ? 'leaky-relu of brain.js is 0 below 0 and 0.01·x above it, which is not what the name says; use relu'
    : `must be one of ${ACTIVATIONS.join(', ')}${nearMiss(String(input), ACTIVATIONS)}`;

const feedForward = z.strictObject({
  hiddenLayers: hiddenLayers.default([10]),
  activation: z.enum(ACTIVATIONS, { error: activationError }).default('sigmoid'),
  learningRate: insideUnit('above 0').default(0.3),
  momentum: insideUnit('above 0').default(0.1),
  ...training,
});

const recurrent = z.strictObject({
  hiddenLayers: hiddenLayers.default([20]),
  learningRate: insideUnit('above 0').default(0.01),
  ...training,
});

const outline = z.strictObject({
  type: z.literal('brain'),
  networkType: z.enum(NETWORK_TYPES, {
    error: ({ input }) => `must be one of ${NETWORK_TYPES.join(', ')}${nearMiss(String(input), NETWORK_TYPES)}`,
  }),
  options: z.unknown().default({}),
});

export interface FeedForwardConfig {
  readonly type: 'brain';
  readonly networkType: 'NeuralNetwork';
  readonly options: z.infer<typeof feedForward>;
}

export interface RecurrentConfig {
  readonly type: 'brain';
  readonly networkType: 'LSTMTimeStep' | 'RNN' | 'LSTM' | 'GRU';
  readonly options: z.infer<typeof recurrent>;
}

/**
 * A network of brain.js as its configuration gives it: `NeuralNetwork` learns rows, `LSTMTimeStep` series, and `RNN`,
 * `LSTM` and `GRU` tell classes of sequences.
 *
 * @throws NetworkConfigError with every problem found, each naming the key
 */
export const parseBrainConfig = (value: unknown): FeedForwardConfig | RecurrentConfig => {
  const parsed = parsePart(outline, value, '');
  if ('problems' in parsed) throw new NetworkConfigError(parsed.problems);
  const { networkType } = parsed.part;
  if (networkType === 'NeuralNetwork') {
    const options = parsePart(feedForward, parsed.part.options, 'options');
    if ('problems' in options) throw new NetworkConfigError(options.problems);
    return { type: 'brain', networkType, options: options.part };
  }
  const options = parsePart(recurrent, parsed.part.options, 'options');
  if ('problems' in options) throw new NetworkConfigError(options.problems);
  return { type: 'brain', networkType, options: options.part };
};
