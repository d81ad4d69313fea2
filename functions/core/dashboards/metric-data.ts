import type { WidgetDraft } from '../../../plugins/widget.ts';
import type { MetricReading } from '../rollups/metric-query.ts';
import { periodOf, readSelection, readTotals, selectMetric, unitOf, type WidgetContext } from './source-reading.ts';
import { chooseInterval, periodBefore } from './time-range.ts';
import type { MetricData } from './widget-data.ts';

const totalOf = ({ groups }: MetricReading): number | null => groups[0]?.total ?? null;

const changeOf = (value: number | null, previous: number | null): number | null =>
  value === null || previous === null || previous === 0 ? null : (value - previous) / Math.abs(previous);

/**
 * One figure over the whole range, the same of the range before, and how it went.
 *
 * Both figures are read by the finest interval there is for the range: readings are of whole intervals, and of coarse
 * ones the range before would hold more than the current one, whose last has not ended.
 *
 * @returns undefined where nothing was observed.
 */
export const readMetricWidget = async (
  context: WidgetContext,
  config: Extract<WidgetDraft, { type: 'metric' }>['config'],
): Promise<MetricData | undefined> => {
  const selection = selectMetric(context, config.dataSource, config.aggregation, config.filters);
  const period = periodOf(context, config);
  const interval = chooseInterval(config.interval, period);
  const [spark, current, before] = await Promise.all([
    readSelection(context, selection, period, interval),
    readTotals(context, selection, period),
    readTotals(context, selection, periodBefore(period)),
  ]);
  const [value, previous] = [totalOf(current), totalOf(before)];
  if (value === null) return undefined;
  return {
    unit: unitOf(selection),
    value,
    previous,
    change: changeOf(value, previous),
    interval,
    timestamps: spark.timestamps,
    values: spark.groups[0]?.values ?? [],
  };
};
