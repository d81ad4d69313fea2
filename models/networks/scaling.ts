/** How each column is moved and stretched: scaled = (value − offset) / scale. */
export interface Scaling {
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

/** Every column as it is. */
export const unscaled = (columns: number): Scaling => ({
  offset: new Array<number>(columns).fill(0),
  scale: new Array<number>(columns).fill(1),
});

/**
 * Mean 0 and standard deviation 1 of each column.
 *
 * @param values [n × columns] flat; a column that never changes is only moved
 */
export const standardScaling = (values: Float32Array, columns: number): Scaling => {
  const rows = values.length / columns;
  const offset = new Array<number>(columns).fill(0);
  const squares = new Array<number>(columns).fill(0);
  for (let at = 0; at < values.length; at += 1) {
    const column = at % columns;
    offset[column] = (offset[column] ?? 0) + (values[at] ?? 0) / rows;
  }
  for (let at = 0; at < values.length; at += 1) {
    const column = at % columns;
    squares[column] = (squares[column] ?? 0) + ((values[at] ?? 0) - (offset[column] ?? 0)) ** 2;
  }
  return { offset, scale: squares.map((sum) => Math.sqrt(sum / rows) || 1) };
};

/**
 * The range of each column becomes `low` to `high`, which the outputs of a bounded activation can reach.
 *
 * @param values [n × columns] flat
 */
export const rangeScaling = (values: Float32Array, columns: number, low: number, high: number): Scaling => {
  const least = new Array<number>(columns).fill(Number.POSITIVE_INFINITY);
  const most = new Array<number>(columns).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < values.length; at += 1) {
    const column = at % columns;
    least[column] = Math.min(least[column] ?? 0, values[at] ?? 0);
    most[column] = Math.max(most[column] ?? 0, values[at] ?? 0);
  }
  const scale = least.map((from, column) => ((most[column] ?? 0) - from) / (high - low) || 1);
  return { scale, offset: least.map((from, column) => from - low * (scale[column] ?? 1)) };
};

/** Scaled values, [n × columns] flat. */
export const scaleValues = (values: Float32Array, { offset, scale }: Scaling): Float32Array =>
  values.map((value, at) => (value - (offset[at % offset.length] ?? 0)) / (scale[at % scale.length] ?? 1));

/** Values from scaled ones, [n × columns] flat. */
export const unscaleValues = (values: Float32Array, { offset, scale }: Scaling): Float32Array =>
  values.map((value, at) => value * (scale[at % scale.length] ?? 1) + (offset[at % offset.length] ?? 0));
