import { v7 as timeOrdered } from 'uuid';
import * as z from 'zod';
import { AppError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { parseOrThrow } from '../validation.ts';
import type { Dashboard, DashboardContent } from './dashboard.ts';
import { listDataSources } from './data-source.ts';
import { type DashboardDependencies, type DashboardRequest, getDashboard } from './get-dashboard.ts';
import { LONGEST_NAME, nameSchema, parseDashboard } from './parse-dashboard.ts';

export type CreateDependencies = DashboardDependencies & { readonly clock: Clock };

/** Requests that race each other may exceed it by their number. */
const MOST_DASHBOARDS = 200;

const keep = async (
  { dashboards, clock }: CreateDependencies,
  tenant: string,
  content: DashboardContent,
): Promise<Dashboard> => {
  const existing = await dashboards.list(tenant);
  if (existing.length >= MOST_DASHBOARDS) {
    throw new AppError('dashboard.too_many', `A tenant keeps at most ${MOST_DASHBOARDS} dashboards`, {
      details: [{ field: '(body)', message: `there are ${existing.length}; delete one first` }],
    });
  }
  const now = clock().toISOString();
  const dashboard = { ...content, id: timeOrdered(), version: 1, readyMade: false, createdAt: now, updatedAt: now };
  await dashboards.create(tenant, dashboard);
  return dashboard;
};

/** @throws {AppError} `request.invalid`, naming widget and key, or `dashboard.too_many`. */
export const createDashboard = async (
  dependencies: CreateDependencies,
  { tenant, body }: { tenant: string; body: unknown },
): Promise<Dashboard> => keep(dependencies, tenant, parseDashboard(listDataSources(dependencies.catalog.list()), body));

const duplicationSchema = z
  .strictObject({ name: nameSchema.optional() }, { error: 'is not known here; a duplicate may be given a "name"' })
  .prefault({});

/**
 * Makes a dashboard of the tenant's own that shows what another shows, one that a plugin brings for example.
 *
 * @throws {AppError} `request.invalid`, `dashboard.not_found` or `dashboard.too_many`.
 */
export const duplicateDashboard = async (
  dependencies: CreateDependencies,
  { tenant, id, body }: DashboardRequest & { body: unknown },
): Promise<Dashboard> => {
  const { name } = parseOrThrow(duplicationSchema, body, { what: 'The duplicate' });
  const { name: original, description, timeRange, widgets } = await getDashboard(dependencies, { tenant, id });
  const copied = `Copy of ${original}`.slice(0, LONGEST_NAME);
  return keep(dependencies, tenant, { name: name ?? copied, description, timeRange, widgets });
};
