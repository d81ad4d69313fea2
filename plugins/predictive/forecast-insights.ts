import type { Insight } from '../contract.ts';
import { toConfidence } from '../figures.ts';
import { amount, chance, percent, plural } from './figures.ts';
import type { SeriesReport } from './forecast.ts';
import type { ForecastReport } from './forecasts.ts';

const MOST_OF_A_KIND = 5;
const LIKELY = 0.9;
const EVEN = 0.5;

const timeOf = ({ timestamps }: SeriesReport, step: number): string =>
  timestamps === null ? `step ${step}` : (timestamps[step - 1] ?? `step ${step}`);

const change = (report: SeriesReport): Insight[] => {
  const { name, unit, change: found, mean } = report;
  if (found === null || found.probability < LIKELY) return [];
  const [lower, upper] = found.interval;
  const rises = found.expected > found.before;
  const share = found.relative === null ? '' : ` (${percent(Math.abs(found.relative))} ${rises ? 'up' : 'down'})`;
  return [
    {
      kind: 'expected-change',
      title: `${name} is expected to ${rises ? 'rise' : 'fall'}`,
      message: `Over the next ${plural(mean.length, 'step')} ${name} is expected to be ${amount(found.expected, unit)} on average${share}, 95% interval ${amount(lower)} to ${amount(upper)}, after ${amount(found.before, unit)} in the comparable period ${plural(found.stepsBack, 'step')} before.`,
      severity: 'info',
      confidence: toConfidence(found.probability),
      evidence: {
        series: name,
        ...found,
        interval: [...found.interval],
        relativeInterval: found.relativeInterval && [...found.relativeInterval],
      },
    },
  ];
};

const target = (report: SeriesReport): Insight[] => {
  const { name, unit, target: outlook } = report;
  if (outlook === null || outlook.likeliest.probability < EVEN) return [];
  const { crossing, likeliest, firstLikelyStep } = outlook;
  const first = firstLikelyStep === null ? '' : `, likelier than not from ${timeOf(report, firstLikelyStep)} on`;
  return [
    {
      kind: 'target-crossing',
      title: `${name} is likely to be ${crossing} ${amount(outlook.target, unit)}`,
      message: `${name} is ${crossing} ${amount(outlook.target, unit)} at ${timeOf(report, likeliest.step)} with a probability of ${chance(likeliest.probability)}${first}.`,
      severity: 'warning',
      confidence: toConfidence(likeliest.probability),
      evidence: { series: name, ...outlook, likeliest: { ...likeliest } },
    },
  ];
};

const unbeaten = ({ name, naive, backtest, mean }: SeriesReport): Insight[] => {
  if (naive === null || backtest === null || naive.beaten) return [];
  const { method, smape } = naive;
  return [
    {
      kind: 'naive-unbeaten',
      title: `Nothing beats the ${method} forecast of ${name}`,
      message: `Over ${plural(mean.length, 'step')} the ${method} forecast of ${name} erred by ${smape.toFixed(1)}% (sMAPE) in the backtest, and nothing learnt from the series erred clearly less: what it will do is hardly to be read from what it did. Trust the width of the intervals more than their middle.`,
      severity: 'info',
      // Laplace's rule of succession: the fewer the origins, the likelier another one would have turned it.
      confidence: toConfidence((backtest.origins + 1) / (backtest.origins + 2)),
      evidence: { series: name, naive: method, naiveSmape: smape, smape: backtest.smape, origins: backtest.origins },
    },
  ];
};

/** What forecasts say that somebody should know, the largest changes first. */
export const forecastInsights = ({ series }: ForecastReport): Insight[] => {
  const reports = series.filter((report): report is SeriesReport => report.status === 'ok');
  const size = ({ change: found }: SeriesReport): number => Math.abs(found?.relative ?? 0);
  const bySize = reports.toSorted((a, b) => size(b) - size(a));
  return [target, change, unbeaten].flatMap((derive) => bySize.flatMap(derive).slice(0, MOST_OF_A_KIND));
};
