import { MOST_VIEW_SERIES, type ViewOf } from '../view.ts';
import { forecastView, lastPoints } from '../view-series.ts';
import type { SeriesAnalysis } from './analysis.ts';
import type { TimeSeriesInput } from './input.ts';
import { toGrid } from './preparation.ts';

/** The level whose share of values held a dashboard shows. */
const SHOWN_LEVEL = 0.95;
const MOST_CHANGES = 100;

type ForecastSeries = ViewOf<'forecast'>['series'][number];

const forecastOf = ({ name, forecast }: SeriesAnalysis, input: TimeSeriesInput): ForecastSeries[] => {
  const given = input.series.find((one) => one.name === name);
  if (forecast.status !== 'ok' || given === undefined) return [];
  const { times, values } = toGrid(given, input);
  const { at, mean, intervals, method, backtest } = forecast;
  const held = backtest?.coverage.find(({ level }) => level === SHOWN_LEVEL)?.share ?? null;
  return [
    {
      name,
      history: lastPoints(times, values),
      forecast: {
        timestamps: [...at],
        mean: [...mean],
        intervals: intervals.map(({ level, lower, upper }) => ({ level, lower: [...lower], upper: [...upper] })),
      },
      model: method,
      ...(backtest === null ? {} : { backtest: { mase: backtest.mase, smape: backtest.smape, coverage: held } }),
    },
  ];
};

const foretoldView = (series: readonly SeriesAnalysis[], input: TimeSeriesInput): ViewOf<'forecast'> | undefined => {
  const foretold = series.filter(({ forecast }) => forecast.status === 'ok' && forecast.at.length <= 500);
  const shown = foretold.slice(0, MOST_VIEW_SERIES);
  return forecastView(shown.map((one) => ({ unit: one.unit ?? '', series: forecastOf(one, input) })));
};

const changesView = (series: readonly SeriesAnalysis[]): ViewOf<'table'> | undefined => {
  const changes = series.flatMap(({ name, changepoints }) =>
    changepoints.status === 'ok' ? changepoints.items.map((change) => ({ name, ...change })) : [],
  );
  if (changes.length === 0) return undefined;
  const newest = changes.sort((a, b) => (a.at < b.at ? 1 : -1));
  return {
    type: 'table',
    columns: [
      { key: 'series', title: 'Series' },
      { key: 'at', title: 'When' },
      { key: 'change', title: 'Change' },
      { key: 'confidence', title: 'Confidence', unit: 'ratio' },
    ],
    rows: newest
      .slice(0, MOST_CHANGES)
      .map(({ name, at, inWords, confidence }) => ({ series: name, at, change: inWords, confidence })),
    more: Math.max(0, changes.length - MOST_CHANGES),
  };
};

/** What a dashboard shows of the series. */
export const toViews = (output: { readonly series: readonly SeriesAnalysis[] }, input: TimeSeriesInput) => ({
  forecast: foretoldView(output.series, input),
  changes: changesView(output.series),
});
