/** Pivots below this share of the diagonal are rounding, not information. */
const SMALLEST_PIVOT = 1e-13;

/**
 * Factor L of a symmetric positive definite matrix A = L·Lᵀ, in place of its lower triangle. G. H. Golub & C. F. Van Loan,
 * Matrix Computations (2013), 4.2.
 *
 * @param matrix [d × d], row by row; what lies above the diagonal is neither read nor written
 * @returns whether the matrix was positive definite; if not, it is left half done
 */
export const factorize = (matrix: Float64Array, d: number): boolean => {
  for (let i = 0; i < d; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const entry = matrix[i * d + j] ?? 0;
      let sum = entry;
      for (let k = 0; k < j; k += 1) sum -= (matrix[i * d + k] ?? 0) * (matrix[j * d + k] ?? 0);
      if (i !== j) matrix[i * d + j] = sum / (matrix[j * d + j] ?? 1);
      else if (sum > SMALLEST_PIVOT * entry) matrix[i * d + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
};

/** Solves L·y = b in place. @param factor [d × d] as `factorize` leaves it @param vector [d] b, then y */
export const solveLower = (factor: Float64Array, vector: Float64Array): void => {
  const d = vector.length;
  for (let i = 0; i < d; i += 1) {
    let sum = vector[i] ?? 0;
    for (let k = 0; k < i; k += 1) sum -= (factor[i * d + k] ?? 0) * (vector[k] ?? 0);
    vector[i] = sum / (factor[i * d + i] ?? 1);
  }
};

/** Solves Lᵀ·x = y in place. @param factor [d × d] as `factorize` leaves it @param vector [d] y, then x */
const solveUpper = (factor: Float64Array, vector: Float64Array): void => {
  const d = vector.length;
  for (let i = d - 1; i >= 0; i -= 1) {
    let sum = vector[i] ?? 0;
    for (let k = i + 1; k < d; k += 1) sum -= (factor[k * d + i] ?? 0) * (vector[k] ?? 0);
    vector[i] = sum / (factor[i * d + i] ?? 1);
  }
};

/** Solves A·x = b in place. @param factor [d × d] of A, as `factorize` leaves it @param vector [d] b, then x */
export const solve = (factor: Float64Array, vector: Float64Array): void => {
  solveLower(factor, vector);
  solveUpper(factor, vector);
};
