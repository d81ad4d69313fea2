import { minimize } from '../optimization/nelder-mead.ts';
import { seasonalStrengths } from '../series/seasonal-strength.ts';
import { kpss } from '../series/stationarity.ts';

/** Orders of a seasonal autoregressive integrated moving average. */
export interface ArimaOrders {
  readonly ar: number;
  readonly differences: number;
  readonly ma: number;
  readonly seasonalAr: number;
  readonly seasonalDifferences: number;
  readonly seasonalMa: number;
  /** Values a season; 1 without. */
  readonly period: number;
  /** A mean, or with one difference a drift. */
  readonly constant: boolean;
}

export interface ArimaFit {
  readonly orders: ArimaOrders;
  /** Coordinates of the search. */
  readonly point: Float64Array;
  /** Corrected Akaike criterion; comparable among fits of equal differences. */
  readonly aicc: number;
}

/** A lag polynomial without its leading 1, as the lags that it has and their coefficients. */
interface Polynomial {
  readonly lags: Int32Array;
  readonly coefficients: Float64Array;
}

const MOST_ORDER = 3;
const MOST_SEASONAL_ORDER = 1;
const MOST_TOTAL = 6;
const EVALUATIONS_A_COORDINATE = 40;
const MOST_MODELS = 20;
/** Strength of a season from which it is differenced, as in R's nsdiffs (X. Wang, K. Smith & R. J. Hyndman, 2006). */
const DIFFERENCED_STRENGTH = 0.64;
const UNIT_ROOT_LEVEL = 0.05;

const difference = (y: Float64Array, lag: number): Float64Array =>
  Float64Array.from({ length: y.length - lag }, (_, t) => (y[t + lag] ?? 0) - (y[t] ?? 0));

const differenced = (y: Float64Array, { differences, seasonalDifferences, period }: ArimaOrders): Float64Array => {
  let w = y;
  for (let k = 0; k < seasonalDifferences; k += 1) w = difference(w, period);
  for (let k = 0; k < differences; k += 1) w = difference(w, 1);
  return w;
};

/**
 * Coefficients of a stationary autoregression from unbounded coordinates by way of its partial autocorrelations.
 * J. F. Monahan, "A note on enforcing stationarity in autoregressive-moving average models", Biometrika 71 (1984).
 *
 * @param from first of the point's coordinates that are the autoregression's
 * @param coefficients receives them, [order]
 * @param previous room for [order]
 */
const stationary = (point: Float64Array, from: number, coefficients: Float64Array, previous: Float64Array): void => {
  for (let k = 0; k < coefficients.length; k += 1) {
    const partial = Math.tanh(point[from + k] ?? 0);
    for (let j = 0; j < k; j += 1) previous[j] = coefficients[j] ?? 0;
    coefficients[k] = partial;
    for (let j = 0; j < k; j += 1) coefficients[j] = (previous[j] ?? 0) - partial * (previous[k - 1 - j] ?? 0);
  }
};

/** A lag polynomial whose coefficients are set anew at every point of a search, without room of their own each time. */
interface SeasonalPolynomial extends Polynomial {
  /** Coordinates from `from` on are those of the short factor, from `seasonalFrom` on those of the seasonal one. */
  readonly set: (point: Float64Array, from: number, seasonalFrom: number) => void;
}

/** Product of 1 − Σ a_i B^i and 1 − Σ b_j B^(j·period), as the coefficients of what stands after the minus. */
const createPolynomial = (order: number, seasonalOrder: number, period: number): SeasonalPolynomial => {
  const [short, seasonal] = [new Float64Array(order), new Float64Array(seasonalOrder)];
  const previous = new Float64Array(Math.max(order, seasonalOrder));
  const product = new Float64Array(order + seasonalOrder * period + 1);
  const reached = [0, ...Array.from(seasonal.keys(), (j) => (j + 1) * period)];
  const lags = new Set(reached.flatMap((lag) => [lag, ...Array.from(short.keys(), (i) => lag + i + 1)]));
  lags.delete(0);
  const ascending = Int32Array.from(lags).sort();
  const coefficients = new Float64Array(ascending.length);
  const set: SeasonalPolynomial['set'] = (point, from, seasonalFrom) => {
    stationary(point, from, short, previous);
    stationary(point, seasonalFrom, seasonal, previous);
    product.fill(0);
    for (let i = 0; i < order; i += 1) product[i + 1] = short[i] ?? 0;
    for (let j = 0; j < seasonalOrder; j += 1) {
      const [lag, value] = [(j + 1) * period, seasonal[j] ?? 0];
      product[lag] = (product[lag] ?? 0) + value;
      for (let i = 0; i < order; i += 1) product[lag + i + 1] = (product[lag + i + 1] ?? 0) - value * (short[i] ?? 0);
    }
    for (let k = 0; k < coefficients.length; k += 1) coefficients[k] = product[ascending[k] ?? 0] ?? 0;
  };
  return { lags: ascending, coefficients, set };
};

interface Process {
  readonly ar: Polynomial;
  readonly ma: Polynomial;
  readonly mean: number;
}

/** The process at a point; each call overwrites what the last one gave. */
const createProcess = (orders: ArimaOrders): ((point: Float64Array) => Process) => {
  const { ar, ma, seasonalAr, seasonalMa, period, constant } = orders;
  const arPart = createPolynomial(ar, seasonalAr, period);
  // The moving average's signs are its own; written like the autoregression it is invertible by the same means.
  const maPart = createPolynomial(ma, seasonalMa, period);
  const process = { ar: arPart, ma: maPart, mean: 0 };
  return (point) => {
    arPart.set(point, 0, ar + ma);
    maPart.set(point, ar, ar + ma + seasonalAr);
    process.mean = constant ? (point[ar + ma + seasonalAr + seasonalMa] ?? 0) : 0;
    return process;
  };
};

/** Sum of squared one-step errors, values and errors before the first counting as the mean and as none. */
const squaredErrors = (w: Float64Array, { ar, ma, mean }: Process, errors: Float64Array): number => {
  const { lags: arLags, coefficients: arCoefficients } = ar;
  const { lags: maLags, coefficients: maCoefficients } = ma;
  let sum = 0;
  for (let t = 0; t < w.length; t += 1) {
    let error = (w[t] ?? 0) - mean;
    for (let k = 0; k < arLags.length; k += 1) {
      const before = t - (arLags[k] ?? 0);
      if (before < 0) break;
      error -= (arCoefficients[k] ?? 0) * ((w[before] ?? 0) - mean);
    }
    for (let k = 0; k < maLags.length; k += 1) {
      const before = t - (maLags[k] ?? 0);
      if (before < 0) break;
      error += (maCoefficients[k] ?? 0) * (errors[before] ?? 0);
    }
    errors[t] = error;
    sum += error * error;
  }
  return sum;
};

const coordinatesOf = ({ ar, ma, seasonalAr, seasonalMa, constant }: ArimaOrders): number =>
  ar + ma + seasonalAr + seasonalMa + (constant ? 1 : 0);

/**
 * Estimates a model of given orders by least squares of its one-step errors. G. E. P. Box, G. M. Jenkins, G. C. Reinsel &
 * G. M. Ljung, Time Series Analysis (2015), 7.1.
 *
 * @param y [n]
 * @returns undefined when the values are too few for the orders
 */
export const estimateArima = (y: Float64Array, orders: ArimaOrders): ArimaFit | undefined => {
  const w = differenced(y, orders);
  const n = w.length;
  const d = coordinatesOf(orders);
  const count = d + 1;
  if (n <= count + 2 || n < 2 * orders.period * Math.max(orders.seasonalAr, orders.seasonalMa)) return undefined;
  const mean = w.reduce((sum, value) => sum + value, 0) / n;
  const scale = Math.sqrt(w.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  if (!(scale > 0)) return undefined;
  const scaled = w.map((value) => value / scale);
  const errors = new Float64Array(n);
  const processAt = createProcess(orders);
  const cost = (point: Float64Array): number => n * Math.log(squaredErrors(scaled, processAt(point), errors) / n);
  const first = new Float64Array(d).fill(0.1);
  if (orders.constant) first[d - 1] = mean / scale;
  const { point, value } =
    d === 0
      ? { point: first, value: cost(first) }
      : minimize(cost, first, {
          steps: Array.from({ length: d }, () => 0.25),
          mostEvaluations: EVALUATIONS_A_COORDINATE * d,
          tolerance: 1e-5,
        });
  if (!Number.isFinite(value)) return undefined;
  return { orders, point, aicc: value + 2 * count + (2 * count * (count + 1)) / (n - count - 1) };
};

/** Adds the differences up again: continues y by the forecast of its differences, in place. */
const integrate = (y: Float64Array, future: Float64Array, orders: ArimaOrders): void => {
  const { differences, seasonalDifferences, period } = orders;
  // Levels of differencing, from the series itself to the one that the process describes.
  const lags = [...Array<number>(seasonalDifferences).fill(period), ...Array<number>(differences).fill(1)];
  const levels: Float64Array[] = [y];
  for (const lag of lags) levels.push(difference(levels.at(-1) ?? y, lag));
  for (let k = lags.length - 1; k >= 0; k -= 1) {
    const lag = lags[k] ?? 1;
    const level = levels[k] ?? y;
    for (let h = 0; h < future.length; h += 1) {
      const before = h >= lag ? (future[h - lag] ?? 0) : (level[level.length - lag + h] ?? 0);
      future[h] = (future[h] ?? 0) + before;
    }
  }
};

/** @returns the continuation of y, [horizon] */
export const forecastArima = (y: Float64Array, { orders, point }: ArimaFit, horizon: number): Float64Array => {
  const w = differenced(y, orders);
  const n = w.length;
  const mean = w.reduce((sum, value) => sum + value, 0) / n;
  const scale = Math.sqrt(w.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n) || 1;
  const scaled = new Float64Array(n + horizon);
  for (let t = 0; t < n; t += 1) scaled[t] = (w[t] ?? 0) / scale;
  const process = createProcess(orders)(point);
  const errors = new Float64Array(n + horizon);
  squaredErrors(scaled.subarray(0, n), process, errors);
  for (let t = n; t < n + horizon; t += 1) {
    let expected = process.mean;
    for (const [k, lag] of process.ar.lags.entries())
      if (lag <= t) expected += (process.ar.coefficients[k] ?? 0) * ((scaled[t - lag] ?? 0) - process.mean);
    for (const [k, lag] of process.ma.lags.entries())
      if (lag <= t) expected -= (process.ma.coefficients[k] ?? 0) * (errors[t - lag] ?? 0);
    scaled[t] = expected;
  }
  const future = scaled.slice(n).map((value) => value * scale);
  integrate(y, future, orders);
  return future;
};

/** Lags of the test's long-run variance, as in R's ndiffs: with more of them it finds too few unit roots. */
const bandwidth = (n: number): number => Math.trunc((3 * Math.sqrt(n)) / 13);

/** Differences until KPSS finds nothing against stationarity, after the season's when it is strong. */
const chooseDifferences = (y: Float64Array, period: number): { differences: number; seasonalDifferences: number } => {
  const seasonal =
    period > 1 && y.length >= 3 * period && (seasonalStrengths(y, [period])[0] ?? 0) > DIFFERENCED_STRENGTH;
  let w = seasonal ? difference(y, period) : y;
  let differences = 0;
  while (differences < 2 && (kpss(w, bandwidth(w.length))?.pValue ?? 1) < UNIT_ROOT_LEVEL) {
    w = difference(w, 1);
    differences += 1;
  }
  return { differences, seasonalDifferences: seasonal ? 1 : 0 };
};

const keyOf = (o: ArimaOrders): string => [o.ar, o.ma, o.seasonalAr, o.seasonalMa, o.constant].join();

const neighbours = (o: ArimaOrders): ArimaOrders[] => {
  const constantAllowed = o.differences + o.seasonalDifferences < 2;
  const step = (changes: Partial<ArimaOrders>): ArimaOrders => ({ ...o, ...changes });
  return [
    step({ ar: o.ar - 1 }),
    step({ ar: o.ar + 1 }),
    step({ ma: o.ma - 1 }),
    step({ ma: o.ma + 1 }),
    step({ seasonalAr: o.seasonalAr - 1 }),
    step({ seasonalAr: o.seasonalAr + 1 }),
    step({ seasonalMa: o.seasonalMa - 1 }),
    step({ seasonalMa: o.seasonalMa + 1 }),
    step({ ar: o.ar + 1, ma: o.ma + 1 }),
    step({ ar: o.ar - 1, ma: o.ma - 1 }),
    step({ ar: o.ar + 1, ma: o.ma - 1 }),
    step({ ar: o.ar - 1, ma: o.ma + 1 }),
    step({ constant: !o.constant && constantAllowed }),
  ];
};

const admissible = ({ ar, ma, seasonalAr, seasonalMa, period }: ArimaOrders): boolean =>
  Math.min(ar, ma, seasonalAr, seasonalMa) >= 0 &&
  Math.max(ar, ma) <= MOST_ORDER &&
  Math.max(seasonalAr, seasonalMa) <= (period > 1 ? MOST_SEASONAL_ORDER : 0) &&
  ar + ma + seasonalAr + seasonalMa <= MOST_TOTAL;

/**
 * Orders by a stepwise search for the least corrected Akaike criterion. R. J. Hyndman & Y. Khandakar, "Automatic time
 * series forecasting: the forecast package for R", Journal of Statistical Software 27 (2008).
 *
 * @param y [n]
 * @returns undefined when the values are too few or their differences do not vary
 */
export const selectArima = (y: Float64Array, period: number): ArimaFit | undefined => {
  const chosen = chooseDifferences(y, period);
  const constant = chosen.differences + chosen.seasonalDifferences < 2;
  const base = { ...chosen, period, constant };
  const s = period > 1 ? 1 : 0;
  const tried = new Map<string, ArimaFit | undefined>();
  let best: ArimaFit | undefined;
  const consider = (orders: ArimaOrders): boolean => {
    const key = keyOf(orders);
    if (!admissible(orders) || tried.has(key) || tried.size >= MOST_MODELS) return false;
    const fitted = estimateArima(y, orders);
    tried.set(key, fitted);
    if (fitted === undefined || fitted.aicc >= (best?.aicc ?? Number.POSITIVE_INFINITY)) return false;
    best = fitted;
    return true;
  };
  consider({ ...base, ar: 2, ma: 2, seasonalAr: s, seasonalMa: s });
  consider({ ...base, ar: 0, ma: 0, seasonalAr: 0, seasonalMa: 0 });
  consider({ ...base, ar: 1, ma: 0, seasonalAr: s, seasonalMa: 0 });
  consider({ ...base, ar: 0, ma: 1, seasonalAr: 0, seasonalMa: s });
  for (let improved = true; improved && best !== undefined; )
    improved = neighbours(best.orders).some((orders) => consider(orders));
  return best;
};
