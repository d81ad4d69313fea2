import { factorize, solve } from '../statistics/cholesky.ts';

/** Deviations to which a value is pulled in before correlations are learned from it. */
const CLIP = 3;
/** Share of its variance by which each metric is taken to be its own: equal metrics would leave nothing to divide by. */
const OWN_PART = 1e-3;

/** What each metric of a row is beyond what the others let expect. */
export interface ConditionalResiduals {
  /** Residuals of a row [d] in deviations of the metrics, not of the residuals. @param into [d] receives them */
  residuals(row: Float64Array, into: Float64Array): void;
}

const covarianceOf = (scaled: Float64Array, d: number): Float64Array => {
  const covariance = new Float64Array(d * d);
  const n = scaled.length / d;
  for (let at = 0; at < scaled.length; at += d)
    for (let i = 0; i < d; i += 1)
      for (let j = 0; j <= i; j += 1)
        covariance[i * d + j] =
          (covariance[i * d + j] ?? 0) +
          (Math.max(-CLIP, Math.min(CLIP, scaled[at + i] ?? 0)) *
            Math.max(-CLIP, Math.min(CLIP, scaled[at + j] ?? 0))) /
            n;
  for (let i = 0; i < d; i += 1) covariance[i * d + i] = (1 + OWN_PART) * (covariance[i * d + i] ?? 0) + OWN_PART;
  return covariance;
};

/**
 * Regressions of each metric on all others at once, from the inverse of their covariance: residual k is (Σ⁻¹z)ₖ / (Σ⁻¹)ₖₖ.
 * A. P. Dempster, "Covariance selection", Biometrics 28 (1972). Metrics that part ways are far off here though each is usual.
 *
 * @param scaled [n × d] flat, each metric around 0 in its own deviations, n several times d
 * @returns undefined where the metrics have no covariance that can be inverted
 */
export const fitConditionalResiduals = (scaled: Float64Array, d: number): ConditionalResiduals | undefined => {
  const factor = covarianceOf(scaled, d);
  if (!factorize(factor, d)) return undefined;
  const precision = Float64Array.from({ length: d }, (_, k) => {
    const unit = new Float64Array(d);
    unit[k] = 1;
    solve(factor, unit);
    return unit[k] ?? 1;
  });
  return {
    residuals: (row, into) => {
      into.set(row);
      solve(factor, into);
      for (let k = 0; k < d; k += 1) into[k] = (into[k] ?? 0) / (precision[k] ?? 1);
    },
  };
};
