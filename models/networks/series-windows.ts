import type { RowsData } from './network-rows.ts';

/** A series of d features, [n × d] flat, in the order of time. */
export interface Series {
  readonly values: Float32Array;
  readonly features: number;
}

/** Every window of a series and what followed it, in the order of time. */
export const windowsOf = (
  { values, features }: Series,
  { window, horizon }: { readonly window: number; readonly horizon: number },
): RowsData => {
  const steps = values.length / features;
  const rows = Math.max(0, steps - window - horizon + 1);
  const [inputs, targets] = [new Float32Array(rows * window * features), new Float32Array(rows * horizon * features)];
  for (let row = 0; row < rows; row += 1) {
    const middle = (row + window) * features;
    inputs.set(values.subarray(row * features, middle), row * window * features);
    targets.set(values.subarray(middle, middle + horizon * features), row * horizon * features);
  }
  // What the last windows before the held-out ones have as targets is what those are judged by.
  return { rows, inputs, targets, gap: horizon - 1 };
};
