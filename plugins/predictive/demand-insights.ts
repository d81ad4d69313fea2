import { confidenceAbove } from '../../models/statistics/proportion.ts';
import type { Insight } from '../contract.ts';
import { toConfidence } from '../figures.ts';
import type { DemandReport, ItemForecast } from './demand.ts';
import { amount, chance, percent, plural } from './figures.ts';

const MOST_OF_A_KIND = 5;
/** A stock that is as likely as not to run out. */
const GRAVE_RISK = 0.5;
const SIGNIFICANCE = 0.01;

const stockOut = ({ name, unit, stock, leadTime, shortageConfidence }: ItemForecast): Insight[] => {
  const risk = stock.stockOutRisk ?? 0;
  if (stock.stock === null || risk <= 1 - stock.serviceLevel) return [];
  return [
    {
      kind: 'stock-out-risk',
      title: `${name} may run out`,
      message: `The stock of ${amount(stock.stock, unit)} of ${name} runs out within the lead time of ${plural(leadTime.periods, 'period')} with a probability of ${chance(risk)}, where a service level of ${percent(stock.serviceLevel)} allows ${percent(1 - stock.serviceLevel)}. That takes ${amount(stock.reorderPoint, unit)}: order ${amount(stock.reorderPoint - stock.stock, unit)} now.`,
      severity: risk >= GRAVE_RISK ? 'critical' : 'warning',
      confidence: shortageConfidence ?? 0,
      evidence: { ...stock, item: name, leadTime: leadTime.periods, expectedDemand: leadTime.mean },
    },
  ];
};

const fellSilent = ({
  name,
  unit,
  averageInterval,
  periodsSinceDemand,
  silencePValue,
  perPeriod,
  demands,
}: ItemForecast): Insight[] => {
  if (silencePValue >= SIGNIFICANCE) return [];
  return [
    {
      kind: 'demand-stopped',
      title: `Nobody asks for ${name} any more`,
      message: `${name} has had no demand for ${plural(periodsSinceDemand, 'period')}, after ${demands} demands before. Were it asked for as before, so long a silence would have a chance of ${percent(silencePValue)}. It is forecast at ${amount(perPeriod.mean, unit)} a period: check whether the item has been replaced before it is ordered.`,
      severity: 'warning',
      confidence: toConfidence(1 - silencePValue),
      evidence: { item: name, periodsSinceDemand, silencePValue, averageInterval },
    },
  ];
};

const missedService = ({ name, stock, backtest, leadTime }: ItemForecast): Insight[] => {
  if (backtest === null || backtest.stocksTested === 0) return [];
  const served = backtest.served / backtest.stocksTested;
  // Overlapping lead times miss together and count as the few that do not overlap.
  const confidence = confidenceAbove((1 - served) * backtest.apart, backtest.apart, 1 - stock.serviceLevel);
  if (confidence < 1 - SIGNIFICANCE) return [];
  return [
    {
      kind: 'service-level-missed',
      title: `The stock for ${name} has been too low in the backtest`,
      message: `Stocks set as now would have met ${percent(served)} of ${backtest.stocksTested} past lead times of ${plural(leadTime.periods, 'period')}, not ${percent(stock.serviceLevel)}: demand has been rising or changes its pattern. Hold more than the reorder point of ${amount(stock.reorderPoint)}.`,
      severity: 'warning',
      confidence: toConfidence(confidence),
      evidence: {
        item: name,
        served: backtest.served,
        stocksTested: backtest.stocksTested,
        serviceLevel: stock.serviceLevel,
      },
    },
  ];
};

/** What stock and demand say that somebody should know. */
export const demandInsights = ({ items }: DemandReport): Insight[] => {
  const forecasts = items.filter((item) => item.status === 'ok');
  return [stockOut, fellSilent, missedService].flatMap((derive) => forecasts.flatMap(derive).slice(0, MOST_OF_A_KIND));
};
