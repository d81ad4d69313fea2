import type { SegmentCost } from './pelt.ts';

/** Squared deviations from the segment's mean, for values of unit noise. */
export const meanCost = (y: Float64Array): SegmentCost => {
  const n = y.length;
  const [sums, squares] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  for (let i = 0; i < n; i += 1) {
    const value = y[i] ?? 0;
    sums[i + 1] = (sums[i] ?? 0) + value;
    squares[i + 1] = (squares[i] ?? 0) + value * value;
  }
  return (start, end) => {
    const sum = (sums[end] ?? 0) - (sums[start] ?? 0);
    return (squares[end] ?? 0) - (squares[start] ?? 0) - (sum * sum) / (end - start);
  };
};

/** Squared deviations from the segment's least-squares line, for values of unit noise. */
export const lineCost = (y: Float64Array): SegmentCost => {
  const n = y.length;
  const middle = n / 2;
  const [sums, squares, products] = [new Float64Array(n + 1), new Float64Array(n + 1), new Float64Array(n + 1)];
  for (let i = 0; i < n; i += 1) {
    const value = y[i] ?? 0;
    sums[i + 1] = (sums[i] ?? 0) + value;
    squares[i + 1] = (squares[i] ?? 0) + value * value;
    products[i + 1] = (products[i] ?? 0) + (i - middle) * value;
  }
  return (start, end) => {
    const length = end - start;
    const sum = (sums[end] ?? 0) - (sums[start] ?? 0);
    const around = (squares[end] ?? 0) - (squares[start] ?? 0) - (sum * sum) / length;
    const centre = (start + end - 1) / 2 - middle;
    const product = (products[end] ?? 0) - (products[start] ?? 0) - centre * sum;
    const spread = (length * (length * length - 1)) / 12;
    return around - (spread > 0 ? (product * product) / spread : 0);
  };
};
