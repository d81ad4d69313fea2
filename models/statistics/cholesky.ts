/**
 * Solves A X = B for a symmetric positive definite A by Cholesky's factorisation. G. H. Golub & C. F. Van Loan, Matrix
 * Computations (2013), 4.2.
 *
 * @param a [n × n], row by row; only its lower triangle is read
 * @param b [n × m], row by row
 * @returns X [n × m]; undefined when A is not positive definite
 */
export const solvePositiveDefinite = (a: Float64Array, b: Float64Array, n: number): Float64Array | undefined => {
  const factor = factorise(a, n);
  if (factor === undefined) return undefined;
  const m = b.length / n;
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) subtractRow(x, m, i, k, factor[i * n + k] ?? 0);
    divideRow(x, m, i, factor[i * n + i] ?? 1);
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < n; k += 1) subtractRow(x, m, i, k, factor[k * n + i] ?? 0);
    divideRow(x, m, i, factor[i * n + i] ?? 1);
  }
  return x;
};

/** Pivots below this share of the diagonal are rounding, not information. */
const SMALLEST_PIVOT = 1e-13;

const factorise = (a: Float64Array, n: number): Float64Array | undefined => {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = a[i * n + j] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (factor[i * n + k] ?? 0) * (factor[j * n + k] ?? 0);
      if (i !== j) factor[i * n + j] = sum / (factor[j * n + j] ?? 1);
      else if (sum > SMALLEST_PIVOT * (a[i * n + i] ?? 0)) factor[i * n + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return factor;
};

const subtractRow = (x: Float64Array, m: number, target: number, source: number, times: number): void => {
  for (let c = 0; c < m; c += 1) x[target * m + c] = (x[target * m + c] ?? 0) - times * (x[source * m + c] ?? 0);
};

const divideRow = (x: Float64Array, m: number, row: number, divisor: number): void => {
  for (let c = 0; c < m; c += 1) x[row * m + c] = (x[row * m + c] ?? 0) / divisor;
};
