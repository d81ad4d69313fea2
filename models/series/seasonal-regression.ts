import { harmonicTail } from './harmonic-test.ts';
import { nestedResiduals } from './nested-regression.ts';

/** Harmonics of one period in a regression at most. */
const MOST_HARMONICS = 8;

const harmonicColumns = (period: number, count: number, start: number, rows: number): Float64Array[] =>
  Array.from({ length: Math.min(MOST_HARMONICS, count) }, (_, k) => (2 * Math.PI * (k + 1)) / period).flatMap(
    (angle) => [
      Float64Array.from({ length: rows }, (_, i) => Math.cos(angle * (start + i))),
      // At half a cycle a value there is no sine.
      ...(period === 2 ? [] : [Float64Array.from({ length: rows }, (_, i) => Math.sin(angle * (start + i)))]),
    ],
  );

/** Number of lags with the least AIC, given the residual squares with 0, 1, … of them. */
const chooseLags = (residuals: readonly number[], rows: number, others: number): number => {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [lags, residual] of residuals.entries()) {
    const aic = rows * Math.log(residual / rows) + 2 * (lags + others);
    if (aic < least) [least, best] = [aic, lags];
  }
  return best;
};

/** Share of the squares below which a residual is the rounding of numbers. */
const EXACT = 1e-20;
/** Share of the squares of a series without noise that a season must make up: curves have some at every period. */
const CLEAR_SHARE = 0.2;

/** A period and how many of its harmonics stand out. */
export interface Harmonics {
  readonly period: number;
  readonly count: number;
}

/** Rows of a regression; a longer series is averaged so that a long period has a few dozen values, and then cut. */
const MOST_ROWS = 2_500;
const VALUES_A_PERIOD = 64;
/** Fewest averaged values of a season that is not averaged away. */
const FEWEST_A_PERIOD = 4;

const averaged = (y: Float64Array, width: number): Float64Array =>
  Float64Array.from({ length: Math.floor(y.length / width) }, (_, group) => {
    let sum = 0;
    for (let i = group * width; i < (group + 1) * width; i += 1) sum += y[i] ?? 0;
    return sum / width;
  });

/** Schwert's bound; from the period on, a lag is the season itself. */
const lagBound = (n: number, period: number, mostLags: number): number =>
  Math.max(1, Math.min(Math.ceil(period) - 1, Math.ceil(12 * (n / 100) ** 0.25), Math.floor(mostLags)));

/** The least tail of the first 1, 2, 4, … and all harmonics, with Bonferroni's correction. */
const leastTail = (residuals: readonly number[], rows: number, others: number): number => {
  const without = residuals[others - 1] ?? 0;
  const columns = residuals.length - others;
  let least = 0;
  let tests = 0;
  for (let harmonics = 1; 2 * harmonics <= columns + 1; harmonics += 1) {
    const used = Math.min(columns, 2 * harmonics);
    const freedom = rows - others - used;
    if ((harmonics & (harmonics - 1)) !== 0 && used < columns) continue;
    if (freedom < 2) break;
    const within = residuals[others + used - 1] ?? 0;
    if (!(within > 0)) return without > 0 ? Number.NEGATIVE_INFINITY : 0;
    tests += 1;
    least = Math.min(least, harmonicTail((without / within - 1) * (freedom / 2), harmonics, freedom / 2));
  }
  return Math.min(0, least + Math.log(Math.max(1, tests)));
};

/**
 * Whether a season repeats, or an autoregression only swings at about its period: logarithm of the p-value of the
 * season's harmonics in a regression that also has the series' own past, its order chosen by AIC up to Schwert's bound.
 * A random walk and a pseudo-cycle are foretold by their past; a season is not, for it keeps its phase. Where the past
 * foretells every value exactly there is no noise that could swing, and the harmonics must make up a good part of it.
 *
 * @param values [n], without trend
 * @param candidate the season in question
 * @param found seasons that are in the series anyway
 * @param mostLags values of the past at most
 */
export const seasonTail = (
  values: Float64Array,
  candidate: Harmonics,
  found: readonly Harmonics[],
  mostLags: number,
): number => {
  const width = values.length > MOST_ROWS ? Math.max(1, Math.floor(candidate.period / VALUES_A_PERIOD)) : 1;
  const y = averaged(values, width).subarray(-MOST_ROWS);
  const longest = lagBound(y.length, candidate.period / width, mostLags / width);
  const rows = y.length - longest;
  const lag = (k: number): Float64Array => y.slice(longest - k, longest - k + rows);
  const given = (): Float64Array[] => [
    new Float64Array(rows).fill(1),
    ...found
      .filter(({ period }) => period >= FEWEST_A_PERIOD * width)
      .flatMap(({ period, count }) => harmonicColumns(period / width, count, longest, rows)),
  ];
  const lags = (count: number): Float64Array[] => Array.from({ length: count }, (_, k) => lag(k + 1));
  const others = given().length;
  const residuals = nestedResiduals(lag(0), [...given(), ...lags(longest)]).slice(others - 1);
  const [whole = 0, foretold = 0] = [residuals[0], residuals.at(-1)];
  const isExact = foretold <= EXACT * whole;
  const order = isExact ? 0 : chooseLags(residuals, rows, others);
  const season = harmonicColumns(candidate.period / width, candidate.count, longest, rows);
  const nested = nestedResiduals(lag(0), [...given(), ...lags(order), ...season]);
  if (isExact && (nested.at(-1) ?? 0) > (1 - CLEAR_SHARE) * whole) return 0;
  return leastTail(nested, rows, others + order);
};
