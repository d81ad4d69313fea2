import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { meanAbsoluteError, seasonalNaiveError, smape } from '../../models/forecasting/accuracy.ts';
import { backtest, rollingOrigins } from '../../models/forecasting/backtest.ts';
import { forecastSeries } from '../../models/forecasting/forecast.ts';
import { type PredictionInterval, predictionIntervals } from '../../models/forecasting/intervals.ts';
import {
  decomposed,
  exponentialSmoothing,
  type Method,
  naive,
  seasonalNaive,
  theta,
} from '../../models/forecasting/methods.ts';

/** Series of one frequency, as a competition publishes them. */
interface Frequency {
  readonly file: string;
  /** Period of the competition's error scale. */
  readonly scalePeriod: number;
  /** Seasons that values of this frequency may have. */
  readonly periods: readonly number[];
}

const COMPETITIONS = {
  m4: {
    hourly: { file: 'hourly.jsonl', scalePeriod: 24, periods: [24, 168] },
    weekly: { file: 'weekly.jsonl', scalePeriod: 1, periods: [52] },
  },
  m3: {
    monthly: { file: 'monthly.jsonl', scalePeriod: 12, periods: [12] },
    quarterly: { file: 'quarterly.jsonl', scalePeriod: 4, periods: [4] },
    yearly: { file: 'yearly.jsonl', scalePeriod: 1, periods: [] },
    other: { file: 'other.jsonl', scalePeriod: 1, periods: [] },
  },
} as const satisfies Record<string, Record<string, Frequency>>;

interface Series {
  readonly train: Float64Array;
  readonly test: Float64Array;
}

/** A forecast of one series with its 95% interval, and the milliseconds it took. */
interface Forecast {
  readonly mean: Float64Array;
  readonly interval: PredictionInterval | undefined;
  readonly ms: number;
}

interface Scores {
  readonly smape: number;
  readonly mase: number;
  /** Share of values inside of the 95% interval. */
  readonly coverage95: number | null;
  /** Mean width of the 95% interval, in errors of the seasonal naive forecast. */
  readonly width95: number | null;
  readonly msPerSeries: number;
}

const readSeries = async (file: string): Promise<Series[]> => {
  const lines = (await readFile(file, 'utf8')).trim().split(/\r?\n/);
  return lines.map((line) => {
    const { train, test } = JSON.parse(line) as { train: number[]; test: number[] };
    return { train: Float64Array.from(train), test: Float64Array.from(test) };
  });
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const isInside = ({ lower, upper }: PredictionInterval, test: Float64Array): number[] =>
  Array.from(test, (value, h) => (value >= (lower[h] ?? 0) && value <= (upper[h] ?? 0) ? 1 : 0));

const meanWidth = ({ lower, upper }: PredictionInterval): number =>
  mean(Array.from(upper, (limit, h) => limit - (lower[h] ?? 0)));

const score = (series: readonly Series[], forecasts: readonly Forecast[], { scalePeriod }: Frequency): Scores => {
  const scales = series.map(({ train }) => seasonalNaiveError(train, scalePeriod));
  const intervals = forecasts.flatMap(({ interval }) => interval ?? []);
  const known = intervals.length === series.length;
  return {
    smape: mean(series.map(({ test }, i) => smape(test, forecasts[i]?.mean ?? []))),
    mase: mean(series.map(({ test }, i) => meanAbsoluteError(test, forecasts[i]?.mean ?? []) / (scales[i] ?? 1))),
    coverage95: known
      ? mean(series.flatMap(({ test }, i) => intervals.slice(i, i + 1).flatMap((v) => isInside(v, test))))
      : null,
    width95: known ? mean(intervals.map((interval, i) => meanWidth(interval) / (scales[i] ?? 1))) : null,
    msPerSeries: mean(forecasts.map(({ ms }) => ms)),
  };
};

const timed = (forecast: () => Omit<Forecast, 'ms'>): Forecast => {
  const started = performance.now();
  return { ...forecast(), ms: performance.now() - started };
};

const ours = ({ train, test }: Series, { periods }: Frequency): Forecast =>
  timed(() => {
    const { mean: central, intervals } = forecastSeries(train, { horizon: test.length, periods, levels: [0.95] });
    return { mean: central, interval: intervals[0] };
  });

/** First of the methods that applies to a series. */
const byMethod =
  (...methods: readonly Method[]) =>
  ({ train, test }: Series, { periods }: Frequency): Forecast =>
    timed(() => {
      for (const method of methods) {
        const forecaster = method.estimate(train, periods);
        if (forecaster !== undefined) return { mean: forecaster(train, test.length), interval: undefined };
      }
      throw new Error('no method applies');
    });

/** MSTL and exponential smoothing with intervals of the same kind as ours: a peer's point forecasts, our machinery. */
const mstl = (series: Series, frequency: Frequency): Forecast => {
  const { train, test } = series;
  const periods = frequency.periods.filter((period) => 2 * period <= train.length);
  const method = periods.length > 0 ? decomposed(exponentialSmoothing) : exponentialSmoothing;
  return timed(() => {
    const origins = rollingOrigins(train.length, test.length, periods[0] ?? 1);
    const final = (method.estimate(train, periods) ?? naive.estimate(train, []))?.(train, test.length) ?? test;
    const first = method.estimate(train.subarray(0, origins[0]), periods) ?? naive.estimate(train, []);
    if (first === undefined) return { mean: final, interval: undefined };
    return {
      mean: final,
      interval: predictionIntervals(train, backtest(train, first, origins, test.length), final, {
        levels: [0.95],
        period: periods[0] ?? 1,
      })[0],
    };
  });
};

const PEERS = {
  'seasonal naive': byMethod(seasonalNaive('shortest'), naive),
  theta: byMethod(theta),
  mstl,
} as const;

/** Mean width of intervals once they are made so much wider, or narrower, that they cover a given share. */
const widthAtCoverage = (
  series: readonly Series[],
  forecasts: readonly Forecast[],
  { scalePeriod }: Frequency,
  coverage: number,
): number => {
  const stretched = (factor: number) => {
    let inside = 0;
    let count = 0;
    let width = 0;
    for (const [i, { train, test }] of series.entries()) {
      const forecast = forecasts[i];
      if (forecast?.interval === undefined) continue;
      const { interval, mean: central } = forecast;
      const stretch = (limits: Float64Array) =>
        limits.map((limit, h) => (central[h] ?? 0) + factor * (limit - (central[h] ?? 0)));
      const wider = { ...interval, lower: stretch(interval.lower), upper: stretch(interval.upper) };
      for (const hit of isInside(wider, test)) inside += hit;
      count += test.length;
      width += meanWidth(wider) / seasonalNaiveError(train, scalePeriod) / series.length;
    }
    return { coverage: inside / count, width };
  };
  let [low, high] = [0, 16];
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (stretched(middle).coverage < coverage) low = middle;
    else high = middle;
  }
  return stretched(high).width;
};

const benchmarkFrequency = async (folder: string, frequency: Frequency) => {
  const series = await readSeries(join(folder, frequency.file));
  const scores = score(
    series,
    series.map((one) => ours(one, frequency)),
    frequency,
  );
  const peers = Object.fromEntries(
    Object.entries(PEERS).map(([name, forecast]) => {
      const forecasts = series.map((one) => forecast(one, frequency));
      const own = score(series, forecasts, frequency);
      const width =
        own.coverage95 === null ? null : widthAtCoverage(series, forecasts, frequency, scores.coverage95 ?? 0);
      return [name, { ...own, widthAtOurCoverage: width }];
    }),
  );
  return { ...scores, series: series.length, peers };
};

type FrequencyReport = Awaited<ReturnType<typeof benchmarkFrequency>>;

const benchmarkCompetition = async <Name extends string>(
  folder: string,
  frequencies: Readonly<Record<Name, Frequency>>,
): Promise<Record<Name, FrequencyReport>> => {
  const reports = {} as Record<Name, FrequencyReport>;
  for (const [name, frequency] of Object.entries(frequencies) as [Name, Frequency][])
    reports[name] = await benchmarkFrequency(folder, frequency);
  return reports;
};

/**
 * Scores the forecasts on the M3 and M4 competitions' series: sMAPE and MASE as the competitions define them, the share
 * that 95% intervals cover and how wide they are.
 *
 * @param dataDir folder holding `m3/<frequency>.jsonl` and `m4/<frequency>.jsonl`, a JSON object with `train` and `test` a line
 */
export const benchmarkForecasting = async (dataDir: string) => ({
  m4: await benchmarkCompetition(join(dataDir, 'm4'), COMPETITIONS.m4),
  m3: await benchmarkCompetition(join(dataDir, 'm3'), COMPETITIONS.m3),
});
