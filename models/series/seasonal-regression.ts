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

/** A period and how many of its harmonics stand out. */
export interface Harmonics {
  readonly period: number;
  readonly count: number;
}

/**
 * Whether a season repeats, or an autoregression only swings at about its period: logarithm of the p-value of the
 * season's harmonics in a regression that also has the series' own past, its order chosen by AIC up to Schwert's bound.
 * A random walk and a pseudo-cycle are foretold by their past; a season is not, for it keeps its phase.
 *
 * @param y [n], without trend
 * @param candidate the season in question
 * @param found seasons that are in the series anyway
 */
export const seasonTail = (y: Float64Array, candidate: Harmonics, found: readonly Harmonics[]): number => {
  // From the period on, a lag is the season itself.
  const mostLags = Math.min(candidate.period - 1, Math.ceil(12 * (y.length / 100) ** 0.25), Math.floor(y.length / 5));
  const rows = y.length - mostLags;
  const lag = (k: number): Float64Array => y.slice(mostLags - k, mostLags - k + rows);
  const given = (): Float64Array[] => [
    new Float64Array(rows).fill(1),
    ...found.flatMap(({ period, count }) => harmonicColumns(period, count, mostLags, rows)),
  ];
  const lags = (count: number): Float64Array[] => Array.from({ length: count }, (_, k) => lag(k + 1));
  const others = given().length;
  const order = chooseLags(nestedResiduals(lag(0), [...given(), ...lags(mostLags)]).slice(others - 1), rows, others);
  const season = harmonicColumns(candidate.period, candidate.count, mostLags, rows);
  const residuals = nestedResiduals(lag(0), [...given(), ...lags(order), ...season]);
  const without = residuals[others + order - 1] ?? 0;
  const within = residuals.at(-1) ?? 0;
  const freedom = rows - others - order - season.length;
  if (!(within > 0) || freedom < 2) return within > 0 ? 0 : Number.NEGATIVE_INFINITY;
  const statistic = (without - within) / (within / freedom);
  return harmonicTail(statistic / 2, Math.ceil(season.length / 2), freedom / 2);
};
