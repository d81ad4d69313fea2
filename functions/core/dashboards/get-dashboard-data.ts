import * as z from 'zod';
import { durationSchema, instantSchema, timeRangeSchema } from '../../../plugins/widget.ts';
import { AppError } from '../errors.ts';
import { parseOrThrow } from '../validation.ts';
import { type ComputeDependencies, computeDashboard } from './compute-dashboard.ts';
import type { Dashboard } from './dashboard.ts';
import { type DashboardDependencies, type DashboardRequest, getDashboard } from './get-dashboard.ts';
import { type OpenDependencies, openShare } from './share-dashboard.ts';
import { type Period, resolveRange } from './time-range.ts';
import type { DashboardData } from './widget-data.ts';

/** What the URL of a request says: names and texts. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Ranges as the URL has them, and which widgets to compute; what is left out is the dashboard's own. */
const querySchema = z
  .strictObject(
    {
      last: durationSchema.optional(),
      start: instantSchema.optional(),
      end: instantSchema.optional(),
      widgets: z
        .string()
        .max(4_000)
        .transform((ids) => ids.split(','))
        .optional(),
    },
    { error: 'is not known here; the parameters are: last, start, end, widgets' },
  )
  .transform(({ widgets, ...range }) => ({ range, widgets }));

interface Wanted {
  readonly period: Period;
  readonly dashboard: Dashboard;
}

/** The dashboard with the widgets that are asked for, and the time. */
const parseWanted = (dashboard: Dashboard, query: Query, now: number): Wanted => {
  const { range, widgets: ids } = parseOrThrow(querySchema, query, { what: 'The query' });
  const isOwn = Object.keys(range).length === 0;
  const timeRange = isOwn ? dashboard.timeRange : parseOrThrow(timeRangeSchema, range, { what: 'The time range' });
  const period = resolveRange(timeRange, now);
  if (ids === undefined) return { dashboard, period };
  const unknown = ids.filter((id) => dashboard.widgets.every((widget) => widget.id !== id));
  if (unknown.length > 0) {
    throw new AppError('request.invalid', `The dashboard has no widget ${unknown.join(', ')}`, {
      details: [{ field: 'widgets', message: `must be ids of its widgets, separated by commas` }],
    });
  }
  return { period, dashboard: { ...dashboard, widgets: dashboard.widgets.filter(({ id }) => ids.includes(id)) } };
};

/**
 * What the widgets of a dashboard show. `last`, or `start` and `end`, stand in for the dashboard's own time range;
 * `widgets` names those to compute.
 *
 * @throws {AppError} `dashboard.not_found` or `request.invalid`.
 */
export const getDashboardData = async (
  dependencies: DashboardDependencies & ComputeDependencies,
  { tenant, id, query }: DashboardRequest & { query: Query },
): Promise<DashboardData> => {
  const dashboard = await getDashboard(dependencies, { tenant, id });
  const wanted = parseWanted(dashboard, query, dependencies.clock().getTime());
  return computeDashboard(dependencies, { tenant, ...wanted });
};

/** Whoever made the link has shared what the dashboard shows, which is no more of the past than its range holds. */
const requireWithin = (asked: Period, shared: Period): void => {
  if (asked.start >= shared.start && asked.end <= shared.end) return;
  const [start, end] = [new Date(shared.start).toISOString(), new Date(shared.end).toISOString()];
  throw new AppError('request.invalid', 'This link does not show that time', {
    details: [{ field: asked.start < shared.start ? 'start' : 'end', message: `must lie between ${start} and ${end}` }],
  });
};

/**
 * What the widgets of a shared dashboard show, with the filters it has. The range may be a part of the dashboard's own.
 *
 * @throws {AppError} `share.not_found`, `rate.limited` or `request.invalid`.
 */
export const getSharedData = async (
  dependencies: OpenDependencies & ComputeDependencies,
  { token, query }: { token: string; query: Query },
): Promise<DashboardData> => {
  const { tenant, dashboard } = await openShare(dependencies, token);
  const now = dependencies.clock().getTime();
  const wanted = parseWanted(dashboard, query, now);
  requireWithin(wanted.period, resolveRange(dashboard.timeRange, now));
  return computeDashboard(dependencies, { tenant, ...wanted });
};
