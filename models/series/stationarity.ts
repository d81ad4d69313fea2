import { normalCdf } from '../statistics/normal.ts';
import { type Columns, nestedResiduals, project, squaredLengthOf } from './nested-regression.ts';

/** Result of a test for or against a unit root. */
export interface UnitRootTest {
  readonly statistic: number;
  readonly pValue: number;
  readonly lags: number;
}

/** Below it the test regression has more coefficients than data. */
const FEWEST_VALUES = 12;
/** Share of the squares below which a residual is the rounding of numbers. */
const EXACT = 1e-20;

/** Response surfaces for the regression with a constant: MacKinnon (1994), table 3, and where they apply. */
const MACKINNON_SMALL = [2.1659, 1.4412, 0.038269] as const;
const MACKINNON_LARGE = [1.7339, 0.93202, -0.12745, -0.010368] as const;
const MACKINNON_BREAK = -1.61;
const MACKINNON_LEAST = -18.83;
const MACKINNON_MOST = 2.74;

/** Kwiatkowski et al. (1992), table 1, for stationarity around a level. */
const KPSS_CRITICAL = [0.347, 0.463, 0.574, 0.739] as const;
const KPSS_P_VALUES = [0.1, 0.05, 0.025, 0.01] as const;

/** Difference at time t, level at t - 1 and the lagged differences, over the last `rows` times. */
const testRegression = (y: Float64Array, lags: number, rows: number): { response: Float64Array; columns: Columns } => {
  const start = y.length - rows;
  const differenceAt = (t: number): number => (y[t] ?? 0) - (y[t - 1] ?? 0);
  const constant = new Float64Array(rows).fill(1);
  const level = Float64Array.from({ length: rows }, (_, i) => y[start + i - 1] ?? 0);
  const lagged = Array.from({ length: lags }, (_, k) =>
    Float64Array.from({ length: rows }, (_, i) => differenceAt(start + i - 1 - k)),
  );
  return {
    response: Float64Array.from({ length: rows }, (_, i) => differenceAt(start + i)),
    columns: [constant, level, ...lagged],
  };
};

/** The number of lagged differences with the least AIC, all regressions on the same times. */
const chooseLags = (y: Float64Array, maxLags: number): number => {
  const rows = y.length - 1 - maxLags;
  const { response, columns } = testRegression(y, maxLags, rows);
  const residuals = nestedResiduals(response, columns).slice(1);
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [lags, residual] of residuals.entries()) {
    const aic = rows * Math.log(residual / rows) + 2 * (lags + 2);
    if (aic < least) [best, least] = [lags, aic];
  }
  return best;
};

/**
 * t-statistic of the level; NaN when nothing is left that the regression does not foretell. The level is moved to the end so that its
 * projection is what the others leave.
 */
const levelStatistic = (y: Float64Array, lags: number): number => {
  const rows = y.length - 1 - lags;
  const { response, columns } = testRegression(y, lags, rows);
  const [constant, level, ...lagged] = columns;
  if (constant === undefined || level === undefined) return Number.NaN;
  nestedResiduals(response, [constant, ...lagged, level]);
  const squaredLength = squaredLengthOf(level);
  const original = testRegression(y, lags, rows).response;
  const residual = squaredLengthOf(response);
  if (residual <= EXACT * squaredLengthOf(original)) return Number.NaN;
  const residualVariance = residual / (rows - lags - 2);
  return project(original, level, squaredLength) / Math.sqrt(residualVariance * squaredLength);
};

/** J. G. MacKinnon, "Approximate asymptotic distribution functions for unit-root and cointegration tests", JBES 12 (1994). */
const mackinnonPValue = (statistic: number): number => {
  if (statistic > MACKINNON_MOST) return 1;
  if (statistic < MACKINNON_LEAST) return 0;
  const surface = statistic <= MACKINNON_BREAK ? MACKINNON_SMALL : MACKINNON_LARGE;
  return normalCdf([...surface].reduceRight((sum, coefficient) => sum * statistic + coefficient, 0));
};

/** Values scaled to unit spread, so that no bound depends on their unit; undefined when they do not vary. */
const standardize = (values: ArrayLike<number>): Float64Array | undefined => {
  const y = Float64Array.from(values);
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const deviation = Math.sqrt(y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / y.length);
  return deviation > 1e-12 * Math.abs(mean) ? y.map((value) => (value - mean) / deviation) : undefined;
};

/**
 * Augmented Dickey–Fuller test with a constant: a small p-value speaks against a unit root, for stationarity. The lags
 * are chosen by AIC up to Schwert's bound. S. E. Said & D. A. Dickey, Biometrika 71 (1984).
 *
 * @param values [n], equally spaced
 * @returns undefined with fewer than 12 values, without variation, or when the past foretells every value
 */
export const augmentedDickeyFuller = (values: ArrayLike<number>): UnitRootTest | undefined => {
  const y = standardize(values);
  if (y === undefined || y.length < FEWEST_VALUES) return undefined;
  const schwert = Math.ceil(12 * (y.length / 100) ** 0.25);
  const lags = chooseLags(y, Math.min(schwert, Math.floor(y.length / 2) - 2));
  const statistic = levelStatistic(y, lags);
  return Number.isFinite(statistic) ? { statistic, pValue: mackinnonPValue(statistic), lags } : undefined;
};

/** Bandwidth by B. Hobijn, P. H. Franses & M. Ooms, "Generalizations of the KPSS-test", Statistica Neerlandica 58 (2004). */
const hobijnLags = (centred: Float64Array): number => {
  const n = centred.length;
  const order = Math.floor(n ** (2 / 9));
  const autocovariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < n; i += 1) sum += (centred[i] ?? 0) * (centred[i - lag] ?? 0);
    return sum / n;
  };
  let s0 = autocovariance(0);
  let s1 = 0;
  for (let lag = 1; lag <= order; lag += 1) {
    const twice = 2 * autocovariance(lag);
    s0 += twice;
    s1 += lag * twice;
  }
  return Math.min(n - 1, Math.floor(1.1447 * ((s1 / s0) ** 2) ** (1 / 3) * n ** (1 / 3)));
};

/** Variance of the mean times n, with Bartlett's weights. W. K. Newey & K. D. West, Econometrica 55 (1987). */
const neweyWest = (centred: Float64Array, lags: number): number => {
  const n = centred.length;
  let variance = squaredLengthOf(centred);
  for (let lag = 1; lag <= lags; lag += 1) {
    let sum = 0;
    for (let i = lag; i < n; i += 1) sum += (centred[i] ?? 0) * (centred[i - lag] ?? 0);
    variance += 2 * (1 - lag / (lags + 1)) * sum;
  }
  return variance / n;
};

/**
 * Test of stationarity around a level: a small p-value speaks against it. The p-value is interpolated in the published
 * table and so lies between 0.01 and 0.1. D. Kwiatkowski, P. C. B. Phillips, P. Schmidt & Y. Shin, "Testing the null
 * hypothesis of stationarity against the alternative of a unit root", Journal of Econometrics 54 (1992).
 *
 * @param values [n], equally spaced
 * @param bandwidth lags of the long-run variance; left out, chosen from the values
 * @returns undefined with fewer than 12 values or without variation
 */
export const kpss = (values: ArrayLike<number>, bandwidth?: number): UnitRootTest | undefined => {
  const centred = standardize(values);
  if (centred === undefined || centred.length < FEWEST_VALUES) return undefined;
  const lags = bandwidth ?? hobijnLags(centred);
  let partialSum = 0;
  let squares = 0;
  for (const value of centred) {
    partialSum += value;
    squares += partialSum ** 2;
  }
  const statistic = squares / (centred.length ** 2 * neweyWest(centred, lags));
  return { statistic, pValue: kpssPValue(statistic), lags };
};

const kpssPValue = (statistic: number): number => {
  for (let k = 1; k < KPSS_CRITICAL.length; k += 1) {
    const [low, high] = [KPSS_CRITICAL[k - 1] ?? 0, KPSS_CRITICAL[k] ?? 0];
    const [pLow, pHigh] = [KPSS_P_VALUES[k - 1] ?? 0, KPSS_P_VALUES[k] ?? 0];
    if (statistic < low) return pLow;
    if (statistic < high) return pLow + ((pHigh - pLow) * (statistic - low)) / (high - low);
  }
  return 0.01;
};
