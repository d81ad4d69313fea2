export interface ShrunkCovariance {
  /** [n × n], row by row. */
  readonly covariance: Float64Array;
  /** Weight, 0 to 1, of the diagonal. */
  readonly intensity: number;
}

/**
 * Covariance of forecast errors, shrunk towards its diagonal so that it can be inverted when there are fewer cases
 * than series. J. Schäfer & K. Strimmer, "A shrinkage approach to large-scale covariance matrix estimation and
 * implications for functional genomics", Statistical Applications in Genetics and Molecular Biology 4 (2005), with
 * errors taken about zero as by S. L. Wickramasuriya, G. Athanasopoulos & R. J. Hyndman, "Optimal forecast
 * reconciliation for hierarchical and grouped time series through trace minimization", JASA 114 (2019).
 *
 * @param errors [n][t], the same t for each series
 */
export const shrunkCovariance = (errors: readonly Float64Array[]): ShrunkCovariance => {
  const n = errors.length;
  const cases = errors[0]?.length ?? 0;
  const scales = errors.map((error) => Math.sqrt(error.reduce((sum, e) => sum + e * e, 0) / cases));
  const standardised = errors.map((error, i) => error.map((e) => (scales[i] === 0 ? 0 : e / (scales[i] ?? 1))));
  const correlations = new Float64Array(n * n);
  let variances = 0;
  let squares = 0;
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const { mean, meanOfSquares } = productMoments(standardised[i], standardised[j]);
      correlations[i * n + j] = mean;
      squares += mean * mean;
      variances += (meanOfSquares - mean * mean) / (cases - 1);
    }
  }
  const intensity = squares > 0 ? Math.min(1, Math.max(0, variances / squares)) : 1;
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    covariance[i * n + i] = (scales[i] ?? 0) ** 2;
    for (let j = 0; j < i; j += 1) {
      const value = (1 - intensity) * (correlations[i * n + j] ?? 0) * (scales[i] ?? 0) * (scales[j] ?? 0);
      covariance[i * n + j] = value;
      covariance[j * n + i] = value;
    }
  }
  return { covariance, intensity };
};

const productMoments = (a = new Float64Array(), b = new Float64Array()) => {
  let sum = 0;
  let squares = 0;
  for (let t = 0; t < a.length; t += 1) {
    const product = (a[t] ?? 0) * (b[t] ?? 0);
    sum += product;
    squares += product * product;
  }
  return { mean: sum / a.length, meanOfSquares: squares / a.length };
};
