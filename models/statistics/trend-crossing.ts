import { normalCdf, Z_95 } from './normal.ts';
import { quantile } from './quantile.ts';
import { theilSenTrend } from './trend.ts';

/** Points beyond this are averaged in even groups: the method looks at every pair. */
const MOST_POINTS = 400;
const HIGHEST_LAGS = 40;
const FEWEST_POINTS = 10;
const UNIT_ROOT_POINT = 21;

export interface TrendCrossing {
  /** Change of y per unit of x, with its 95% interval. */
  readonly slope: number;
  readonly slopeInterval: readonly [number, number];
  /** Of the trend at the last x. */
  readonly level: number;
  /** Two-sided p-value of there being no trend, corrected for autocorrelation. */
  readonly pValue: number;
  /** x at which the trend meets the limit; undefined when it does not lead there. */
  readonly crossing: number | undefined;
  /** 95% interval of the crossing; the later end is undefined when the slope may be 0. */
  readonly crossingInterval: readonly [number, number | undefined] | undefined;
}

const average = (values: readonly number[], groups: number): number[] =>
  Array.from({ length: groups }, (_, group) => {
    const from = Math.floor((group * values.length) / groups);
    const to = Math.floor(((group + 1) * values.length) / groups);
    return values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
  });

const autocorrelation = (residuals: Float64Array, lag: number, energy: number): number => {
  let product = 0;
  for (let at = lag; at < residuals.length; at += 1) product += (residuals[at] ?? 0) * (residuals[at - lag] ?? 0);
  return product / energy;
};

/**
 * Factor by which autocorrelation widens the variance of a trend: that of a first-order process whose coefficient is
 * freed of the bias that taking out a line brings (K. Tanaka, Econometrica 52, 1984), or, when memory is longer, the
 * sum over the lags that stand out (K. H. Hamed & A. R. Rao, Journal of Hydrology 204, 1998).
 *
 * @param residuals [n] what is left when the trend is taken out
 */
const varianceFactor = (residuals: Float64Array): number => {
  const n = residuals.length;
  const mean = residuals.reduce((sum, value) => sum + value, 0) / n;
  const centred = residuals.map((value) => value - mean);
  const energy = centred.reduce((sum, value) => sum + value * value, 0);
  if (energy === 0) return 1;
  const first = Math.min(1, (autocorrelation(centred, 1, energy) + 2 / n) / (1 - 4 / n));
  // A coefficient of 1 is a random walk, whose lines mean nothing: no effective points are left.
  const ofFirstOrder = first >= 1 ? n : (1 + first) / (1 - first);
  let sum = 0;
  for (let lag = 1; lag <= Math.min(HIGHEST_LAGS, n - 3); lag += 1) {
    const correlation = autocorrelation(centred, lag, energy);
    if (Math.abs(correlation) > Z_95 / Math.sqrt(n)) sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation;
  }
  return Math.min(n, Math.max(1, ofFirstOrder, 1 + (2 * sum) / (n * (n - 1) * (n - 2))));
};

/**
 * Standard error of the slope if the series is a random walk with drift, for as long as that cannot be ruled out: the
 * 5% point of n(1 − ρ) is 21 when a line is taken out (W. A. Fuller, Introduction to Statistical Time Series, 1976).
 *
 * @param residuals [n], a unit of `step` apart in x
 */
const driftError = (residuals: Float64Array, step: number): number => {
  const n = residuals.length;
  const energy = residuals.reduce((sum, value) => sum + value * value, 0);
  if (energy === 0 || n * (1 - autocorrelation(residuals, 1, energy)) > UNIT_ROOT_POINT) return 0;
  let squares = 0;
  for (let at = 1; at < n; at += 1) squares += ((residuals[at] ?? 0) - (residuals[at - 1] ?? 0)) ** 2;
  return Math.sqrt(squares / (n - 1) / n) / step;
};

/** Student's t as a standard normal deviate: D. L. Wallace, Annals of Mathematical Statistics 30 (1959). */
const normalOfT = (t: number, freedom: number): number =>
  Math.sqrt(freedom * Math.log1p((t * t) / freedom)) * ((8 * freedom + 1) / (8 * freedom + 3));

/** Two-sided 95% point of Student's t: the inverse of the above. */
const tPoint = (freedom: number): number => {
  const z = (Z_95 * (8 * freedom + 3)) / (8 * freedom + 1);
  return Math.sqrt(freedom * Math.expm1((z * z) / freedom));
};

/** Two-sided p-value of a slope whose 95% margin is known. */
const significance = (slope: number, margin: number, freedom: number): number => {
  if (slope === 0) return 1;
  return margin > 0 ? 2 * (1 - normalCdf(normalOfT((Math.abs(slope) / margin) * tPoint(freedom), freedom))) : 0;
};

/**
 * Where a line whose height and slope are uncertain meets a height: E. C. Fieller, JRSS B 16 (1954).
 *
 * @param height what the line lacks at 0, above 0
 * @returns undefined when the line may not lead there at all; its later end is when the slope may be 0
 */
const fieller = (
  height: number,
  slope: number,
  heightMargin: number,
  slopeMargin: number,
): readonly [number, number | undefined] | undefined => {
  const a = slope ** 2 - slopeMargin ** 2;
  const c = height ** 2 - heightMargin ** 2;
  // (slope · height)² − a·c, with what cancels left out.
  const discriminant = (slope * heightMargin) ** 2 + (height * slopeMargin) ** 2 - (slopeMargin * heightMargin) ** 2;
  if (discriminant < 0) return undefined;
  const root = Math.sqrt(discriminant);
  // Written so that nothing cancels when a is near 0.
  const earliest = c / (slope * height + root);
  return [earliest, a > 0 ? (slope * height + root) / a : undefined];
};

/**
 * When a noisy, autocorrelated series meets a limit: the Theil–Sen line, its errors widened for autocorrelation, and
 * Fieller's interval of the crossing. It takes the trend to go on as a line.
 *
 * @param x [n] ascending, @param y [n]
 * @returns undefined with fewer than 10 points or no spread in x
 */
export const forecastCrossing = (
  x: readonly number[],
  y: readonly number[],
  limit: number,
): TrendCrossing | undefined => {
  const n = Math.min(MOST_POINTS, x.length);
  const [xs, ys] = [average(x, n), average(y, n)];
  const line = x.length < FEWEST_POINTS ? undefined : theilSenTrend(xs, ys);
  if (line === undefined) return undefined;
  const { slope, intercept, slopeError } = line;
  const pivot = xs.reduce((sum, value) => sum + value, 0) / n;
  const height = intercept + slope * pivot;
  const residuals = Float64Array.from(ys, (value, at) => value - height - slope * ((xs[at] ?? 0) - pivot));
  const widening = Math.sqrt(varianceFactor(residuals));
  const freedom = Math.max(1, n / widening ** 2 - 2);
  const last = x.at(-1) ?? 0;
  const drift = driftError(residuals, (last - (x[0] ?? 0)) / (n - 1));
  const slopeMargin = tPoint(freedom) * Math.max(drift, widening * slopeError);
  // 1.4826 makes the median absolute deviation a standard deviation, √(π/2) a mean's error a median's.
  const spread = 1.4826 * quantile(residuals.map(Math.abs).sort(), 0.5);
  const heightMargin = tPoint(freedom) * widening * spread * Math.sqrt(Math.PI / 2 / n);
  const level = height + slope * (last - pivot);
  const notBefore = (distance: number): number => Math.max(last, pivot + distance);
  const meets = slope > 0 && limit > height ? fieller(limit - height, slope, heightMargin, slopeMargin) : undefined;
  return {
    slope,
    slopeInterval: [slope - slopeMargin, slope + slopeMargin],
    level,
    pValue: significance(slope, slopeMargin, freedom),
    crossing: slope > 0 ? notBefore((limit - height) / slope) : undefined,
    crossingInterval: meets && [notBefore(meets[0]), meets[1] === undefined ? undefined : notBefore(meets[1])],
  };
};
