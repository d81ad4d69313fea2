import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProcessContext } from '../contract.ts';
import { forecastOne, type SeriesReport } from './forecast.ts';
import type { ForecastInput } from './forecast-input.ts';
import { type Refusal, refuse } from './regular-series.ts';

/** So many series are forecast with ARIMA among the methods, which takes most of the time. */
const MOST_THOROUGH = 10;

export interface ForecastReport {
  readonly horizon: number;
  /** `quick` leaves ARIMA out, as more than ten series do. */
  readonly effort: 'quick' | 'thorough';
  /** In the order of the input. */
  readonly series: readonly (SeriesReport | Refusal)[];
}

/** Every series in turn; those that the time did not suffice for say so. */
export const forecastAll = async (
  input: ForecastInput,
  { signal, models }: Pick<ProcessContext, 'signal' | 'models'>,
): Promise<ForecastReport> => {
  const effort = input.effort ?? (input.series.length > MOST_THOROUGH ? 'quick' : 'thorough');
  const reports: (SeriesReport | Refusal)[] = [];
  for (const series of input.series) {
    // Lets the signal's timer fire between two series.
    await nextTurn();
    reports.push(
      signal.aborted
        ? refuse(series.name, 'more time: submit fewer series at once')
        : await forecastOne(series, input, { effort, models }),
    );
  }
  return { horizon: input.horizon, effort, series: reports };
};
