/** Keeps a pivot that rounding has made nothing, or less, from being divided by. */
const LEAST_PIVOT = 1e-12;

/** Cholesky factor of a symmetric positive definite matrix, in place in its lower triangle, [d × d] row by row. */
const factorize = (matrix: Float64Array, d: number): void => {
  for (let i = 0; i < d; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * d + j] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (matrix[i * d + k] ?? 0) * (matrix[j * d + k] ?? 0);
      matrix[i * d + j] = i === j ? Math.sqrt(Math.max(sum, LEAST_PIVOT)) : sum / (matrix[j * d + j] ?? 1);
    }
  }
};

/** Solves L Lᵀ x = b in place. */
const substitute = (factor: Float64Array, d: number, b: Float64Array): Float64Array => {
  for (let i = 0; i < d; i += 1) {
    let sum = b[i] ?? 0;
    for (let k = 0; k < i; k += 1) sum -= (factor[i * d + k] ?? 0) * (b[k] ?? 0);
    b[i] = sum / (factor[i * d + i] ?? 1);
  }
  for (let i = d - 1; i >= 0; i -= 1) {
    let sum = b[i] ?? 0;
    for (let k = i + 1; k < d; k += 1) sum -= (factor[k * d + i] ?? 0) * (b[k] ?? 0);
    b[i] = sum / (factor[i * d + i] ?? 1);
  }
  return b;
};

/**
 * Linear least squares with a penalty on the coefficients' squares, by the normal equations. A. E. Hoerl & R. W. Kennard,
 * "Ridge regression", Technometrics 12 (1970).
 *
 * @param rows observations
 * @param width coefficients
 * @param penalty in squared units of the response, on each coefficient
 * @param read fills an observation's features, [width], and returns its response
 * @returns [width]
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
  factorize(products, width);
  return substitute(products, width, right);
};
