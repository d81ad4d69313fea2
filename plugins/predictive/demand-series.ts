import { formatTime, placeOf, type TimeGrid, timeAt } from '../../models/series/time-grid.ts';
import type { DemandInput, DemandItemInput } from './demand-input.ts';
import { type Refusal, refuse } from './regular-series.ts';
import { MOST_POINTS } from './series-input.ts';

/** An item's demand, a period without any being 0. */
export interface DemandSeries {
  readonly status: 'ok';
  /** [n] */
  readonly demand: Float64Array;
  readonly grid: TimeGrid | undefined;
}

/** Time of the latest point of all items: up to then, who has no points had no demand. */
export const latestOrder = ({ items, end }: DemandInput): number => {
  let latest = end ?? Number.NEGATIVE_INFINITY;
  if (end !== undefined) return latest;
  for (const { points = [] } of items) for (const { timestamp } of points) latest = Math.max(latest, timestamp);
  return latest;
};

const addUp = (item: DemandItemInput, section: DemandInput, latest: number): DemandSeries | Refusal => {
  const { name, points = [] } = item;
  const interval = item.interval ?? section.interval;
  const first = points.reduce((earliest, { timestamp }) => Math.min(earliest, timestamp), Number.POSITIVE_INFINITY);
  if (interval === undefined || points.length === 0) return refuse(name, 'orders: there are none', 'insufficient_data');
  const whole = { start: item.start ?? section.start ?? first, interval, clock: section.timeZone };
  const begin = placeOf(whole, first);
  if (begin < 0) return refuse(name, `no order before "start"; there is one at ${formatTime(first, section.timeZone)}`);
  // Nothing is known of an item before its first order, unless its own start was stated.
  const grid = item.start === undefined ? { ...whole, start: timeAt(whole, begin) } : whole;
  // The period of the latest order counts as ended unless the end of the records was stated.
  const periods = placeOf(grid, latest) + (section.end === undefined ? 1 : 0);
  if (periods > MOST_POINTS) return refuse(name, `a longer interval: this one makes ${periods} periods of the orders`);
  if (periods < 1) return refuse(name, 'a period that has ended by "end"', 'insufficient_data');
  const demand = new Float64Array(periods);
  for (const { timestamp, value } of points) {
    const place = placeOf(grid, timestamp);
    if (place < periods) demand[place] = (demand[place] ?? 0) + value;
  }
  return { status: 'ok', demand, grid };
};

/** An item's demand by period: as given, or its orders added up. */
export const toDemandSeries = (item: DemandItemInput, section: DemandInput, latest: number): DemandSeries | Refusal => {
  if (item.values === undefined) return addUp(item, section, latest);
  const start = item.start ?? section.start;
  const interval = item.interval ?? section.interval;
  const grid = start === undefined || interval === undefined ? undefined : { start, interval, clock: section.timeZone };
  return { status: 'ok', demand: Float64Array.from(item.values), grid };
};

/** Time at which the demand that is forecast begins, ISO 8601. */
export const nextPeriod = ({ demand, grid }: DemandSeries): string | null =>
  grid === undefined ? null : formatTime(timeAt(grid, demand.length), grid.clock);
