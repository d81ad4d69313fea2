import * as z from 'zod';
import { type LayerConfig, parseLayer } from './layers.ts';
import { NetworkConfigError, nearMiss, parsePart } from './problems.ts';
import { followShapes, type NetworkShapes } from './shapes.ts';

const MOST_LAYERS = 32;
/** Weights of a network: 8 MB as 32-bit numbers, three times that in training. */
const MOST_WEIGHTS = 2_000_000;

const OPTIMIZERS = ['adam', 'sgd', 'rmsprop', 'adagrad', 'adadelta'] as const;
/** As in Keras. */
const LEARNING_RATES = { adam: 0.001, sgd: 0.01, rmsprop: 0.001, adagrad: 0.01, adadelta: 1 };

const optimizerName = z.enum(OPTIMIZERS, {
  error: ({ input }) => `must be one of ${OPTIMIZERS.join(', ')}${nearMiss(String(input), OPTIMIZERS)}`,
});

const rateError = 'must be a number above 0 and at most 1';
const optimizerObject = z.strictObject({
  name: optimizerName,
  learningRate: z.number({ error: rateError }).gt(0, { error: rateError }).max(1, { error: rateError }).optional(),
});

const LOSSES = ['meanSquaredError', 'meanAbsoluteError', 'binaryCrossentropy', 'categoricalCrossentropy'] as const;
const METRICS = ['accuracy', 'meanAbsoluteError', 'rootMeanSquaredError'] as const;

const outline = z.strictObject({
  type: z.literal('tensorflow'),
  layers: z
    .array(z.unknown(), { error: 'must be a list of layers' })
    .min(1, { error: 'must have a layer at least' })
    .max(MOST_LAYERS, { error: `must have ${MOST_LAYERS} layers at most` }),
  optimizer: z.unknown().default('adam'),
  loss: z.enum(LOSSES, {
    error: ({ input }) => `must be one of ${LOSSES.join(', ')}${nearMiss(String(input), LOSSES)}`,
  }),
  metrics: z
    .array(
      z.enum(METRICS, {
        error: ({ input }) => `must be one of ${METRICS.join(', ')}${nearMiss(String(input), METRICS)}`,
      }),
      { error: `must be a list of ${METRICS.join(', ')}` },
    )
    .default([]),
});

export interface TensorFlowConfig {
  readonly type: 'tensorflow';
  readonly layers: readonly LayerConfig[];
  readonly optimizer: { readonly name: (typeof OPTIMIZERS)[number]; readonly learningRate: number };
  readonly loss: (typeof LOSSES)[number];
  readonly metrics: readonly (typeof METRICS)[number][];
}

const parseOptimizer = (value: unknown) => {
  const parsed =
    typeof value === 'object' && value !== null
      ? parsePart(optimizerObject, value, 'optimizer')
      : parsePart(optimizerName, value, 'optimizer');
  if ('problems' in parsed) return parsed;
  const { name, learningRate } =
    typeof parsed.part === 'string' ? { name: parsed.part, learningRate: undefined } : parsed.part;
  return { part: { name, learningRate: learningRate ?? LEARNING_RATES[name] } };
};

/** What the loss asks of the last layer. */
const lastLayerProblem = (layers: readonly LayerConfig[], loss: TensorFlowConfig['loss'], output: number) => {
  const place = `layers[${layers.length - 1}]`;
  const outermost = layers.at(-1);
  const last = outermost?.type === 'timeDistributed' ? outermost.layer : outermost;
  if (last?.type === 'dropout') return `${place}: dropout as the last layer would drop the network's answers`;
  const activation = last?.type === 'dense' ? last.activation : 'none';
  if (activation === 'softmax' && output === 1) return `${place}: softmax over one unit is always 1; use sigmoid`;
  if (loss === 'binaryCrossentropy' && activation !== 'sigmoid')
    return `${place}.activation: must be sigmoid for the loss binaryCrossentropy, which needs probabilities`;
  if (loss === 'categoricalCrossentropy' && activation !== 'softmax')
    return `${place}.activation: must be softmax for the loss categoricalCrossentropy, which needs probabilities that sum to 1`;
  if (activation === 'softmax' && loss !== 'categoricalCrossentropy')
    return `loss: must be categoricalCrossentropy when the last layer is softmax`;
  return undefined;
};

const problemsOfWhole = (
  layers: readonly LayerConfig[],
  { loss, metrics }: Pick<TensorFlowConfig, 'loss' | 'metrics'>,
  shapes: NetworkShapes,
): string[] => {
  const problems: string[] = [];
  const last = lastLayerProblem(layers, loss, shapes.output.at(-1) ?? 0);
  if (last !== undefined) problems.push(last);
  if (metrics.includes('accuracy') && !loss.endsWith('Crossentropy'))
    problems.push('metrics: accuracy needs classes, that is the loss binaryCrossentropy or categoricalCrossentropy');
  if (shapes.weights === 0) problems.push('layers: none has weights, so that there is nothing to train');
  if (shapes.weights > MOST_WEIGHTS) {
    const counts = [shapes.weights, MOST_WEIGHTS].map((count) => count.toLocaleString('en'));
    problems.push(`layers: have ${counts[0]} weights together; at most ${counts[1]} are allowed`);
  }
  return problems;
};

/**
 * A network of TensorFlow.js as its configuration gives it.
 *
 * @throws NetworkConfigError with every problem found, each naming the layer and key
 */
export const parseTensorFlowConfig = (value: unknown): TensorFlowConfig & { readonly shapes: NetworkShapes } => {
  const parsed = parsePart(outline, value, '');
  if ('problems' in parsed) throw new NetworkConfigError(parsed.problems);
  const { loss, metrics } = parsed.part;
  const layers = parsed.part.layers.map(parseLayer);
  const optimizer = parseOptimizer(parsed.part.optimizer);
  const problems = [...layers, optimizer].flatMap((part) => ('problems' in part ? part.problems : []));
  if (problems.length > 0 || 'problems' in optimizer) throw new NetworkConfigError(problems);
  const complete = layers.flatMap((layer) => ('part' in layer ? [layer.part] : []));
  const shapes = followShapes(complete);
  if (typeof shapes === 'string') throw new NetworkConfigError([shapes]);
  const ofWhole = problemsOfWhole(complete, { loss, metrics }, shapes);
  if (ofWhole.length > 0) throw new NetworkConfigError(ofWhole);
  return { type: 'tensorflow', layers: complete, optimizer: optimizer.part, loss, metrics, shapes };
};
