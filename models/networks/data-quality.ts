import { auc } from '../tabular/classification-metrics.ts';

/** Data that nothing can be learned from, or only what is not true; each problem names the column and what to do. */
export class TrainingDataError extends Error {
  override readonly name = 'TrainingDataError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

const FEWEST_ROWS = 20;
/** A column that tells the target this well knows it. */
const TELLING_CORRELATION = 0.999;
const TELLING_AUC = 0.999;

/** Columns of n rows, or of the steps of n rows, flat by row. */
interface Columns {
  readonly values: Float32Array;
  readonly names: readonly string[];
}

const notFinite = ({ values, names }: Columns): string[] =>
  names.flatMap((name, column) => {
    let [count, first] = [0, -1];
    for (let at = column; at < values.length; at += names.length) {
      if (Number.isFinite(values[at])) continue;
      if (count === 0) first = (at - column) / names.length;
      count += 1;
    }
    if (count === 0) return [];
    return [
      `${name}: ${count} values are no finite numbers, the first in row ${first}; fill them in or leave them out`,
    ];
  });

const constant = ({ values, names }: Columns): string[] =>
  names.flatMap((name, column) => {
    for (let at = column; at < values.length; at += names.length) if (values[at] !== values[column]) return [];
    return [`${name}: is ${values[column] ?? 0} in every row, which tells nothing; leave it out`];
  });

const columnOf = ({ values, names }: Columns, column: number): Float64Array =>
  Float64Array.from({ length: values.length / names.length }, (_, row) => values[row * names.length + column] ?? 0);

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const correlation = (a: Float64Array, b: Float64Array): number => {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let row = 0; row < a.length; row += 1) {
    const [x, y] = [(a[row] ?? 0) - meanA, (b[row] ?? 0) - meanB];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return product / Math.sqrt(squaresA * squaresB);
};

const isBinary = (values: Float64Array): boolean => values.every((value) => value === 0 || value === 1);

const leak = (name: string, feature: Float64Array, targetName: string, target: Float64Array): string[] => {
  const cure = 'leave it out, or set training.leakage to allow when it is known before the target';
  if (isBinary(target)) {
    const area = auc(feature, Uint8Array.from(target));
    if (Math.max(area, 1 - area) < TELLING_AUC) return [];
    return [`${name}: tells ${targetName} by itself (AUC ${Math.max(area, 1 - area).toFixed(4)}); ${cure}`];
  }
  const r = correlation(feature, target);
  return Math.abs(r) < TELLING_CORRELATION
    ? []
    : [`${name}: tells ${targetName} by itself (correlation ${r.toFixed(4)}); ${cure}`];
};

const leaks = (inputs: Columns, targets: Columns): string[] =>
  targets.names.flatMap((targetName, k) => {
    const target = columnOf(targets, k);
    return inputs.names.flatMap((name, column) => leak(name, columnOf(inputs, column), targetName, target));
  });

/**
 * Refuses rows to learn from that are too few, not finite or constant in a column, or of which a column gives the target
 * away (S. Kaufman, S. Rosset & C. Perlich, "Leakage in data mining", KDD 2011).
 *
 * @param lookForLeaks only of a row of inputs a row of targets
 * @throws TrainingDataError with every problem found
 */
export const checkTrainingData = (rows: number, inputs: Columns, targets: Columns, lookForLeaks: boolean): void => {
  if (rows < FEWEST_ROWS)
    throw new TrainingDataError([`${rows} rows are too few to learn from; ${FEWEST_ROWS} are needed at least`]);
  // What shall be told back is looked at once.
  const parts = inputs.values === targets.values ? [inputs] : [inputs, targets];
  const unusable = parts.flatMap(notFinite);
  if (unusable.length === 0) unusable.push(...parts.flatMap(constant));
  if (unusable.length === 0 && lookForLeaks) unusable.push(...leaks(inputs, targets));
  if (unusable.length > 0) throw new TrainingDataError(unusable);
};
