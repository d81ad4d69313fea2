import { createReconciler, type Hierarchy, type Reconciliation } from './hierarchy.ts';
import { preferredWithinError } from './one-standard-error.ts';

/** What was forecast for all nodes at a time in the past, and what came, both [n][h]. */
export interface PastForecast {
  readonly forecasts: readonly Float64Array[];
  readonly actuals: readonly Float64Array[];
}

interface ReconciliationScore {
  /** `none` are the base forecasts, which do not sum up. */
  readonly method: Reconciliation | 'none';
  /** Root mean squared scaled error over nodes, steps and origins. */
  readonly rmsse: number;
}

export interface ReconciledForecast {
  readonly method: Reconciliation;
  /** [n][h], each sum exactly that of its parts. */
  readonly means: readonly Float64Array[];
  /** Root mean squared error after reconciliation over that before, in the backtest, [n]. */
  readonly errorRatios: Float64Array;
  readonly scores: readonly ReconciliationScore[];
}

export interface ReconcileOptions {
  /** At least two of them let the method be chosen by its errors. */
  readonly past: readonly PastForecast[];
  /** Scale of each node's errors, above 0, [n]. */
  readonly scales: Float64Array;
  readonly nonNegative: boolean;
}

/** The order of preference is that of the accuracy found by Wickramasuriya, Athanasopoulos & Hyndman (2019). */
const METHODS: readonly Reconciliation[] = ['mint-shrinkage', 'wls-variance', 'wls-structural', 'ols', 'bottom-up'];

const errorsOf = ({ actuals }: PastForecast, forecasts: readonly Float64Array[]): Float64Array[] =>
  actuals.map((actual, node) => actual.map((value, t) => value - (forecasts[node]?.[t] ?? 0)));

const joined = (perOrigin: readonly (readonly Float64Array[])[], nodes: number): Float64Array[] =>
  Array.from({ length: nodes }, (_, node) =>
    Float64Array.from(perOrigin.flatMap((errors) => Array.from(errors[node] ?? []))),
  );

const meanSquare = (errors: Float64Array, scale: number): number =>
  errors.reduce((sum, error) => sum + (error / scale) ** 2, 0) / errors.length;

/** One loss an origin: the mean squared scaled error over nodes and steps. */
const lossesOf = (perOrigin: readonly (readonly Float64Array[])[], scales: Float64Array): Float64Array =>
  Float64Array.from(
    perOrigin,
    (errors) => errors.reduce((sum, error, node) => sum + meanSquare(error, scales[node] ?? 1), 0) / errors.length,
  );

const rootMean = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value, 0) / values.length);

/** A method's errors at each origin, its covariance taken from the other origins. */
const test = (
  hierarchy: Hierarchy,
  method: Reconciliation,
  base: readonly (readonly Float64Array[])[],
  { past, nonNegative }: ReconcileOptions,
): Float64Array[][] | undefined => {
  const tested = past.map((origin, index) => {
    const errors = joined(base.toSpliced(index, 1), hierarchy.children.length);
    const reconciler = createReconciler(hierarchy, method, { errors, nonNegative });
    return reconciler && errorsOf(origin, reconciler(origin.forecasts));
  });
  return tested.every((errors) => errors !== undefined) ? tested : undefined;
};

/**
 * Forecasts that sum up, by the reconciliation that erred least on past forecasts.
 *
 * @param base forecasts of all nodes, [n][h]
 */
export const reconcile = (
  hierarchy: Hierarchy,
  base: readonly Float64Array[],
  options: ReconcileOptions,
): ReconciledForecast => {
  const { past, scales, nonNegative } = options;
  const nodes = hierarchy.children.length;
  if (past.length < 2) {
    // The structural weights are the ones that need no errors.
    const means = createReconciler(hierarchy, 'wls-structural', { errors: [], nonNegative })?.(base) ?? [];
    return { method: 'wls-structural', means, errorRatios: new Float64Array(nodes).fill(1), scores: [] };
  }
  const before = past.map((origin) => errorsOf(origin, origin.forecasts));
  const tests = METHODS.flatMap((method) => {
    const errors = test(hierarchy, method, before, options);
    return errors === undefined ? [] : [{ method, errors, losses: lossesOf(errors, scales) }];
  });
  const chosen = tests[preferredWithinError(tests.map(({ losses }) => losses))];
  const errors = joined(before, nodes);
  const after = joined(chosen?.errors ?? before, nodes);
  const method = chosen?.method ?? 'bottom-up';
  return {
    method,
    means: createReconciler(hierarchy, method, { errors, nonNegative })?.(base) ?? [],
    errorRatios: Float64Array.from(errors, (error, node) => {
      const variance = meanSquare(error, 1);
      return variance > 0 ? Math.sqrt(meanSquare(after[node] ?? error, 1) / variance) : 1;
    }),
    scores: [
      ...tests.map((each) => ({ method: each.method, rmsse: rootMean(each.losses) })),
      { method: 'none' as const, rmsse: rootMean(lossesOf(before, scales)) },
    ],
  };
};
