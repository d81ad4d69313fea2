import { definePlugin } from '../contract.ts';
import { byGravity } from '../gravity.ts';
import { analyzeChurn } from './churn/index.ts';
import { analyzeDemand } from './demand.ts';
import { demandInsights } from './demand-insights.ts';
import { forecastInsights } from './forecast-insights.ts';
import { forecastAll } from './forecasts.ts';
import { inputSchema } from './input.ts';
import { refusalInsights } from './refusals.ts';
import { analyzeRevenue } from './revenue.ts';
import { revenueInsights } from './revenue-insights.ts';
import { toViews } from './views.ts';

/** Forecasts of series, demand, revenue and churn; docs/plugins/predictive.md defines each figure. */
export default definePlugin({
  input: inputSchema,
  dimensions: ({ forecast, demand, revenue }) => ({
    series: [...(forecast?.series ?? []), ...(demand?.items ?? []), ...(revenue?.nodes ?? [])].map(({ name }) => name),
  }),
  process: async (input, { signal, now, models }) => {
    const forecast = input.forecast === undefined ? null : await forecastAll(input.forecast, { signal, models });
    const demand = input.demand === undefined ? null : analyzeDemand(input.demand, input.seed);
    const revenue = input.revenue === undefined ? null : analyzeRevenue(input.revenue);
    const churn =
      input.churn === undefined ? null : analyzeChurn(input.churn, { now: now(), seed: input.seed, signal });
    const refusals = [...(forecast?.series ?? []), ...(demand?.items ?? []), ...(revenue === null ? [] : [revenue])];
    return {
      insights: byGravity([
        ...(forecast === null ? [] : forecastInsights(forecast)),
        ...(demand === null ? [] : demandInsights(demand)),
        ...(revenue?.status === 'ok' ? revenueInsights(revenue) : []),
        ...(churn?.insights ?? []),
        ...refusalInsights(refusals),
      ]),
      patterns: [],
      metrics: {
        series: input.forecast?.series.length ?? 0,
        items: input.demand?.items.length ?? 0,
        nodes: input.revenue?.nodes.length ?? 0,
        ...churn?.metrics,
      },
      forecast,
      demand,
      revenue,
      churn: churn?.section ?? null,
    };
  },
  views: (output, input) => toViews(output, input),
});
