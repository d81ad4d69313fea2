import { factorize, solve } from '../statistics/cholesky.ts';

/**
 * Linear least squares with a penalty on the coefficients' squares, by the normal equations. A. E. Hoerl & R. W. Kennard,
 * "Ridge regression", Technometrics 12 (1970).
 *
 * @param rows observations
 * @param width coefficients
 * @param penalty in squared units of the response, on each coefficient
 * @param read fills an observation's features, [width], and returns its response
 * @returns [width]
 * @throws RangeError when features are collinear and the penalty is 0
 */
export const solveRidge = (
  rows: number,
  width: number,
  penalty: number,
  read: (row: number, features: Float64Array) => number,
): Float64Array => {
  const products = new Float64Array(width * width);
  const right = new Float64Array(width);
  const features = new Float64Array(width);
  for (let row = 0; row < rows; row += 1) {
    const response = read(row, features);
    for (let i = 0; i < width; i += 1) {
      const value = features[i] ?? 0;
      right[i] = (right[i] ?? 0) + value * response;
      for (let j = 0; j <= i; j += 1)
        products[i * width + j] = (products[i * width + j] ?? 0) + value * (features[j] ?? 0);
    }
  }
  for (let i = 0; i < width; i += 1) products[i * width + i] = (products[i * width + i] ?? 0) + penalty;
  if (!factorize(products, width)) throw new RangeError('features are collinear: a penalty above 0 is needed');
  solve(products, right);
  return right;
};
