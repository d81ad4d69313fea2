import { createRandom } from '../statistics/random.ts';
import { shuffle } from '../tabular/cross-validation.ts';

/** Outputs of rows [n × features] flat, [n × outputs] flat. */
export type Predict = (inputs: Float32Array) => Promise<Float32Array>;

/** Rows [n × features] and targets [n × outputs], flat. */
export interface JudgedRows {
  readonly rows: number;
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

const REPEATS = 5;

const meanSquaredError = (outputs: Float32Array, targets: Float32Array): number =>
  outputs.reduce((sum, output, at) => sum + (output - (targets[at] ?? 0)) ** 2, 0) / targets.length;

/**
 * By how much the mean squared error of predictions (of probabilities: the Brier score) grows when a column is dealt
 * anew. L. Breiman, "Random forests", Machine Learning 45 (2001). Of columns that say the same, each may seem to matter
 * little. Rows should be held out.
 *
 * @returns [features] mean over 5 shuffles; below 0 by chance
 */
export const columnImportance = async (
  predict: Predict,
  { rows, inputs, targets }: JudgedRows,
  seed: number,
): Promise<number[]> => {
  const random = createRandom(seed);
  const features = inputs.length / rows;
  const before = meanSquaredError(await predict(inputs), targets);
  const importance: number[] = [];
  for (let column = 0; column < features; column += 1) {
    let grown = 0;
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const donors = shuffle(
        Int32Array.from({ length: rows }, (_, row) => row),
        random,
      );
      const dealt = inputs.slice();
      for (const [row, donor] of donors.entries())
        dealt[row * features + column] = inputs[donor * features + column] ?? 0;
      grown += (meanSquaredError(await predict(dealt), targets) - before) / REPEATS;
    }
    importance.push(grown);
  }
  return importance;
};

export interface Contributions {
  /** What the network says of the baseline. */
  readonly base: number;
  /** [features] what each adds to that. */
  readonly contributions: readonly number[];
  /** What the contributions leave over of the prediction: how exact they are. */
  readonly remainder: number;
  readonly prediction: number;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const POINTS = 64;

/**
 * What each feature adds to a prediction: integrated gradients, by the midpoint rule on 64 points of the way from the
 * baseline to the row. M. Sundararajan, A. Taly & Q. Yan, "Axiomatic attribution for deep networks", ICML 2017.
 *
 * @param slopes of the output in each input, [n × features] flat @param row [features] @param baseline [features], such
 * as the mean row
 */
export const integratedGradients = async (
  network: {
    readonly predict: Predict;
    readonly slopes: (inputs: Float32Array, output: number) => Promise<Float32Array>;
  },
  row: Float32Array,
  baseline: Float32Array,
  output = 0,
): Promise<Contributions> => {
  const features = row.length;
  const path = Float32Array.from({ length: POINTS * features }, (_, at) => {
    const from = baseline[at % features] ?? 0;
    return from + ((Math.floor(at / features) + 0.5) / POINTS) * ((row[at % features] ?? 0) - from);
  });
  const slopes = await network.slopes(path, output);
  const contributions = Array.from(row, (value, feature) => {
    let mean = 0;
    for (let point = 0; point < POINTS; point += 1) mean += (slopes[point * features + feature] ?? 0) / POINTS;
    return mean * (value - (baseline[feature] ?? 0));
  });
  const ends = await network.predict(Float32Array.of(...baseline, ...row));
  const [base = 0, prediction = 0] = [ends[output], ends[ends.length / 2 + output]];
  return { base, contributions, remainder: prediction - base - sumOf(contributions), prediction };
};

/**
 * What each feature adds to a prediction, of any network: Shapley values by sampled orders, each with its reverse. E.
 * Štrumbelj & I. Kononenko, "Explaining prediction models and individual predictions with feature contributions",
 * Knowledge and Information Systems 41 (2014).
 *
 * @param row [features] @param baseline [features] @param orders that are sampled; the sum is exact with any number
 */
export const sampledShapley = async (
  predict: Predict,
  row: Float32Array,
  baseline: Float32Array,
  {
    orders = 50,
    seed = 1,
    output = 0,
  }: { readonly orders?: number; readonly seed?: number; readonly output?: number } = {},
): Promise<Contributions> => {
  const random = createRandom(seed);
  const features = row.length;
  const sampled = Array.from({ length: orders }, () => {
    const order = shuffle(
      Int32Array.from({ length: features }, (_, feature) => feature),
      random,
    );
    return [order, order.toReversed()];
  }).flat();
  const steps = new Float32Array(sampled.length * (features + 1) * features);
  for (const [index, order] of sampled.entries()) {
    const mixed = baseline.slice();
    const from = index * (features + 1);
    steps.set(mixed, from * features);
    for (const [place, feature] of order.entries()) {
      mixed[feature] = row[feature] ?? 0;
      steps.set(mixed, (from + place + 1) * features);
    }
  }
  const outputs = await predict(steps);
  const width = outputs.length / (sampled.length * (features + 1));
  const at = (step: number): number => outputs[step * width + output] ?? 0;
  const contributions = new Array<number>(features).fill(0);
  for (const [index, order] of sampled.entries()) {
    const from = index * (features + 1);
    for (const [place, feature] of order.entries())
      contributions[feature] =
        (contributions[feature] ?? 0) + (at(from + place + 1) - at(from + place)) / sampled.length;
  }
  const [base, prediction] = [at(0), at(features)];
  return { base, contributions, remainder: prediction - base - sumOf(contributions), prediction };
};
