import * as z from 'zod';
import { nearMiss, parsePart } from './problems.ts';

const LARGEST_SIZE = 4_096;
const MOST_STEPS = 2_000;

const whole = (name: string, most: number) => {
  const error = `must be a whole number of ${name} from 1 to ${most.toLocaleString('en')}`;
  return z.int({ error }).min(1, { error }).max(most, { error });
};

const oneOf = <const Name extends string>(names: readonly [Name, ...Name[]]) =>
  z.enum(names, { error: ({ input }) => `must be one of ${names.join(', ')}${nearMiss(String(input), names)}` });

const yesOrNo = z.boolean({ error: 'must be true or false' });
const units = whole('units', LARGEST_SIZE);

const between = (low: number, high: number) => {
  const error = `must be a number above ${low} and below ${high}`;
  return z.number({ error }).gt(low, { error }).lt(high, { error });
};

const shape = z
  .array(whole('values', 100_000), { error: 'must be a list of sizes, such as [10] or [24, 3]' })
  .min(1, { error: 'must have a size at least, such as [10]' })
  .max(3, { error: 'must have three sizes at most' });

const ACTIVATIONS = ['linear', 'relu', 'sigmoid', 'tanh', 'softmax', 'elu', 'selu', 'softplus', 'swish'] as const;

/** The first layer's: the shape of one row, [features] or [steps × features]. */
const inputShape = { inputShape: shape.optional() };
const activation = oneOf(ACTIVATIONS).default('linear');

const dense = z.strictObject({
  type: z.literal('dense'),
  units,
  activation,
  useBias: yesOrNo.default(true),
  ...inputShape,
});

const recurrent = {
  units,
  /** The output of every step, and not of the last alone. */
  returnSequences: yesOrNo.default(false),
  ...inputShape,
};

const epsilon = between(0, 0.1).default(1e-3);

const LAYERS = {
  dense,
  lstm: z.strictObject({ type: z.literal('lstm'), ...recurrent }),
  gru: z.strictObject({ type: z.literal('gru'), ...recurrent }),
  conv1d: z.strictObject({
    type: z.literal('conv1d'),
    filters: whole('filters', LARGEST_SIZE),
    kernelSize: whole('steps', MOST_STEPS),
    padding: oneOf(['valid', 'same', 'causal']).default('valid'),
    activation,
    ...inputShape,
  }),
  dropout: z.strictObject({
    type: z.literal('dropout'),
    rate: z
      .number({ error: 'must be a share from 0 to below 1' })
      .min(0, { error: 'must be a share from 0 to below 1' })
      .lt(1, { error: 'must be a share from 0 to below 1' }),
    ...inputShape,
  }),
  batchNormalization: z.strictObject({
    type: z.literal('batchNormalization'),
    momentum: between(0, 1).default(0.99),
    epsilon,
    ...inputShape,
  }),
  layerNormalization: z.strictObject({ type: z.literal('layerNormalization'), epsilon, ...inputShape }),
  timeDistributed: z.strictObject({
    type: z.literal('timeDistributed'),
    layer: dense.omit({ inputShape: true }),
    ...inputShape,
  }),
  flatten: z.strictObject({ type: z.literal('flatten'), ...inputShape }),
  reshape: z.strictObject({ type: z.literal('reshape'), targetShape: shape, ...inputShape }),
  repeatVector: z.strictObject({ type: z.literal('repeatVector'), n: whole('steps', MOST_STEPS), ...inputShape }),
};

export type LayerConfig = z.infer<(typeof LAYERS)[keyof typeof LAYERS]>;

const layerTypes = Object.keys(LAYERS);

/** Parses one layer; `index` is its place in the network, for the texts of its problems. */
export const parseLayer = (
  value: unknown,
  index: number,
): { readonly part: LayerConfig } | { readonly problems: string[] } => {
  const place = `layers[${index}]`;
  const type: unknown = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  const schema = Object.entries<z.ZodType<LayerConfig>>(LAYERS).find(([name]) => name === type)?.[1];
  if (schema !== undefined) return parsePart(schema, value, place);
  const near = typeof type === 'string' ? nearMiss(type, layerTypes) : '';
  return { problems: [`${place}.type: must be one of ${layerTypes.join(', ')}${near}`] };
};
