import type { SegmentCost } from './pelt.ts';

const cumulate = (n: number, term: (i: number) => number): Float64Array => {
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i += 1) sums[i + 1] = (sums[i] ?? 0) + term(i);
  return sums;
};

/** Squared deviations from the segment's mean, for values of unit noise. */
export const meanCost = (y: Float64Array): SegmentCost => {
  const sums = cumulate(y.length, (i) => y[i] ?? 0);
  const squares = cumulate(y.length, (i) => (y[i] ?? 0) ** 2);
  return (start, end) => {
    const sum = (sums[end] ?? 0) - (sums[start] ?? 0);
    return (squares[end] ?? 0) - (squares[start] ?? 0) - (sum * sum) / (end - start);
  };
};

/** Squared deviations from the segment's least-squares line, for values of unit noise. */
export const lineCost = (y: Float64Array): SegmentCost => {
  const around = meanCost(y);
  const middle = y.length / 2;
  const sums = cumulate(y.length, (i) => y[i] ?? 0);
  const products = cumulate(y.length, (i) => (i - middle) * (y[i] ?? 0));
  return (start, end) => {
    const length = end - start;
    const centre = (start + end - 1) / 2 - middle;
    const product = (products[end] ?? 0) - (products[start] ?? 0) - centre * ((sums[end] ?? 0) - (sums[start] ?? 0));
    const spread = (length * (length * length - 1)) / 12;
    return around(start, end) - (spread > 0 ? (product * product) / spread : 0);
  };
};
