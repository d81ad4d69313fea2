import type { LayerConfig } from './layers.ts';

/** Sizes of one row, [features] or [steps × features], without the number of rows. */
export type Shape = readonly number[];

interface Flow {
  readonly output: Shape;
  /** Weights of the layer, those that normalise without training included. */
  readonly weights: number;
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`;

const RECURRENT_GATES = { lstm: 4, gru: 3 };

const isRecurrent = (layer: LayerConfig | undefined) => layer?.type === 'lstm' || layer?.type === 'gru';

const throughDense = (
  { units, useBias }: { readonly units: number; readonly useBias: boolean },
  input: Shape,
): Flow => ({
  output: [...input.slice(0, -1), units],
  weights: units * ((input.at(-1) ?? 0) + (useBias ? 1 : 0)),
});

/** What layers over steps need, or what to do about it. */
const needSteps = (layer: LayerConfig, input: Shape, before: LayerConfig | undefined): string | undefined => {
  if (input.length === 2) return undefined;
  const cure = isRecurrent(before) ? `; set returnSequences on the ${before?.type} before it` : '';
  return `${layer.type} needs [steps, features] and receives ${shapeText(input)}${cure}`;
};

const throughSteps = (layer: LayerConfig, input: Shape, before: LayerConfig | undefined): Flow | string => {
  const wrong = needSteps(layer, input, before);
  if (wrong !== undefined) return wrong;
  const [steps = 0, features = 0] = input;
  if (layer.type === 'timeDistributed') return throughDense(layer.layer, input);
  if (layer.type === 'conv1d') {
    const output = layer.padding === 'valid' ? steps - layer.kernelSize + 1 : steps;
    if (output < 1) return `conv1d has a kernelSize of ${layer.kernelSize} and receives ${steps} steps only`;
    return { output: [output, layer.filters], weights: layer.filters * (layer.kernelSize * features + 1) };
  }
  if (layer.type !== 'lstm' && layer.type !== 'gru') return `${layer.type} does not go over steps`;
  const weights = RECURRENT_GATES[layer.type] * layer.units * (features + layer.units + 1);
  return { output: layer.returnSequences ? [steps, layer.units] : [layer.units], weights };
};

/** The shape a layer gives, or what is wrong with the one it receives. */
const through = (layer: LayerConfig, input: Shape, before: LayerConfig | undefined): Flow | string => {
  switch (layer.type) {
    case 'dense':
      if (input.length === 1) return throughDense(layer, input);
      return isRecurrent(before)
        ? `dense receives every step, ${shapeText(input)}, since the ${before?.type} before it has returnSequences; leave that out, or wrap dense in timeDistributed for a value at each step`
        : `dense needs [features] and receives ${shapeText(input)}; put flatten before it, or wrap it in timeDistributed`;
    case 'flatten':
      return { output: [sizeOf(input)], weights: 0 };
    case 'reshape':
      return sizeOf(layer.targetShape) === sizeOf(input)
        ? { output: layer.targetShape, weights: 0 }
        : `reshape to ${shapeText(layer.targetShape)} holds ${sizeOf(layer.targetShape)} values and receives ${sizeOf(input)}`;
    case 'repeatVector':
      return input.length === 1
        ? { output: [layer.n, ...input], weights: 0 }
        : `repeatVector needs [features] and receives ${shapeText(input)}`;
    case 'dropout':
      return { output: input, weights: 0 };
    case 'batchNormalization':
      return { output: input, weights: 4 * (input.at(-1) ?? 0) };
    case 'layerNormalization':
      return { output: input, weights: 2 * (input.at(-1) ?? 0) };
    default:
      return throughSteps(layer, input, before);
  }
};

const placeProblem = (layer: LayerConfig, index: number): string | undefined => {
  if (index > 0 && layer.inputShape !== undefined)
    return `layers[${index}].inputShape: belongs to the first layer alone; the others follow from it`;
  if (index > 0 || layer.inputShape !== undefined) return undefined;
  return 'layers[0].inputShape: must be given: the shape of one row, such as [10], or [24, 3] for 24 steps of 3 features';
};

export interface NetworkShapes {
  readonly input: Shape;
  readonly output: Shape;
  readonly weights: number;
}

/** Follows a row through the layers: its shapes, or the first problem on its way. */
export const followShapes = (layers: readonly LayerConfig[]): NetworkShapes | string => {
  const input = layers[0]?.inputShape ?? [];
  let output: Shape = input;
  let weights = 0;
  for (const [index, layer] of layers.entries()) {
    const misplaced = placeProblem(layer, index);
    if (misplaced !== undefined) return misplaced;
    const flow = through(layer, output, layers[index - 1]);
    if (typeof flow === 'string') return `layers[${index}]: ${flow}`;
    output = flow.output;
    weights += flow.weights;
  }
  return { input, output, weights };
};
