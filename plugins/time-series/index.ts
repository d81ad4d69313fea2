import { definePlugin } from '../contract.ts';
import { analyzeSeries } from './analysis.ts';
import { inputSchema } from './input.ts';
import { deriveInsights, derivePatterns } from './insights.ts';
import { measures } from './measures.ts';
import { toViews } from './views.ts';

/** What is in one or several series; docs/plugins/time-series.md defines each figure. */
export default definePlugin({
  input: inputSchema,
  dimensions: ({ series }) => ({ series: series.map(({ name }) => name) }),
  process: (input) => {
    const series = input.series.map((given) => analyzeSeries(given, input));
    const { insights, omitted } = deriveInsights(series);
    const patterns = derivePatterns(series);
    return {
      insights,
      patterns,
      metrics: {
        series: series.length,
        values: series.reduce((sum, { profile }) => sum + profile.given, 0),
        regular: series.filter(({ profile }) => profile.regular).length,
        seasonal: series.filter(({ seasons }) => seasons.status === 'ok' && seasons.items.length > 0).length,
        changepoints: series.reduce(
          (sum, { changepoints }) =>
            sum + (changepoints.status === 'ok' ? changepoints.items.length + changepoints.omitted : 0),
          0,
        ),
        insightsOmitted: omitted,
      },
      series,
    };
  },
  measures: (input, output) => measures(input, output),
  views: (output, input) => toViews(output, input),
});
