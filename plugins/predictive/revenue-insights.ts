import type { Insight } from '../contract.ts';
import { toConfidence } from '../figures.ts';
import { amount, chance, percent, plural } from './figures.ts';
import type { NodeReport, RevenueReport } from './revenue.ts';

const MOST_OF_A_KIND = 5;
const LIKELY = 0.9;

const shortfall = ({ name, plan }: NodeReport, currency: string | null): Insight[] => {
  if (plan === null || plan.shortfallProbability < LIKELY) return [];
  const [lower, upper] = plan.interval;
  return [
    {
      kind: 'revenue-shortfall',
      title: `${name} is likely to miss its plan`,
      message: `Over the next ${plural(plan.steps, 'step')} ${name} is expected to make ${amount(plan.expected, currency)} (95% interval ${amount(lower)} to ${amount(upper)}), ${amount(plan.planned - plan.expected, currency)} less than the ${amount(plan.planned)} planned; it stays below the plan with a probability of ${chance(plan.shortfallProbability)}.`,
      severity: upper < plan.planned ? 'critical' : 'warning',
      confidence: toConfidence(plan.shortfallProbability),
      evidence: { node: name, ...plan, interval: [...plan.interval] },
    },
  ];
};

const change = ({ name, change: found, mean }: NodeReport, currency: string | null): Insight[] => {
  if (found === null || found.relative === null || found.probability < LIKELY) return [];
  const [lower, upper] = found.interval;
  return [
    {
      kind: 'expected-change',
      title: `${name} is expected to ${found.relative > 0 ? 'rise' : 'fall'}`,
      message: `Over the next ${plural(mean.length, 'step')} ${name} is expected to make ${amount(found.expected, currency)} a step (95% interval ${amount(lower)} to ${amount(upper)}), ${percent(Math.abs(found.relative))} ${found.relative > 0 ? 'more' : 'less'} than ${plural(found.stepsBack, 'step')} before.`,
      severity: 'info',
      confidence: toConfidence(found.probability),
      evidence: { node: name, ...found, interval: [...found.interval], relativeInterval: null },
    },
  ];
};

/** Plans that will be missed, and the nodes that change most. */
export const revenueInsights = ({ nodes, currency }: RevenueReport): Insight[] => {
  const bySize = nodes.toSorted((a, b) => Math.abs(b.change?.relative ?? 0) - Math.abs(a.change?.relative ?? 0));
  return [
    ...nodes.flatMap((node) => shortfall(node, currency)).slice(0, MOST_OF_A_KIND),
    ...bySize.flatMap((node) => change(node, currency)).slice(0, MOST_OF_A_KIND),
  ];
};
