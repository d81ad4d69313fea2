import * as z from 'zod';
import { ArtifactError, decodeArtifact } from './artifact.ts';
import { createFeedForwardPredictor } from './brain-feed-forward.ts';
import { parseNetworkConfig } from './config/network-config.ts';
import { type Shape, sizeOf } from './config/shapes.ts';
import { TrainingDataError } from './data-quality.ts';
import { widthOf } from './network-rows.ts';
import { scaleValues, unscaleValues } from './scaling.ts';
import { createTensorFlowPredictor } from './tensorflow-network.ts';

/** Kind of the artifacts of networks that learn rows. */
export const ROWS_NETWORK = 'rows-network';

/** What did the sums: `wasm` or `cpu` of TensorFlow.js, or plain `javascript`. */
export type Engine = 'wasm' | 'cpu' | 'javascript';

const detailsSchema = z.object({
  config: z.unknown(),
  input: z.array(z.int()),
  output: z.array(z.int()),
  classes: z.boolean(),
  scaling: z.object({
    input: z.object({ offset: z.array(z.number()), scale: z.array(z.number()) }),
    target: z.object({ offset: z.array(z.number()), scale: z.array(z.number()) }),
  }),
});

export interface RowsNetwork {
  readonly backend: Engine;
  readonly input: Shape;
  readonly output: Shape;
  /** Outputs of rows [n × input] flat, in the targets' units or as probabilities, [n × output] flat. */
  readonly predict: (inputs: Float32Array) => Promise<Float32Array>;
  /** Slope of one output in each input, [n × input] flat; only of TensorFlow.js. */
  readonly slopes?: (inputs: Float32Array, output: number) => Promise<Float32Array>;
  /** Frees the memory of TensorFlow.js. */
  readonly dispose: () => void;
}

/**
 * A network from its artifact, ready to predict as it did when it was trained.
 *
 * @throws ArtifactError when the bytes are not whole or of another kind
 */
export const loadRowsNetwork = async (artifact: Uint8Array): Promise<RowsNetwork> => {
  const { details, weights } = decodeArtifact(artifact, ROWS_NETWORK);
  const { config: stored, scaling, input, output } = detailsSchema.parse(details);
  const config = parseNetworkConfig(stored);
  const checked = (inputs: Float32Array): Float32Array => {
    if (Number.isInteger(inputs.length / sizeOf(input))) return scaleValues(inputs, scaling.input);
    throw new TrainingDataError([`${inputs.length} inputs are not rows of ${sizeOf(input)}`]);
  };
  if (config.type === 'brain') {
    if (config.networkType !== 'NeuralNetwork') throw new ArtifactError(`${config.networkType} does not predict rows`);
    const run = createFeedForwardPredictor(config, sizeOf(input), sizeOf(output), weights);
    const predict = async (inputs: Float32Array) => unscaleValues(run(checked(inputs)), scaling.target);
    return { backend: 'javascript', input, output, predict, dispose: () => undefined };
  }
  const network = await createTensorFlowPredictor({ config: config, input, output }, weights);
  return {
    backend: network.backend,
    input,
    output,
    predict: async (inputs) => unscaleValues(await network.predict(checked(inputs)), scaling.target),
    slopes: async (inputs, index) => {
      const slopes = await network.slopes(checked(inputs), index);
      const stretch = scaling.target.scale[index % scaling.target.scale.length] ?? 1;
      return slopes.map((slope, at) => (slope * stretch) / (scaling.input.scale[at % widthOf(input)] ?? 1));
    },
    dispose: network.dispose,
  };
};
