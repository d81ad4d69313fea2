import { mstl } from '../../models/series/decomposition.ts';
import type { InsufficientData } from '../figures.ts';
import { changesOf, deseasonalise, outliersOf } from './changes.ts';
import { reportDecomposition } from './decomposition.ts';
import { forecastOf } from './forecast.ts';
import type { GivenSeries, TimeSeriesInput } from './input.ts';
import { type GriddedSeries, type Stretch, type Stretches, toGrid, toStretches } from './preparation.ts';
import { profileOf } from './profile.ts';
import { roomFor } from './room.ts';
import { describeSeason, periodsOf } from './seasons.ts';
import { autocorrelationOf, stationarityOf } from './structure.ts';
import { trendOf } from './trend.ts';

const FEWEST_VALUES = 12;
/** Lengths that events could be aggregated to, ms, and their names. */
const STEPS = [
  [1_000, '1s'],
  [60_000, '1m'],
  [3_600_000, '1h'],
  [86_400_000, '1d'],
  [604_800_000, '1w'],
] as const;
/** Events that a step should hold on average. */
const EVENTS_A_STEP = 5;

/** A step that holds a few events on average. */
const suggestedStep = (times: Float64Array): string => {
  const mean = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / Math.max(1, times.length - 1);
  const [, name] = STEPS.find(([length]) => length >= EVENTS_A_STEP * mean) ?? [0, '1mo'];
  return name;
};

const lackOf = (series: GriddedSeries, stretch: Stretch | undefined): InsufficientData => ({
  status: 'insufficient_data',
  missing:
    stretch === undefined
      ? [
          series.times.length < FEWEST_VALUES
            ? `${FEWEST_VALUES} values (there are ${series.times.length})`
            : `an interval: the times keep none; send aggregate, for example {"step": "${suggestedStep(series.times)}", "by": "mean"}`,
        ]
      : [`${FEWEST_VALUES} values in a row without a long gap (there are ${stretch.values.length})`],
});

/** All that wants equally spaced values. */
const lookAtStretch = (
  { analysed: stretch, latest, missingAtEnd }: Stretches,
  unit: string | undefined,
  { periods: given, series, horizon }: TimeSeriesInput,
) => {
  const periods = periodsOf(stretch, given);
  const lengths = periods.map(({ period }) => period);
  const parts = mstl(stretch.values, lengths);
  const deseasonalised = deseasonalise(stretch.values, parts.seasonal);
  const strengths = periods.map(({ strength }) => strength);
  const room = roomFor(series.length);
  const trend = trendOf(stretch.times, deseasonalised.values, unit);
  const changepoints = changesOf(deseasonalised, stretch, { unit, most: room.changes });
  const hasTrend = trend.status === 'ok' && trend.direction !== 'none';
  const hasChange = changepoints.status === 'ok' && changepoints.items.some(({ changed }) => changed !== 'variance');
  return {
    trend,
    seasons: {
      status: 'ok' as const,
      items: periods.map((period, k) =>
        describeSeason(period, parts.seasonal[k] ?? new Float64Array(0), stretch, room.phases),
      ),
    },
    changepoints,
    outliers: { status: 'ok' as const, ...outliersOf(deseasonalised, stretch, room.outliers) },
    stationarity: stationarityOf(deseasonalised.values, { strengths, movesLevel: hasTrend || hasChange }),
    autocorrelation: autocorrelationOf(stretch.values, lengths, room.lags),
    forecast: forecastOf(latest, lengths, { asked: horizon, seriesCount: series.length, missingAtEnd }),
    decomposition: { status: 'ok' as const, ...reportDecomposition(parts, periods, stretch, room.decompositionRows) },
  };
};

/** Without an interval, a line through the points is all that can be said of the course. */
const lookAtPoints = (series: GriddedSeries, lack: InsufficientData) => {
  const known = Array.from(series.values.keys()).filter((i) => !Number.isNaN(series.values[i] ?? Number.NaN));
  const pick = (from: Float64Array): Float64Array => Float64Array.from(known, (i) => from[i] ?? 0);
  return {
    trend: trendOf(pick(series.times), pick(series.values), series.unit),
    seasons: lack,
    changepoints: lack,
    outliers: lack,
    stationarity: lack,
    autocorrelation: lack,
    forecast: lack,
    decomposition: lack,
  };
};

/** Everything about one series; docs/plugins/time-series.md defines each figure. */
export const analyzeSeries = (given: GivenSeries, input: TimeSeriesInput) => {
  const series = toGrid(given, input);
  const found = toStretches(series);
  const stretches = found !== undefined && found.analysed.values.length >= FEWEST_VALUES ? found : undefined;
  return {
    name: series.name,
    unit: series.unit ?? null,
    profile: profileOf(series, stretches?.analysed, roomFor(input.series.length).gaps),
    ...(stretches === undefined
      ? lookAtPoints(series, lackOf(series, found?.analysed))
      : lookAtStretch(stretches, series.unit, input)),
  };
};

export type SeriesAnalysis = ReturnType<typeof analyzeSeries>;
