import { FEWEST_VALUES, forecastSeries } from '../../models/forecasting/forecast.ts';
import { formatTime, timeAt } from '../../models/series/time-grid.ts';
import { insufficient, toDecimals } from '../figures.ts';
import { type Section, toFigure } from './figures.ts';
import type { Stretch } from './preparation.ts';

/** Values foretold unless the submission says how many: a cycle of the longest season that is not too long. */
const USUAL_HORIZON = 12;
const LONGEST_USUAL_HORIZON = 48;
/** Of all series together. */
const MOST_USUAL_VALUES = 300;
/** Values of all series, the last 600 of each counted, beyond which ARIMA is left out: it takes most of the time. */
const MOST_THOROUGH_VALUES = 4_000;
const COUNTED_VALUES = 600;
const MOST_THOROUGH = 10;

export type Forecast = Section<{
  readonly method: string;
  readonly reason: string;
  readonly at: readonly string[];
  readonly mean: readonly number[];
  readonly intervals: readonly {
    readonly level: number;
    readonly lower: readonly number[];
    readonly upper: readonly number[];
  }[];
  /** How forecasts made from the past did, in the end of the series. */
  readonly backtest: {
    readonly origins: number;
    readonly horizon: number;
    readonly mase: number | null;
    readonly smape: number;
    readonly coverage: readonly { readonly level: number; readonly share: number | null }[];
  } | null;
}>;

const figures = (values: Float64Array): number[] => Array.from(values, toFigure);

const horizonOf = (asked: number | undefined, periods: readonly number[], seriesCount: number): number => {
  if (asked !== undefined) return asked;
  const cycle = periods.filter((period) => period <= LONGEST_USUAL_HORIZON).at(-1) ?? USUAL_HORIZON;
  return Math.max(1, Math.min(cycle, Math.floor(MOST_USUAL_VALUES / seriesCount)));
};

interface Wanted {
  readonly asked: number | undefined;
  readonly seriesCount: number;
  /** Steps between the stretch and the first value that is wanted. */
  readonly missingAtEnd: number;
}

/** The values that come after the series' end, from its last stretch on. */
export const forecastOf = (
  { values, times, interval, clock }: Stretch,
  allPeriods: readonly number[],
  { asked, seriesCount, missingAtEnd }: Wanted,
): Forecast => {
  const horizon = horizonOf(asked, allPeriods, seriesCount);
  if (horizon === 0) return insufficient('a horizon above 0');
  const steps = missingAtEnd + horizon;
  if (values.length < Math.max(FEWEST_VALUES, steps)) {
    const fewest = Math.max(FEWEST_VALUES, steps);
    return insufficient(`${fewest} values in a row at the end of the series (there are ${values.length})`);
  }
  const isLong = seriesCount * Math.min(values.length, COUNTED_VALUES) > MOST_THOROUGH_VALUES;
  const effort = seriesCount > MOST_THOROUGH || isLong ? 'quick' : 'thorough';
  const periods = allPeriods.filter((period) => 2 * period <= values.length);
  const { method, reason, mean, intervals, backtest } = forecastSeries(values, { horizon: steps, periods, effort });
  const ahead = (path: Float64Array): number[] => figures(path.subarray(missingAtEnd));
  const grid = { start: times.at(-1) ?? 0, interval, clock };
  return {
    status: 'ok',
    method,
    reason,
    at: Array.from({ length: horizon }, (_, step) => formatTime(timeAt(grid, missingAtEnd + step + 1), clock)),
    mean: ahead(mean),
    intervals: intervals.map(({ level, lower, upper }) => ({ level, lower: ahead(lower), upper: ahead(upper) })),
    backtest: backtest && {
      origins: backtest.origins,
      horizon: backtest.horizon,
      mase: backtest.mase === null ? null : toDecimals(backtest.mase, 3),
      smape: toDecimals(backtest.smape, 2),
      coverage: backtest.coverage.map(({ level, share }) => ({
        level,
        share: share === null ? null : toDecimals(share, 3),
      })),
    },
  };
};
