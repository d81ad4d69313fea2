import { definePlugin, type Insight, type PluginOutput } from '../contract.ts';
import { analyzeDemand } from './demand.ts';
import { demandInsights } from './demand-insights.ts';
import { inputSchema } from './input.ts';

const GRAVITY = { critical: 0, warning: 1, info: 2 };

const byGravity = (insights: readonly Insight[]): Insight[] =>
  insights.toSorted((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);

/** Forecasts of series, demand and revenue; docs/plugins/predictive.md defines each figure. */
export default definePlugin({
  input: inputSchema,
  process: (input): PluginOutput => {
    const demand = input.demand === undefined ? null : analyzeDemand(input.demand, input.seed);
    return {
      insights: byGravity(demand === null ? [] : demandInsights(demand)),
      patterns: [],
      metrics: { items: input.demand?.items.length ?? 0 },
      demand,
    };
  },
});
