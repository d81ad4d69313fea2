import { mstl } from '../series/decomposition.ts';
import { forecastArima, selectArima } from './arima.ts';
import { autoregressionLags, forecastAutoregression } from './autoregression.ts';
import { forecastEts, selectEts } from './exponential-smoothing.ts';
import { isSeasonal, removeSeason, restoreSeason, seasonalIndices } from './seasonal-adjustment.ts';
import { estimateTheta, forecastTheta } from './theta.ts';

/** Continues a series: y is [n], the result [horizon]. */
export type Forecaster = (y: Float64Array, horizon: number) => Float64Array;

/** A way to forecast. */
export interface Method {
  readonly name: string;
  /**
   * Estimates the method on the values and returns a forecaster that may be given the same values and later ones, so that
   * a backtest walks on with what was known at its beginning.
   *
   * @param y [n], finite, equally spaced
   * @param periods ascending
   * @returns undefined where the method does not apply
   */
  readonly estimate: (y: Float64Array, periods: readonly number[]) => Forecaster | undefined;
}

/** Longest season whose phases exponential smoothing and ARIMA hold; longer ones are decomposed first. */
const LONGEST_MODELLED_PERIOD = 24;

const isPositive = (y: Float64Array): boolean => y.every((value) => value > 0);

/** The season that a single-season method has to do with; 1 when there is none of which it can know. */
const shortestPeriod = (y: Float64Array, periods: readonly number[]): number => {
  const shortest = periods[0] ?? 1;
  return y.length >= 2 * shortest ? shortest : 1;
};

const modelledPeriod = (y: Float64Array, periods: readonly number[]): number => {
  const period = shortestPeriod(y, periods);
  return period <= LONGEST_MODELLED_PERIOD ? period : 1;
};

const seasonsOf = (y: Float64Array, periods: readonly number[]): number[] =>
  periods.filter((period) => period > 1 && y.length >= 2 * period);

const repeatLast: (period: number) => Forecaster = (period) => (y, horizon) =>
  Float64Array.from({ length: horizon }, (_, h) => y[y.length - period + (h % period)] ?? 0);

export const naive: Method = { name: 'naive', estimate: () => repeatLast(1) };

/** Repeats the last cycle, of each season on its own. */
export const seasonalNaive = (which: 'shortest' | 'longest'): Method => ({
  name: which === 'shortest' ? 'seasonal naive' : 'seasonal naive (longest season)',
  estimate: (y, periods) => {
    const seasons = seasonsOf(y, periods);
    const period = which === 'shortest' ? seasons[0] : seasons.length > 1 ? seasons.at(-1) : undefined;
    return period === undefined ? undefined : repeatLast(period);
  },
});

/** The dynamic optimised Theta model on the series without its season, if it has one. */
export const theta: Method = {
  name: 'theta',
  estimate: (y, periods) => {
    const period = shortestPeriod(y, periods);
    if (!isSeasonal(y, period)) {
      const parameters = estimateTheta(y);
      return (values, horizon) => forecastTheta(values, parameters, horizon);
    }
    const form = isPositive(y) ? 'multiplicative' : 'additive';
    const parameters = estimateTheta(removeSeason(y, seasonalIndices(y, period, form)));
    return (values, horizon) => {
      const indices = seasonalIndices(values, period, form);
      const continued = forecastTheta(removeSeason(values, indices), parameters, horizon);
      return restoreSeason(continued, indices, values.length);
    };
  },
};

export const exponentialSmoothing: Method = {
  name: 'ETS',
  estimate: (y, periods) => {
    const fitted = selectEts(y, modelledPeriod(y, periods));
    return fitted && ((values, horizon) => forecastEts(values, fitted, horizon));
  },
};

export const arima: Method = {
  name: 'ARIMA',
  estimate: (y, periods) => {
    const fitted = selectArima(y, modelledPeriod(y, periods));
    return fitted && ((values, horizon) => forecastArima(values, fitted, horizon));
  },
};

/** Seasons by MSTL, each repeated as it was last, and another method for what remains. */
export const decomposed = (inner: Method): Method => ({
  name: `MSTL and ${inner.name}`,
  estimate: (y, periods) => {
    const seasons = seasonsOf(y, periods);
    if (seasons.length === 0) return undefined;
    const split = (values: Float64Array) => {
      const { seasonal } = mstl(values, seasons, { robust: false });
      return {
        seasonal,
        adjusted: values.map((value, t) => seasonal.reduce((rest, part) => rest - (part[t] ?? 0), value)),
      };
    };
    const forecaster = inner.estimate(split(y).adjusted, []);
    if (forecaster === undefined) return undefined;
    return (values, horizon) => {
      const { seasonal, adjusted } = split(values);
      return forecaster(adjusted, horizon).map((value, h) =>
        seasonal.reduce((sum, part, k) => {
          const period = seasons[k] ?? 1;
          return sum + (part[part.length - period + (h % period)] ?? 0);
        }, value),
      );
    };
  },
});

export const autoregression: Method = {
  name: 'autoregression',
  estimate: (y, periods) => {
    const lags = autoregressionLags(y.length, periods);
    return lags.length === 0 ? undefined : (values, horizon) => forecastAutoregression(values, lags, horizon);
  },
};

/** Another method on the logarithms, for what grows and swings in proportion. */
export const logarithmic = (inner: Method): Method => ({
  name: `${inner.name} of logarithms`,
  estimate: (y, periods) => {
    if (!isPositive(y)) return undefined;
    const forecaster = inner.estimate(y.map(Math.log), periods);
    return forecaster && ((values, horizon) => forecaster(values.map(Math.log), horizon).map(Math.exp));
  },
});
