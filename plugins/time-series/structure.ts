import { autocorrelation, ljungBox, partialAutocorrelation } from '../../models/series/autocorrelation.ts';
import { augmentedDickeyFuller, kpss } from '../../models/series/stationarity.ts';
import { Z_95 } from '../../models/statistics/normal.ts';
import { insufficient, toDecimals, toPValue } from '../figures.ts';
import type { Section } from './figures.ts';

const SIGNIFICANCE = 0.05;
const MOST_DIFFERENCES = 2;
/** Share of the variance that a season must have for a seasonal difference to pay (X. Wang et al., 2006). */
const STRONG_SEASON = 0.64;
const FEWEST_VALUES = 20;
const FEWEST_LAGS = 10;

export type Stationarity = Section<{
  readonly verdict: 'stationary' | 'unit-root' | 'trend-or-change' | 'undecided';
  readonly inWords: string;
  readonly adf: { readonly statistic: number; readonly pValue: number; readonly lags: number };
  /** Its p-value is between 0.01 and 0.1. */
  readonly kpss: { readonly statistic: number; readonly pValue: number; readonly lags: number };
  /** Differences after which the level no longer wanders, by KPSS. */
  readonly differences: number;
  readonly seasonalDifferences: number;
}>;

const IN_WORDS = {
  stationary:
    'varies about a fixed level: the Dickey–Fuller test rejects a unit root, and KPSS does not reject a level',
  'unit-root': 'wanders: a unit root cannot be rejected, and KPSS rejects a fixed level; look at its differences',
  'trend-or-change': 'keeps no fixed level, but does not wander either: there is a trend or a change of level',
  undecided: 'is too short or too persistent to tell whether it wanders: neither test rejects',
} as const;
const DISAGREEING =
  'cannot be told: KPSS rejects a fixed level and the Dickey–Fuller test rejects that it wanders, yet neither a trend nor a change of level stands out; it may swing slowly about its level';

const differenced = (values: Float64Array): Float64Array =>
  values.subarray(1).map((value, i) => value - (values[i] ?? 0));

const differencesOf = (values: Float64Array): number => {
  let rest = values;
  let count = 0;
  while (count < MOST_DIFFERENCES && (kpss(rest)?.pValue ?? 1) < SIGNIFICANCE) {
    rest = differenced(rest);
    count += 1;
  }
  return count;
};

const rounded = ({ statistic, pValue, lags }: { statistic: number; pValue: number; lags: number }) => ({
  statistic: toDecimals(statistic, 3),
  pValue: toPValue(pValue),
  lags,
});

/** What else is known of a series: the strengths of its seasons, and whether a trend or a change of level stands out. */
interface Known {
  readonly strengths: readonly number[];
  readonly movesLevel: boolean;
}

/** Both unit-root tests, of the series without its seasons. */
export const stationarityOf = (deseasonalised: Float64Array, { strengths, movesLevel }: Known): Stationarity => {
  const [adf, level] = [augmentedDickeyFuller(deseasonalised), kpss(deseasonalised)];
  if (adf === undefined || level === undefined || deseasonalised.length < FEWEST_VALUES)
    return insufficient(`${FEWEST_VALUES} values in a row that vary, and not only as their past foretells`);
  const [rooted, moved] = [adf.pValue >= SIGNIFICANCE, level.pValue < SIGNIFICANCE];
  const disagree = !rooted && moved && !movesLevel;
  const settled = moved ? 'trend-or-change' : 'stationary';
  const verdict = disagree ? 'undecided' : rooted ? (moved ? 'unit-root' : 'undecided') : settled;
  return {
    status: 'ok',
    verdict,
    inWords: disagree ? DISAGREEING : IN_WORDS[verdict],
    adf: rounded(adf),
    kpss: rounded(level),
    differences: differencesOf(deseasonalised),
    seasonalDifferences: strengths.some((strength) => strength > STRONG_SEASON) ? 1 : 0,
  };
};

export type Autocorrelation = Section<{
  /** From lag 1 on; partial likewise. */
  readonly acf: readonly number[];
  readonly pacf: readonly number[];
  /** What white noise stays within, up and down, at 95% of the lags. */
  readonly bound: number;
  /** Test of whether the first lags are all zero. */
  readonly ljungBox: { readonly lags: number; readonly statistic: number; readonly pValue: number };
}>;

const digits = (values: Float64Array): number[] => Array.from(values.subarray(1), (value) => toDecimals(value, 3));

/** Of the series as it is, up to two cycles of its longest season. */
export const autocorrelationOf = (
  values: Float64Array,
  periods: readonly number[],
  mostLags: number,
): Autocorrelation => {
  const n = values.length;
  const varies = values.some((value) => value !== values[0]);
  if (n < FEWEST_VALUES || !varies) return insufficient(`${FEWEST_VALUES} values in a row that vary`);
  const longest = 2 * (periods.at(-1) ?? FEWEST_LAGS);
  const lags = Math.min(Math.floor(n / 4), longest, mostLags);
  const acf = autocorrelation(values, lags);
  const tested = Math.min(FEWEST_LAGS, lags);
  const { statistic, pValue } = ljungBox(acf, n, tested);
  return {
    status: 'ok',
    acf: digits(acf),
    pacf: digits(partialAutocorrelation(acf)),
    bound: toDecimals(Z_95 / Math.sqrt(n), 3),
    ljungBox: { lags: tested, statistic: toDecimals(statistic, 2), pValue: toPValue(pValue) },
  };
};
