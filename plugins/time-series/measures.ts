import type { Measure } from '../contract.ts';
import type { SeriesAnalysis } from './analysis.ts';
import type { TimeSeriesInput } from './input.ts';
import { toGrid } from './preparation.ts';

function* measureAnalysis({ name, changepoints, outliers }: SeriesAnalysis): Generator<Measure> {
  const dimensions = { series: name };
  if (changepoints.status === 'ok') {
    for (const { at } of changepoints.items) {
      yield { metric: 'changepoints', at: Date.parse(at), value: 1, dimensions };
    }
  }
  if (outliers.status === 'ok') {
    for (const { at } of outliers.items) yield { metric: 'outliers', at: Date.parse(at), value: 1, dimensions };
  }
}

/** The values themselves, each at its time, and what was found at which time. */
export function* measures(
  input: TimeSeriesInput,
  output: { readonly series: readonly SeriesAnalysis[] },
): Generator<Measure> {
  for (const given of input.series) {
    const { name, times, values } = toGrid(given, input);
    for (const [index, value] of values.entries()) {
      const at = times[index];
      if (at !== undefined && !Number.isNaN(value)) yield { metric: 'value', at, value, dimensions: { series: name } };
    }
  }
  for (const analysis of output.series) yield* measureAnalysis(analysis);
}
