import { timeAt } from '../../models/series/time-grid.ts';
import { toIsoTime } from '../figures.ts';
import { MOST_VIEW_POINTS, MOST_VIEW_SERIES, type ViewOf } from '../view.ts';
import { forecastView, lastPoints } from '../view-series.ts';
import type { ChurnReport } from './churn/index.ts';
import type { DemandReport } from './demand.ts';
import type { BandReport, SeriesReport } from './forecast.ts';
import type { ForecastReport } from './forecasts.ts';
import type { PredictiveInput } from './input.ts';
import { type Refusal, regularise, type SectionTiming } from './regular-series.ts';
import type { RevenueReport } from './revenue.ts';
import type { SeriesInput } from './series-input.ts';

/** The level whose share of values held a dashboard shows. */
const SHOWN_LEVEL = 0.95;
const MOST_LISTED = 100;

type ForecastSeries = ViewOf<'forecast'>['series'][number];

/** What the forecasts of series and those of revenue have in common. */
interface Foretold {
  readonly name: string;
  readonly method: string;
  readonly mean: readonly number[];
  readonly intervals: readonly BandReport[] | null;
  readonly backtest: SeriesReport['backtest'];
}

/** Without times there is nothing to show on an axis of time. */
const toForecastSeries = (
  { name, method, mean, intervals, backtest }: Foretold,
  timestamps: readonly string[],
  given: SeriesInput | undefined,
  timing: SectionTiming,
): ForecastSeries[] => {
  const past = given === undefined ? undefined : regularise(given, timing);
  if (past?.status !== 'ok' || past.grid === undefined) return [];
  const { grid, offset, values } = past;
  const steps = Math.min(MOST_VIEW_POINTS, mean.length);
  const held = backtest?.coverage.find(({ level }) => level === SHOWN_LEVEL)?.share ?? null;
  return [
    {
      name,
      history: lastPoints(
        Array.from(values, (_, step) => timeAt(grid, offset + step)),
        values,
      ),
      forecast: {
        timestamps: timestamps.slice(0, steps).map((time) => toIsoTime(Date.parse(time))),
        mean: mean.slice(0, steps),
        intervals: (intervals ?? []).map(({ level, lower, upper }) => ({
          level,
          lower: lower.slice(0, steps),
          upper: upper.slice(0, steps),
        })),
      },
      model: method,
      ...(backtest === null ? {} : { backtest: { mase: backtest.mase, smape: backtest.smape, coverage: held } }),
    },
  ];
};

const foretoldView = (report: ForecastReport | null, input: PredictiveInput['forecast']) => {
  if (report === null || input === undefined) return undefined;
  const shown = report.series
    .filter((one): one is SeriesReport => one.status === 'ok' || one.status === 'constant')
    .slice(0, MOST_VIEW_SERIES);
  return forecastView(
    shown.map((one) => ({
      unit: one.unit ?? '',
      series: toForecastSeries(
        one,
        one.timestamps ?? [],
        input.series.find(({ name }) => name === one.name),
        input,
      ),
    })),
  );
};

const revenueView = (report: RevenueReport | Refusal | null, input: PredictiveInput['revenue']) => {
  if (report?.status !== 'ok' || !('nodes' in report) || input === undefined) return undefined;
  const series = report.nodes.slice(0, MOST_VIEW_SERIES).flatMap((node) =>
    toForecastSeries(
      node,
      report.timestamps ?? [],
      input.nodes.find(({ name }) => name === node.name),
      input,
    ),
  );
  return forecastView([{ unit: report.currency ?? '', series }]);
};

const stockView = (report: DemandReport | null): ViewOf<'table'> | undefined => {
  const items = (report?.items ?? []).flatMap((item) => (item.status === 'ok' ? item : []));
  if (report === null || items.length === 0) return undefined;
  return {
    type: 'table',
    columns: [
      { key: 'item', title: 'Item' },
      { key: 'demand', title: 'Demand a period' },
      { key: 'leadTime', title: `Demand of ${report.leadTime} periods` },
      { key: 'reorderPoint', title: 'Reorder point' },
      { key: 'stock', title: 'Stock' },
      { key: 'risk', title: 'Risk of running out', unit: 'ratio' },
      { key: 'order', title: 'Order now' },
    ],
    rows: items.slice(0, MOST_LISTED).map(({ name, perPeriod, leadTime, stock }) => ({
      item: name,
      demand: perPeriod.mean,
      leadTime: leadTime.mean,
      reorderPoint: stock.reorderPoint,
      stock: stock.stock,
      risk: stock.stockOutRisk,
      order: stock.orderNow === null ? null : stock.orderNow ? 'yes' : 'no',
    })),
    more: report.omitted + Math.max(0, items.length - MOST_LISTED),
  };
};

const churnView = (report: ChurnReport | null): ViewOf<'table'> | undefined => {
  if (report?.status !== 'ok' || report.scores.ranked.items.length === 0) return undefined;
  const { items, omitted } = report.scores.ranked;
  return {
    type: 'table',
    columns: [
      { key: 'rank', title: 'Rank' },
      { key: 'customer', title: 'Customer' },
      { key: 'probability', title: 'Probability of leaving', unit: 'ratio' },
      { key: 'because', title: 'Because' },
    ],
    rows: items.slice(0, MOST_LISTED).map(({ id, probability, rank, drivers = [] }) => ({
      rank,
      customer: id,
      probability,
      because: drivers
        .slice(0, 2)
        .map(({ inWords }) => inWords)
        .join('; '),
    })),
    more: omitted + Math.max(0, items.length - MOST_LISTED),
  };
};

interface PredictiveSections {
  readonly forecast: ForecastReport | null;
  readonly demand: DemandReport | null;
  readonly revenue: RevenueReport | Refusal | null;
  readonly churn: ChurnReport | null;
}

/** What a dashboard shows of the sections that a submission asked for. */
export const toViews = ({ forecast, demand, revenue, churn }: PredictiveSections, input: PredictiveInput) => ({
  forecast: foretoldView(forecast, input.forecast),
  revenue: revenueView(revenue, input.revenue),
  stock: stockView(demand),
  churn: churnView(churn),
});
